/** A model in the program's own process: what `foretoken serve` serves, without a port. */
import { ERRORS, ForetokenError, type ErrorCode } from '../base/errors.js';
import { EventStreamParser } from '../benchmark/sse.js';
import { warn } from '../cli/failure.js';
import { checkFlags, withModels } from '../cli/model-source.js';
import { servedModel, type ServedModel } from '../cli/served-model.js';
import { inProcessFetch } from './in-process-fetch.js';
import { serveFlags, type OpenOptions } from './options.js';

export interface OpenHooks {
  /** What `serve` would warn of on standard error; undefined: there. */
  readonly onWarning?: (text: string) => void;
  /** @param progress of loading the weights, 0 to 1 */
  readonly onProgress?: (progress: number) => void;
}

/** A message as OpenAI's API has it. */
export interface Message {
  readonly role: string;
  readonly content: unknown;
  readonly [field: string]: unknown;
}

/** Fields of `POST /v1/chat/completions` (docs/api.md, docs/generation.md), and a signal that ends the answer. */
export interface ChatOptions {
  readonly temperature?: number;
  readonly max_tokens?: number;
  readonly seed?: number;
  readonly stop?: string | readonly string[];
  readonly tools?: readonly unknown[];
  readonly response_format?: unknown;
  /** `auto`, `off`, `fixed:K`: for this answer. */
  readonly speculation?: unknown;
  readonly signal?: AbortSignal;
  readonly [field: string]: unknown;
}

export interface ToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

export interface Answer {
  readonly text: string;
  /** `stop`, `length`, `tool_calls`. */
  readonly finishReason: string;
  /** Empty where no function is called. */
  readonly toolCalls: readonly ToolCall[];
  /** The whole body: usage, timings, acceptance (docs/api.md). */
  readonly body: Readonly<Record<string, unknown>>;
}

interface CompletionBody {
  readonly choices: readonly [
    {
      readonly message: { readonly content: string | null; readonly tool_calls?: readonly ToolCall[] };
      readonly finish_reason: string;
    },
  ];
}
interface ChunkBody {
  readonly choices: readonly { readonly delta: { readonly content?: string | null } }[];
  readonly error?: ErrorBody;
}
interface ErrorBody {
  readonly code?: string | null;
  readonly message: string;
  readonly param?: string | null;
}

/**
 * Loads a model. The process stays alive until it is closed.
 * @param model GGUF file, or `demo` for the bundled one; undefined where `options.hfRepo` names one of the hub
 * @throws ForetokenError as `foretoken serve` says them: `file_not_found`, `invalid_gguf`, `invalid_option`, `out_of_memory` …
 */
export async function openModel(
  model: string | undefined,
  options: OpenOptions = {},
  hooks: OpenHooks = {},
): Promise<Model> {
  if (model !== undefined && typeof (model as unknown) !== 'string')
    throw new ForetokenError(
      'invalid_option',
      'The first argument is the name of a GGUF file, or undefined.',
    );
  const given = await serveFlags(model, options);
  checkFlags(given, given);
  const say = hooks.onWarning ?? warn;
  const served = await servedModel(await withModels(given), {
    keys: [],
    hooks: {
      say,
      onProgress: (progress) => hooks.onProgress?.(progress),
      onLoaded: () => hooks.onProgress?.(1),
    },
    note: () => undefined,
  });
  await served.app.ready();
  return new Model(served, say);
}

/** A loaded model; `openModel` makes it. */
export class Model {
  /** As answers name it. */
  readonly name: string;
  /** For clients that take a `fetch`, with any base address: every route of docs/api.md. */
  readonly fetch: typeof fetch;
  readonly #served: ServedModel;
  readonly #say: (text: string) => void;
  /** What was warned of already: a loop over prompts hears of a wrong option once. */
  readonly #said = new Set<string>();
  #closing: Promise<void> | undefined;

  /** @internal */
  constructor(served: ServedModel, say: (text: string) => void) {
    this.#served = served;
    this.#say = say;
    this.name = served.modelId;
    this.fetch = inProcessFetch(served.app.server);
  }

  /** @throws ForetokenError with the code and message that the API answers with (docs/errors.md) */
  async chat(messages: string | readonly Message[], options: ChatOptions = {}): Promise<Answer> {
    const response = await this.#complete(messages, options, false);
    const body = (await response.json()) as CompletionBody & Record<string, unknown>;
    const [{ message, finish_reason: finishReason }] = body.choices;
    return { text: message.content ?? '', finishReason, toolCalls: message.tool_calls ?? [], body };
  }

  /** Yields the text as it comes; leaving the loop ends the answer. @throws ForetokenError as `chat` */
  async *stream(
    messages: string | readonly Message[],
    options: ChatOptions = {},
  ): AsyncGenerator<string, void> {
    if (options['n'] !== undefined && options['n'] !== 1)
      throw new ForetokenError('invalid_request', 'n: a stream is one text; chat() gives several.', {
        param: 'n',
      });
    const response = await this.#complete(messages, options, true);
    let chunks: ChunkBody[] = [];
    const parser = new EventStreamParser((data) => {
      if (data !== '[DONE]') chunks.push(JSON.parse(data) as ChunkBody);
    });
    for await (const bytes of response.body!) {
      parser.push(bytes as Uint8Array);
      const come = chunks;
      chunks = [];
      for (const { choices, error } of come) {
        if (error !== undefined) throw errorOf(error);
        const text = choices[0]?.delta.content;
        if (text) yield text;
      }
    }
  }

  /** A vector for each text. @throws ForetokenError as `chat` */
  async embed(texts: readonly string[]): Promise<number[][]> {
    const response = await this.#ask('/v1/embeddings', { input: texts });
    const { data } = (await response.json()) as {
      readonly data: readonly { readonly embedding: number[] }[];
    };
    return data.map(({ embedding }) => embedding);
  }

  /** Lets answers in flight end (30 s at most, `shutdownGraceMs`), then frees everything. */
  close(): Promise<void> {
    this.#closing ??= this.#served.app.close().then(() => {
      this.#served.dispose();
    });
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #complete(
    messages: string | readonly Message[],
    { signal, ...options }: ChatOptions,
    stream: boolean,
  ): Promise<Response> {
    const list = typeof messages === 'string' ? [{ role: 'user', content: messages }] : messages;
    return this.#ask('/v1/chat/completions', { ...options, messages: list, stream }, signal);
  }

  async #ask(route: string, body: unknown, signal?: AbortSignal): Promise<Response> {
    if (this.#closing !== undefined)
      throw new ForetokenError('shutting_down', 'The model was closed; open it again.');
    const response = await this.fetch(route, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: signal ?? null,
    });
    const warning = response.headers.get('x-foretoken-warning');
    if (warning !== null && !this.#said.has(warning)) {
      this.#said.add(warning);
      this.#say(warning);
    }
    if (response.ok) return response;
    const { error } = (await response.json()) as { readonly error: ErrorBody };
    throw errorOf(error);
  }
}

function errorOf({ code, message, param }: ErrorBody): ForetokenError {
  const known = code != null && Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : 'internal_error';
  return new ForetokenError(known, message, param == null ? {} : { param });
}
