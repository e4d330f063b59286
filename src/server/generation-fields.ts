/**
 * The fields that chat and text completions share: how much to generate, how to sample, when to stop.
 * Defaults are OpenAI's where it has the field, llama-server's otherwise.
 */
import { ForetokenError } from '../base/errors.js';
import { engineSeed, MOST_SEED } from '../base/sampling-options.js';
import type { GrammarSource } from '../constraints/grammar-source.js';
import type { SamplingOptions, SpeculationWish } from '../engine/types.js';
import type { Reading } from './answer-reader.js';
import { readEndings, type Endings } from './ending-fields.js';
import { invalid, requireNumber, type Fields } from './fields.js';
import { readGrammar } from './response-format.js';
import { readSpeculation } from './speculation-field.js';
import type { ModelLimits } from './model-limits.js';
import type { UsageTold } from './usage.js';

export interface GenerationOptions {
  /** Choices for each prompt. */
  readonly n: number;
  /** Choices generated for each prompt, of which the `n` likeliest are told; at least `n`. */
  readonly bestOf: number;
  readonly stream: boolean;
  /** In a stream. */
  readonly usageTold: UsageTold;
  /** Undefined: as much as the context holds. */
  readonly maxTokens: number | undefined;
  readonly sampling: Omit<SamplingOptions, 'seed'>;
  /** Undefined: drawn for each choice. */
  readonly seed: number | undefined;
  readonly stop: readonly string[];
  readonly endings: Endings;
  readonly ignoreEndOfGeneration: boolean;
  /** Still to be compiled. */
  readonly grammar: GrammarSource | undefined;
  /** As in `EngineRequest`: -1 none, 0 the chosen token's, n also the n likeliest. */
  readonly topLogprobs: number;
  /** Also of the prompt's own tokens. */
  readonly promptLogprobs: boolean;
  readonly speculation: SpeculationWish;
  /** How an answer's text is told apart; absent: all of it is content. */
  readonly reading?: Reading | undefined;
}

/** A limit of tokens; -1 is as much as the context holds, as other servers have it. */
export function readTokenLimit(fields: Fields, name: string): number | undefined {
  const limit = fields.number(name, { integer: true, min: -1 });
  return limit === -1 ? Infinity : limit;
}

export const MAX_CHOICES = 128;
export const MAX_TOP_LOGPROBS = 20;
const MAX_STOPS = 16;
const MAX_STOP_LENGTH = 500;

/** Those of the shared fields that other APIs have no names for: `chat-body.ts` takes them there, too. */
export const EXTENSION_FIELDS = [
  'min_p',
  'presence_penalty',
  'frequency_penalty',
  'repeat_penalty',
  'repetition_penalty',
  'repeat_last_n',
  'logit_bias',
  'seed',
  'stop_token_ids',
  'include_stop_str_in_output',
  'min_tokens',
  'skip_special_tokens',
  'ignore_eos',
  'grammar',
  'speculation',
] as const;

const SHARED_FIELDS = [
  'model',
  'n',
  'stream',
  'stream_options',
  'max_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop',
  'response_format',
  'logprobs',
  ...EXTENSION_FIELDS,
] as const;

/** Fields that OpenAI's clients send and that change no text here: taken and ignored. */
const IGNORED_FIELDS = [
  'user',
  'metadata',
  'store',
  'service_tier',
  'safety_identifier',
  'prompt_cache_key',
  'prompt_cache_retention',
  'prompt_cache_options',
  'prediction',
  'cache_prompt',
] as const;

/** Every field that a route taking `own` fields besides the shared ones knows. */
export function generationFields(own: readonly string[]): readonly string[] {
  return [...own, ...SHARED_FIELDS, ...IGNORED_FIELDS];
}

/** What the route decides before the shared fields are read. */
export interface RouteChoices {
  readonly maxTokens: number | undefined;
  readonly topLogprobs: number;
  readonly promptLogprobs?: boolean;
  readonly bestOf?: number | undefined;
}

export function readGeneration(fields: Fields, limits: ModelLimits, route: RouteChoices): GenerationOptions {
  const stream = fields.boolean('stream') ?? false;
  const n = fields.number('n', { integer: true, min: 1, max: MAX_CHOICES }) ?? 1;
  return {
    n,
    bestOf: readBestOf(route.bestOf, n, stream),
    stream,
    usageTold: readUsageTold(fields, stream),
    maxTokens: route.maxTokens,
    sampling: readSampling(fields, limits),
    seed: readSeed(fields),
    stop: readStop(fields),
    endings: readEndings(fields, limits, route.maxTokens),
    ignoreEndOfGeneration: fields.boolean('ignore_eos') ?? false,
    grammar: readGrammar(fields),
    topLogprobs: route.topLogprobs,
    promptLogprobs: route.promptLogprobs ?? false,
    speculation: readSpeculation(fields, limits.proposers),
  };
}

