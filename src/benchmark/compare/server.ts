/** A Foretoken server as a comparison sees it: what it can do, whether it is idle, what its engine has done. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ForetokenError } from '../../base/errors.js';
import { isObject } from '../../base/shape.js';
import { BenchmarkClient } from '../client.js';
import { readStats, type ModelStats } from './stats.js';

const ENDPOINT = '/v1/chat/completions';

export interface ServerHealth {
  readonly model: string;
  /** Requests that run at the same time. */
  readonly parallel: number;
  readonly busy: number;
  readonly waiting: number;
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

  /** A short answer without speculation, thrown away. */
  async #ask(text: string, maxTokens: number): Promise<void> {
    const body = {
      messages: [{ role: 'user', content: text }],
      speculation: 'off',
      max_tokens: maxTokens,
      ignore_eos: true,
      temperature: 0,
      stream: true,
    };
    await this.#client.stream(ENDPOINT, body, this.#signal);
  }

  /** Takes the texts of the last run out of the KV cache: the next setting must compute the same prompts itself. */
  async forgetPrompts(parallel: number): Promise<void> {
    await Promise.all(
      Array.from({ length: parallel }, (_, index) => this.#ask(`${index + 1}. Say anything.`, 8)),
    );
  }

  /** What a model has done and can do. */
  async stats(model: string): Promise<ModelStats> {
    const stats = readStats(await this.#json('/v1/stats'), model);
    if (stats === undefined) throw this.#unusable(`its /v1/stats tells nothing of ${model}`);
    return stats;
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

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
