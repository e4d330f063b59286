/** A Foretoken server as a comparison sees it: what it can do, whether it is idle, what its engine has counted. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ForetokenError } from '../../base/errors.js';
import { PROPOSERS } from '../../engine/types.js';
import { BenchmarkClient } from '../client.js';

const ENDPOINT = '/v1/chat/completions';

export interface ServerHealth {
  readonly model: string;
  /** Requests that run at the same time. */
  readonly parallel: number;
  readonly busy: number;
  readonly waiting: number;
}

/** By name with its labels as they are written, and the sum over all labels by the name alone. */
export type Samples = ReadonlyMap<string, number>;

const SAMPLE = /^(foretoken_[a-z0-9_]+)(\{[^}]*\})? +([-+]?[\d.]+(?:e[-+]?\d+)?)\s*$/i;

export function readSamples(page: string): Samples {
  const samples = new Map<string, number>();
  for (const line of page.split('\n')) {
    const [, name, labels = '', text] = SAMPLE.exec(line) ?? [];
    if (name === undefined || name.endsWith('_bucket')) continue;
    for (const key of new Set([name, name + labels]))
      samples.set(key, (samples.get(key) ?? 0) + Number(text));
  }
  return samples;
}

export class ComparedServer {
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  readonly #client: BenchmarkClient;
  readonly #signal: AbortSignal;

  constructor(baseUrl: string, apiKey: string | undefined, signal: AbortSignal) {
    this.baseUrl = baseUrl;
    this.apiKey = apiKey;
    this.#client = new BenchmarkClient(baseUrl, apiKey);
    this.#signal = signal;
  }

  close(): void {
    this.#client.close();
  }

  /** @throws ForetokenError `server_unreachable` also where another server than Foretoken answers */
  async health(): Promise<ServerHealth> {
    const body = await this.#json('/health');
    const slots = isObject(body) ? body['slots'] : undefined;
    if (!isObject(body) || typeof body['model'] !== 'string' || !isObject(slots))
      throw this.#unusable('its /health is not that of a Foretoken server');
    const { total, busy, waiting } = slots;
    if (!isCount(total) || !isCount(busy) || !isCount(waiting))
      throw this.#unusable('its /health tells no slots');
    return { model: body['model'], parallel: total, busy, waiting };
  }

  /** Resolves when no request runs or waits; a server that others use never gets there. */
  async untilIdle(timeoutMs = 60_000): Promise<void> {
    const endMs = performance.now() + timeoutMs;
    while (!this.#signal.aborted) {
      const { busy, waiting } = await this.health();
      if (busy === 0 && waiting === 0) return;
      if (performance.now() > endMs)
        throw this.#unusable('it is still busy after all answers have come; a comparison needs it to itself');
      await sleep(10);
    }
  }

  /** A short answer, thrown away. @returns what the server had against it */
  async ask(text: string, speculation: unknown, maxTokens: number): Promise<string | undefined> {
    const body = {
      messages: [{ role: 'user', content: text }],
      speculation,
      max_tokens: maxTokens,
      ignore_eos: true,
      temperature: 0,
      stream: true,
    };
    return (await this.#client.stream(ENDPOINT, body, this.#signal)).error;
  }

  /** What can guess there, found by asking for each: the server refuses what it has not. */
  async proposers(): Promise<readonly string[]> {
    const refusals = await Promise.all(
      PROPOSERS.map((name) => this.ask('Hello', { mode: 'auto', proposers: [name] }, 1)),
    );
    return PROPOSERS.filter((_, index) => refusals[index] === undefined);
  }

  /** Takes the texts of the last run out of the KV cache: the next setting must compute the same prompts itself. */
  async forgetPrompts(parallel: number): Promise<void> {
    await Promise.all(
      Array.from({ length: parallel }, (_, index) => this.ask(`${index + 1}. Say anything.`, 'off', 8)),
    );
  }

  async samples(): Promise<Samples> {
    return readSamples(await this.#get('/metrics'));
  }

  /** The latest plans of the engine, oldest first, unchecked; empty where the server keeps none. */
  async plans(): Promise<readonly unknown[]> {
    const body = await this.#json('/v1/plans').catch(() => undefined);
    return isObject(body) && Array.isArray(body['data']) ? (body['data'] as unknown[]) : [];
  }

  async #get(path: string): Promise<string> {
    try {
      return await this.#client.get(path);
    } catch (error) {
      throw this.#unusable(`${path}: ${(error as Error).message}`);
    }
  }

  async #json(path: string): Promise<unknown> {
    const text = await this.#get(path);
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw this.#unusable(`its ${path} is not JSON`);
    }
  }

  #unusable(why: string): ForetokenError {
    return new ForetokenError(
      'server_unreachable',
      `${this.baseUrl} cannot be compared on: ${why}. Name a running foretoken serve with --base-url, or leave it out.`,
      { param: 'base-url' },
    );
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
