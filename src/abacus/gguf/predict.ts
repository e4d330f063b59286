/**
 * What users ask before they fetch a language model: does it fit, how fast does it write, how long until it begins, how much
 * context fits, which type of weights to take, and what speculation can give. All from the head of the file.
 */
import type { CacheElement } from '../../gguf/kv-cache.js';
import type { LanguageModel } from './language-model.js';
import type { Machine } from './machine.js';
import { type MemoryNeed, predictMemory } from './memory-need.js';
import { LOSSY, QUANTISATIONS, withType } from './quantisations.js';

export interface PredictOptions {
  /** Tokens of context of each request; undefined: as trained, up to 4096. */
  readonly contextPerRequest?: number | undefined;
  readonly parallel: number;
  /** Tokens of the prompt whose time is told. */
  readonly promptTokens: number;
  /** Weights are rearranged, as with --no-exact. */
  readonly repacked: boolean;
  readonly typeK?: CacheElement | undefined;
  readonly typeV?: CacheElement | undefined;
}

export type Rating = 'green' | 'amber' | 'red';

export interface StepPrediction {
  readonly tokens: number;
  readonly cells: number;
  readonly ms: number;
}

export interface SpeculationPrediction {
  /** Tokens checked in one step, the guesses and one more. */
  readonly tokens: number;
  readonly ms: number;
  /** Tokens a second over those without guesses, where all guesses are accepted and cost nothing. */
  readonly perfect: number;
  /** The same, where each guess is accepted with `TYPICAL_ACCEPTANCE` once those before it are. */
  readonly typical: number;
}

export interface QuantisationPrediction {
  readonly type: string;
  readonly fileBytes: number;
  readonly memoryBytes: number;
  readonly fits: boolean;
  readonly tokensPerSecond: number;
  /** With typical guesses, at the best length. */
  readonly speculatingTokensPerSecond: number;
  /** Perfect guesses over none, at 8 tokens. */
  readonly ceilingAt8: number;
  readonly recommended: boolean;
}

export interface LanguageModelPrediction {
  readonly device: string;
  /** One token of one request, in the middle of its context. */
  readonly timeMs: number;
  readonly timeIntervalMs: readonly [number, number];
  readonly tokensPerSecond: number;
  /** Of all requests together, when all of them run. */
  readonly tokensPerSecondTogether: number;
  readonly timeToFirstTokenMs: number;
  readonly promptTokens: number;
  readonly contextPerRequest: number;
  readonly parallel: number;
  readonly memory: MemoryNeed;
  readonly memoryBytes: number;
  readonly memoryIntervalBytes: readonly [number, number];
  readonly availableBytes: number;
  readonly fits: boolean;
  readonly rating: Rating;
  /** In words, why it is not green. */
  readonly reason: string | undefined;
  /** Tokens of context of each request that fit; at most what the model was trained for. 0: it does not fit at all. */
  readonly largestContext: number;
  readonly steps: readonly StepPrediction[];
  readonly speculation: readonly SpeculationPrediction[];
  readonly quantisations: readonly QuantisationPrediction[];
}

/** Each guess of a well-fitting draft or of repeating text; measured drafts lie around it (docs/drafts.md). */
export const TYPICAL_ACCEPTANCE = 0.7;
/** As the server gives each request. */
const USUAL_CONTEXT = 4096;
/** The server computes at most as many tokens at once. */
const MICRO_BATCH = 512;
/** As it takes pieces of prompts on a processor. */
const PREFILL_CHUNK = 64;
const STEP_TOKENS = [1, 2, 4, 8, 16, 32, 64] as const;
const GUESS_TOKENS = [2, 3, 4, 6, 8, 12, 16] as const;
/** Nine in ten memories are within this share; see docs/predict-gguf.md. */
const MEMORY_INTERVAL = 0.05;
/** More than this share of what is free leaves little for anything else. */
const AMBER_SHARE = 0.8;
/** Slower than people read. */
const AMBER_TOKENS_PER_SECOND = 8;
const CELL_BLOCK = 256;

export function predictLanguageModel(
  model: LanguageModel,
  machine: Machine,
  options: PredictOptions,
): LanguageModelPrediction {
  const { parallel, promptTokens, repacked } = options;
  const contextPerRequest = options.contextPerRequest ?? Math.min(model.contextTrain, USUAL_CONTEXT);
  const ms = (tokens: number, cells: number, outputs = tokens, sequences = 1, of = model): number =>
    machine.decodeMs(of, { tokens, cells, outputs, sequences }, { repacked });
  const middle = Math.round(contextPerRequest / 2);
  const timeMs = ms(1, middle);
  const memory = memoryOn(machine, model, options, contextPerRequest);
  const fits = memory.totalBytes <= machine.availableBytes;
  const tokensPerSecond = 1000 / timeMs;
  const [rating, reason] = ratingOf(memory.totalBytes, machine.availableBytes, tokensPerSecond);
  const factor = Math.exp(machine.intervalLog);
  return {
    device: machine.name,
    timeMs,
    timeIntervalMs: [timeMs / factor, timeMs * factor],
    tokensPerSecond,
    tokensPerSecondTogether: (1000 * parallel) / ms(parallel, middle, parallel, parallel),
    timeToFirstTokenMs: promptMs(promptTokens, ms),
    promptTokens,
    contextPerRequest,
    parallel,
    memory,
    memoryBytes: memory.totalBytes,
    memoryIntervalBytes: [
      memory.totalBytes * (1 - MEMORY_INTERVAL),
      memory.totalBytes * (1 + MEMORY_INTERVAL),
    ],
    availableBytes: machine.availableBytes,
    fits,
    rating,
    reason,
    largestContext: largestContext(machine, model, options),
    steps: [0, middle, contextPerRequest].flatMap((cells) =>
      STEP_TOKENS.map((tokens) => ({ tokens, cells, ms: ms(tokens, cells) })),
    ),
    speculation: speculationOf((tokens) => ms(tokens, middle)),
    quantisations: quantisationsOf(model, machine, options, contextPerRequest, (of, tokens) =>
      ms(tokens, middle, tokens, 1, of),
    ),
  };
}

