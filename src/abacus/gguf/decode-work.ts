/**
 * The work of one decode as amounts of which each has a price: numbers of weights by type and batch, dot products, pairs of
 * tokens and cells, kernels, elements. A price in milliseconds for each amount (`cost-profile.ts`) makes a time of it, so a
 * profile is a sparse linear model whose terms are the operators of the network. What a matrix is multiplied with, and how often
 * its weights are read for that, is `matrix-passes.ts`.
 */
import type { LanguageModel, WeightMatrix } from './language-model.js';
import { type ComputeOptions, dotsOf, familyOfKernel, kernelOf, passesOf } from './matrix-passes.js';

export interface DecodeWork {
  /** Tokens in the batch. */
  readonly tokens: number;
  /** Of each sequence, in the cache before. */
  readonly cells: number;
  /** Tokens whose logits are wanted. */
  readonly outputs: number;
  /** Sequences that share the batch equally. */
  readonly sequences?: number;
}

/** Amounts by name. */
export type Amounts = Map<string, number>;

/** Kernels of a layer besides its matrices and norms: attention, rope, copies to the cache, sums and the activation. */
const OTHER_KERNELS = 9;
const MILLION = 1e6;

/**
 * Megabytes of weights that are in the processor's caches from one decode to the next; what a model has beyond them comes from
 * memory each time. The EPYC Milan of the shipped profile has 32 MB of third level, shared with others. Of 8, 16, 24 and 32 the best
 * on random models held out.
 */
const CACHED_MEGABYTES = 24;
/** Tokens of a pass at which streamed weights have a price: kernels that compute more meanwhile hide more of it. */
const STREAM_KNOTS: readonly number[] = [1, 2, 512];
/** The same for attention, whose share of tokens that are there once the context is read grows with them. */
const ATTENTION_KNOTS: readonly number[] = [1, 8, 512];

/** Amounts of one type's own price of streaming, beside that of its family: few models of a type are large. */
export const STREAMED_OWN = 'streamed ';

export function decodeWork(model: LanguageModel, work: DecodeWork, options: ComputeOptions): Amounts {
  const amounts: Amounts = new Map();
  const add = (name: string, amount: number): void => {
    if (amount > 0) amounts.set(name, (amounts.get(name) ?? 0) + amount);
  };
  const { tokens, outputs } = work;
  const isRead = ({ layer }: WeightMatrix): boolean => layer !== -1 || outputs > 0;
  const matrices = model.matrices.filter(isRead).map((matrix) => {
    const rows = matrix.layer === -1 ? outputs : tokens;
    const { visited, each } = expertsOf(matrix, model, rows);
    const read = (matrix.bytes * visited) / matrix.experts / MILLION;
    return { ...matrix, rows, visited, each, read, kernel: kernelOf(matrix, options) };
  });
  const megabytes = matrices.reduce((sum, { read }) => sum + read, 0);
  const fromMemory = Math.max(0, 1 - CACHED_MEGABYTES / megabytes);
  let elements = 0;
  for (const { inputs, outputs: made, rows, visited, each, read, kernel } of matrices) {
    const weights = (inputs * made * visited) / MILLION;
    const family = familyOfKernel(kernel);
    for (const { columns, times, knots, only } of passesOf(kernel, each)) {
      if (only === undefined) spread(`weights ${kernel}`, columns, times * weights, add, knots);
      else add(`weights ${kernel} @${only}`, times * weights);
      for (const name of [`${STREAMED_OWN}${kernel}`, `streaming ${family}`])
        spread(name, columns, times * read * fromMemory, add, STREAM_KNOTS);
    }
    add(`dots ${dotsOf(kernel, each)}`, (made * visited * each) / MILLION);
    elements += (rows * (visited === 1 ? 1 : model.expertsUsed) * (inputs + made)) / MILLION;
  }
  add('elements', elements);
  add('decode', 1);
  add('tokens', tokens);
  const kernels = model.matrices.length + model.layers * (Math.max(2, model.normsPerLayer) + OTHER_KERNELS);
  add('kernels', kernels);
  add('kernel tokens', kernels * tokens);
  add('logits', (model.vocabulary * outputs) / MILLION);
  for (const { heads, keyLength, valueLength, window } of model.attention) {
    const pairs = (heads * pairsOf(work, window)) / MILLION;
    const most = ATTENTION_KNOTS.at(-1)!;
    spread('attention', Math.min(tokens, most), (keyLength + valueLength) * pairs, add, ATTENTION_KNOTS);
    add('attention heads', pairs);
  }
  return amounts;
}

/** Pairs of a token and a cell that it looks at. @param window cells that a token looks back at most */
export function pairsOf({ tokens, cells, sequences = 1 }: DecodeWork, window: number | undefined): number {
  const each = tokens / sequences;
  if (window === undefined || cells + each <= window) return tokens * (cells + (each + 1) / 2);
  if (cells >= window) return tokens * window;
  const growing = window - cells;
  return sequences * (growing * (cells + (growing + 1) / 2) + (each - growing) * window);
}

/**
 * Of a mixture, how many experts `tokens` tokens visit, each choosing at random, and how many tokens each of those gets.
 */
function expertsOf(
  { experts }: WeightMatrix,
  { expertsUsed }: LanguageModel,
  tokens: number,
): { readonly visited: number; readonly each: number } {
  if (experts === 1 || expertsUsed === 0) return { visited: 1, each: tokens };
  const used = Math.min(expertsUsed, experts);
  const visited = experts * (1 - (1 - used / experts) ** tokens);
  return { visited, each: Math.max(1, (tokens * used) / visited) };
}

/** Adds an amount at a number of tokens, at least the first knot, shared between the two knots beside it; beyond the last it goes on straight. */
function spread(
  name: string,
  tokens: number,
  amount: number,
  add: (name: string, amount: number) => void,
  knots: readonly number[],
): void {
  let low = 0;
  while (low < knots.length - 2 && knots[low + 1]! <= tokens) low += 1;
  const [from, to] = [knots[low]!, knots[low + 1]!];
  if (tokens > to) {
    add(`${name} @${to}`, (amount * tokens) / to);
    return;
  }
  const share = (tokens - from) / (to - from);
  add(`${name} @${from}`, amount * (1 - share));
  add(`${name} @${to}`, amount * share);
}
