/** Reads the bodies of `POST /v1/completions` and `POST /v1/embeddings`, which take texts or tokens. */
import { ForetokenError } from '../base/errors.js';
import { Fields, invalid, requireTokens, show } from './fields.js';
import {
  generationFields,
  MAX_CHOICES,
  MAX_TOP_LOGPROBS,
  readGeneration,
  readTokenLimit,
  type GenerationOptions,
} from './generation-fields.js';
import type { ModelLimits } from './model-limits.js';

/** A text still to be tokenised, or tokens. */
export type Prompt = string | readonly number[];

export interface CompletionRequest {
  readonly prompts: readonly Prompt[];
  /** Names of special tokens in a text are these tokens. */
  readonly parseSpecial: boolean;
  /** Put the prompt in front of each choice's text. */
  readonly echo: boolean;
  /** What stands behind the gap to fill; undefined: there is no gap, the text goes on. */
  readonly suffix: string | undefined;
  readonly generation: GenerationOptions;
  /** What of the body was left out of account, in words. */
  readonly warnings: readonly string[];
}

/** What OpenAI generates where nothing is said. */
const DEFAULT_MAX_TOKENS = 16;
const MAX_INPUTS = 2048;

export const COMPLETION_FIELDS = generationFields(['prompt', 'parse_special', 'echo', 'best_of', 'suffix']);
export const COMPLETION_UNSUPPORTED = {
  messages: 'conversations go to /v1/chat/completions; this route takes a prompt.',
} as const;

export function readCompletionRequest(body: unknown, limits: ModelLimits): CompletionRequest {
  const fields = Fields.ofBody(body);
  const warnings = fields.nameUnknown(COMPLETION_FIELDS, COMPLETION_UNSUPPORTED, limits.strict);
  const echo = fields.boolean('echo') ?? false;
  const logprobs = fields.number('logprobs', { integer: true, min: 0, max: MAX_TOP_LOGPROBS });
  const generation = readGeneration(fields, limits, {
    maxTokens: readTokenLimit(fields, 'max_tokens') ?? DEFAULT_MAX_TOKENS,
    topLogprobs: logprobs ?? -1,
    promptLogprobs: echo && logprobs !== undefined,
    bestOf: fields.number('best_of', { integer: true, min: 1, max: MAX_CHOICES }),
  });
  if (generation.promptLogprobs && generation.bestOf > 1)
    throw new ForetokenError(
      'invalid_request',
      `'echo' with 'logprobs' is answered with one choice for each prompt; got 'n' ${generation.n}.`,
      { param: 'n' },
    );
  // Some clients send an empty one where they mean none.
  const suffix = fields.string('suffix') || undefined;
  if (suffix !== undefined && generation.promptLogprobs)
    throw new ForetokenError('invalid_request', "'echo' with 'logprobs' is not supported with 'suffix'.", {
      param: 'suffix',
    });
  const prompts = readPrompts(fields.raw('prompt'), 'prompt', limits.vocabularySize);
  if (prompts.length * generation.bestOf > MAX_CHOICES)
    throw new ForetokenError(
      'invalid_request',
      `${prompts.length} prompts with ${generation.bestOf} choices each make more than ${MAX_CHOICES} choices; send fewer at a time.`,
      { param: 'prompt' },
    );
  return {
    prompts,
    parseSpecial: fields.boolean('parse_special') ?? false,
    echo,
    suffix,
    generation,
    warnings,
  };
}

export const EMBEDDING_FIELDS = ['model', 'input', 'encoding_format', 'dimensions', 'user'] as const;

export interface EmbeddingRequest {
  readonly inputs: readonly Prompt[];
  readonly encoding: 'float' | 'base64';
  /** Numbers of each vector: the model's width, or the first ones of them. */
  readonly dimensions: number;
  /** What of the body was left out of account, in words. */
  readonly warnings: readonly string[];
}

export function readEmbeddingRequest(
  body: unknown,
  limits: ModelLimits,
  embeddingWidth: number,
): EmbeddingRequest {
  const fields = Fields.ofBody(body);
  const warnings = fields.nameUnknown(EMBEDDING_FIELDS, {}, limits.strict);
  return {
    dimensions: fields.number('dimensions', { integer: true, min: 1, max: embeddingWidth }) ?? embeddingWidth,
    warnings,
    inputs: readPrompts(fields.raw('input'), 'input', limits.vocabularySize),
    encoding: fields.oneOf('encoding_format', ['float', 'base64']) ?? 'float',
  };
}

/** One text, texts, one token array, token arrays. */
function readPrompts(value: unknown, path: string, vocabularySize: number): Prompt[] {
  if (typeof value === 'string') return [value];
  const allowed = 'a string, an array of strings, an array of token ids or an array of such arrays';
  if (!Array.isArray(value) || value.length === 0) throw invalid(path, allowed, value);
  const items: readonly unknown[] = value;
  if (typeof items[0] === 'number') return [requireTokens(items, path, vocabularySize)];
  if (items.length > MAX_INPUTS) throw invalid(path, `an array of up to ${MAX_INPUTS} entries`, value);
  return items.map((item, index) => {
    if (typeof item === 'string') return item;
    if (Array.isArray(item)) return requireTokens(item, `${path}[${index}]`, vocabularySize);
    throw invalid(path, `${allowed}; entry ${index} is ${show(item)}`, value);
  });
}