/** Memory of the model on a machine: a device apart from the processor does not hold the process. */
export function memoryOn(
  machine: Pick<Machine, 'holdsProcess'>,
  model: LanguageModel,
  { parallel, repacked, typeK, typeV }: Pick<PredictOptions, 'parallel' | 'repacked' | 'typeK' | 'typeV'>,
  contextPerRequest: number,
): MemoryNeed {
  const need = predictMemory(model, {
    ...{ contextSize: contextPerRequest * parallel, parallel, batchTokens: MICRO_BATCH, repacked },
    ...(typeK && { typeK }),
    ...(typeV && { typeV }),
  });
  if (machine.holdsProcess) return need;
  return { ...need, processBytes: 0, totalBytes: need.totalBytes - need.processBytes };
}

function promptMs(tokens: number, ms: (tokens: number, cells: number, outputs: number) => number): number {
  let total = 0;
  for (let done = 0; done < tokens; done += PREFILL_CHUNK) {
    const piece = Math.min(PREFILL_CHUNK, tokens - done);
    total += ms(piece, done, done + piece === tokens ? 1 : 0);
  }
  return total;
}

function ratingOf(needed: number, available: number, tokensPerSecond: number): [Rating, string | undefined] {
  if (needed > available) return ['red', 'it does not fit'];
  if (needed > AMBER_SHARE * available)
    return ['amber', `it takes ${Math.round((100 * needed) / available)} % of the memory that is free`];
  if (tokensPerSecond < AMBER_TOKENS_PER_SECOND) return ['amber', 'it writes slower than people read'];
  return ['green', undefined];
}

/** By halving: memory grows with the context. */
function largestContext(machine: Machine, model: LanguageModel, options: PredictOptions): number {
  const fits = (blocks: number): boolean =>
    memoryOn(machine, model, options, blocks * CELL_BLOCK).totalBytes <= machine.availableBytes;
  let low = 0;
  let high = Math.max(1, Math.ceil(model.contextTrain / CELL_BLOCK));
  if (fits(high)) return model.contextTrain;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low * CELL_BLOCK;
}

function speculationOf(stepMs: (tokens: number) => number): SpeculationPrediction[] {
  const alone = stepMs(1);
  return GUESS_TOKENS.map((tokens) => {
    const ms = stepMs(tokens);
    const expected = (1 - TYPICAL_ACCEPTANCE ** tokens) / (1 - TYPICAL_ACCEPTANCE);
    return { tokens, ms, perfect: (tokens * alone) / ms, typical: (expected * alone) / ms };
  });
}

function quantisationsOf(
  model: LanguageModel,
  machine: Machine,
  options: PredictOptions,
  contextPerRequest: number,
  stepMs: (model: LanguageModel, tokens: number) => number,
): QuantisationPrediction[] {
  const all = QUANTISATIONS.map((type) => {
    const other = withType(model, type);
    const memoryBytes = memoryOn(machine, other, options, contextPerRequest).totalBytes;
    const alone = stepMs(other, 1);
    const speculation = speculationOf((tokens) => stepMs(other, tokens));
    const best = Math.max(1, ...speculation.map(({ typical }) => typical));
    return {
      type,
      fileBytes: other.fileBytes,
      memoryBytes,
      fits: memoryBytes <= machine.availableBytes,
      tokensPerSecond: 1000 / alone,
      speculatingTokensPerSecond: (1000 * best) / alone,
      ceilingAt8: speculation.find(({ tokens }) => tokens === 8)!.perfect,
    };
  });
  const fitting = all.filter(({ fits }) => fits);
  const good = fitting.filter(({ type }) => !LOSSY.has(type));
  const among = good.length > 0 ? good : fitting;
  const fastest = among.reduce(
    (most, { speculatingTokensPerSecond }) => Math.max(most, speculatingTokensPerSecond),
    0,
  );
  // Of those nearly as fast as the fastest, the first, which has the best text.
  const chosen = among.find(({ speculatingTokensPerSecond }) => speculatingTokensPerSecond >= 0.9 * fastest);
  return all.map((one) => ({ ...one, recommended: one === chosen }));
}
