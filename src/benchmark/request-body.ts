/** The body of one benchmark request: the fields that vLLM, llama-server and Foretoken share. */
import { ForetokenError } from '../base/errors.js';
import type { BenchmarkMessage, BenchmarkOptions, BenchmarkPrompt } from './types.js';

/** Seeds of requests are 32 bits. */
const SEEDS = 2 ** 32;

export type EndpointKind = 'chat' | 'completions';

/** @throws ForetokenError `invalid_option` for an endpoint that takes neither form of request */
export function endpointKind(endpoint: string): EndpointKind {
  const [, chat] = /^\/(?:[^?#]*\/)?(chat\/)?completions$/.exec(endpoint) ?? [];
  if (chat !== undefined) return 'chat';
  if (/^\/(?:[^?#]*\/)?completions$/.test(endpoint)) return 'completions';
  throw new ForetokenError(
    'invalid_option',
    `The endpoint must be a path that ends in /chat/completions or /completions; got ${JSON.stringify(endpoint)}.`,
    { param: 'endpoint' },
  );
}

export function requestBody(
  options: BenchmarkOptions,
  model: string,
  prompt: BenchmarkPrompt,
  index: number,
): Record<string, unknown> {
  const { temperature, seed, ignoreEos, extraBody } = options;
  return {
    model,
    ...(endpointKind(options.endpoint) === 'chat'
      ? { messages: prompt.messages ?? [{ role: 'user', content: prompt.prompt ?? '' }] }
      : { prompt: prompt.prompt ?? plainText(prompt.messages ?? []) }),
    ...(prompt.maxTokens === undefined ? {} : { max_tokens: prompt.maxTokens }),
    temperature,
    // Greedy text has no use for a seed, and some servers refuse the field.
    ...(temperature > 0 ? { seed: (seed + index) % SEEDS } : {}),
    ...(ignoreEos ? { ignore_eos: true } : {}),
    stream: true,
    stream_options: { include_usage: true },
    ...extraBody,
  };
}

/** A conversation for an endpoint without roles. */
const plainText = (messages: readonly BenchmarkMessage[]): string =>
  messages.map(({ content }) => content).join('\n\n');