function readSampling(fields: Fields, limits: ModelLimits): Omit<SamplingOptions, 'seed'> {
  const defaults = limits.sampling;
  const topK = fields.number('top_k', { integer: true, min: -1 }) ?? defaults.topK;
  const repeatLastN = fields.number('repeat_last_n', { integer: true, min: -1 }) ?? defaults.repeatLastN;
  return {
    temperature: fields.number('temperature', { min: 0, max: 2 }) ?? defaults.temperature,
    // -1 is how other servers write "off" here and "the whole context" there.
    topK: Math.max(0, topK),
    topP: fields.number('top_p', { above: 0, max: 1 }) ?? defaults.topP,
    minP: fields.number('min_p', { min: 0, max: 1 }) ?? defaults.minP,
    presencePenalty: fields.number('presence_penalty', { min: -2, max: 2 }) ?? 0,
    frequencyPenalty: fields.number('frequency_penalty', { min: -2, max: 2 }) ?? 0,
    repeatPenalty: readRepeatPenalty(fields) ?? defaults.repeatPenalty,
    repeatLastN: repeatLastN === -1 ? limits.sequenceCapacity : repeatLastN,
    logitBias: readLogitBias(fields, limits.vocabularySize),
  };
}

function readBestOf(bestOf: number | undefined, n: number, stream: boolean): number {
  if (bestOf === undefined || bestOf === n) return n;
  if (bestOf < n) throw invalid('best_of', `at least 'n' (${n})`, bestOf);
  if (stream)
    throw new ForetokenError(
      'invalid_request',
      `'best_of' (${bestOf}) above 'n' (${n}) cannot be streamed: which choices are the best is known at the end.`,
      { param: 'best_of' },
    );
  return bestOf;
}

/** llama-server's name, or vLLM's. */
function readRepeatPenalty(fields: Fields): number | undefined {
  const [ours, theirs] = (['repeat_penalty', 'repetition_penalty'] as const).map((name) =>
    fields.number(name, { above: 0, max: 10 }),
  );
  if (ours !== undefined && theirs !== undefined && ours !== theirs)
    throw new ForetokenError(
      'invalid_request',
      `'repeat_penalty' (${ours}) and 'repetition_penalty' (${theirs}) contradict each other; give one.`,
      { param: 'repetition_penalty' },
    );
  return ours ?? theirs;
}

function readLogitBias(fields: Fields, vocabularySize: number): (readonly [number, number])[] {
  const biases = fields.object('logit_bias');
  if (biases === undefined) return [];
  return biases.entries().map(([key, value]) => {
    const token = /^(0|[1-9]\d{0,8})$/.test(key) ? Number(key) : -1;
    if (token < 0 || token >= vocabularySize)
      throw invalid('logit_bias', `keyed by token ids from 0 to ${vocabularySize - 1}`, key);
    const bias = requireNumber(value, `logit_bias.${key}`, { min: -100, max: 100 });
    return [token, bias === -100 ? -Infinity : bias] as const;
  });
}

/** As the digits say that were sent (`json-body.ts`). -1 draws one, as elsewhere. */
function readSeed(fields: Fields): number | undefined {
  const given = fields.raw('seed');
  if (given === undefined || given === -1) return undefined;
  if (typeof given === 'bigint' ? given >= 0n && given <= MOST_SEED : isIndex(given))
    return engineSeed(BigInt(given as number | bigint));
  throw invalid('seed', 'an integer from -1 to 2^64 - 1', given);
}

const isIndex = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

function readStop(fields: Fields): readonly string[] {
  const value = fields.raw('stop');
  if (value === undefined) return [];
  const stops: unknown[] = Array.isArray(value) ? value : [value];
  if (stops.length > MAX_STOPS)
    throw invalid('stop', `a string or an array of up to ${MAX_STOPS} strings`, value);
  return stops.map((stop, index) => {
    if (typeof stop === 'string' && stop.length >= 1 && stop.length <= MAX_STOP_LENGTH) return stop;
    const path = Array.isArray(value) ? `stop[${index}]` : 'stop';
    throw invalid(path, `a string of 1 to ${MAX_STOP_LENGTH} characters`, stop);
  });
}

function readUsageTold(fields: Fields, stream: boolean): UsageTold {
  const options = fields.object('stream_options');
  if (options === undefined) return 'never';
  options.refuseUnknown(['include_usage', 'include_obfuscation', 'continuous_usage_stats']);
  if (!stream)
    throw new ForetokenError('invalid_request', "'stream_options' is allowed only with 'stream': true.", {
      param: 'stream_options',
    });
  const continuous = options.boolean('continuous_usage_stats') ?? false;
  // As vLLM has it: nothing is said on the way where nothing is asked for at the end.
  if (options.boolean('include_usage') !== true) return 'never';
  return continuous ? 'always' : 'at the end';
}
