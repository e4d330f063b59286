/**
 * The work of one decode as amounts of which each has a price: numbers of weights by type and batch, pairs of tokens and
 * cells, kernels, elements. A price in milliseconds for each amount (`cost-profile.ts`) makes a time of it, so a profile
 * is a sparse linear model whose terms are the operators of the network.
 */
import type { LanguageModel, WeightMatrix } from './language-model.js';

/** Tokens at which a type of weights has a price of its own; between them the price is on a straight line. */
export const KNOTS: readonly number[] = [1, 2, 3, 4, 5, 6, 8, 9, 12, 16, 24, 32, 48, 64, 128, 256, 512];

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

export interface ComputeOptions {
  /** Weights are rearranged for faster kernels where the library can do so on this processor. */
  readonly repacked: boolean;
}

/** Amounts by name. */
export type Amounts = Map<string, number>;

/** What the library rearranges on x86 processors with AVX2 (ggml-cpu/repack.cpp). */
const REPACKABLE: ReadonlySet<string> = new Set(['Q4_0', 'Q4_K', 'IQ4_NL', 'MXFP4']);

/** Kernels of a layer besides its matrices and norms: attention, rope, copies to the cache, sums and the activation. */
const OTHER_KERNELS = 9;
const MILLION = 1e6;

/**
 * Weights up to here stay in the processor's caches from one decode to the next (32 MB of third and 1 MB of second level
 * on the EPYC Milan of the shipped profile).
 */
const CACHE_MEGABYTES = 33;

/** How a matrix is priced: by its type, and whether it is rearranged. */
export function kernelOf({ type, outputs }: WeightMatrix, { repacked }: ComputeOptions): string {
  return repacked && REPACKABLE.has(type) && outputs % 8 === 0 ? `${type} repacked` : type;
}

export function decodeWork(model: LanguageModel, work: DecodeWork, options: ComputeOptions): Amounts {
  const amounts: Amounts = new Map();
  const add = (name: string, amount: number): void => {
    if (amount > 0) amounts.set(name, (amounts.get(name) ?? 0) + amount);
  };
  const { tokens, outputs } = work;
  let elements = 0;
  let bytes = 0;
  for (const matrix of model.matrices) {
    const rows = matrix.layer === -1 ? outputs : tokens;
    if (rows === 0) continue;
    const { visited, each } = expertsOf(matrix, model, rows);
    const weights = (matrix.inputs * matrix.outputs * visited) / MILLION;
    spread(`weights ${kernelOf(matrix, options)}`, each, weights, add);
    bytes += (matrix.bytes * visited) / matrix.experts;
    elements += (rows * (visited === 1 ? 1 : model.expertsUsed) * (matrix.inputs + matrix.outputs)) / MILLION;
  }
  spread('megabytes beyond the caches', tokens, Math.max(0, bytes / MILLION - CACHE_MEGABYTES), add);
  add('elements', elements);
  add('decode', 1);
  add('tokens', tokens);
  const kernels = model.matrices.length + model.layers * (Math.max(2, model.normsPerLayer) + OTHER_KERNELS);
  add('kernels', kernels);
  add('kernel tokens', kernels * tokens);
  add('logits', (model.vocabulary * outputs) / MILLION);
  for (const { heads, keyLength, valueLength, window } of model.attention)
    add('attention', (heads * (keyLength + valueLength) * pairsOf(work, window)) / MILLION);
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

/** Adds an amount at a number of tokens, shared between the two knots beside it; beyond the last it goes on straight. */
function spread(
  name: string,
  tokens: number,
  amount: number,
  add: (name: string, amount: number) => void,
): void {
  let low = 0;
  while (low < KNOTS.length - 2 && KNOTS[low + 1]! <= tokens) low += 1;
  const [from, to] = [KNOTS[low]!, KNOTS[low + 1]!];
  if (tokens > to) {
    add(`${name} @${to}`, (amount * tokens) / to);
    return;
  }
  const share = (tokens - from) / (to - from);
  add(`${name} @${from}`, amount * (1 - share));
  add(`${name} @${to}`, amount * share);
}
