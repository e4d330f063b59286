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
 * Of a model up to the first of these megabytes the weights stay in the processor's caches from one decode to the next; from the
 * second on all come from memory each time (32 MB of third level, shared, on the EPYC Milan of the shipped profile). Chosen of four
 * pairs by the error on large models.
 */
const CACHED_MEGABYTES = 16;
const STREAMED_MEGABYTES = 40;
/** Tokens at which streamed weights have a price: kernels that compute more meanwhile hide more of it. */
const STREAM_KNOTS: readonly number[] = [1, 2, 512];
/** The same for attention, whose kernels are others for many tokens. */
const ATTENTION_KNOTS: readonly number[] = [1, 4, 16, 64, 512];

/** Amounts of one type's own price of streaming, beside that of its family: few models of a type are large. */
export const STREAMED_OWN = 'streamed ';

/** Kernels that compute about as much for each byte. */
const familyOfKernel = (kernel: string): string =>
  /F16|F32/.test(kernel) ? 'floats' : /^(Q[458]_[01]|IQ4_NL)/.test(kernel) ? 'blocks' : 'super-blocks';

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
  let megabytes = 0;
  const byKernel = new Map<string, number>();
  for (const matrix of model.matrices) {
    const rows = matrix.layer === -1 ? outputs : tokens;
    if (rows === 0) continue;
    const { visited, each } = expertsOf(matrix, model, rows);
    const weights = (matrix.inputs * matrix.outputs * visited) / MILLION;
    const kernel = kernelOf(matrix, options);
    spread(`weights ${kernel}`, each, weights, add);
    const read = (matrix.bytes * visited) / matrix.experts / MILLION;
    megabytes += read;
    byKernel.set(kernel, (byKernel.get(kernel) ?? 0) + read);
    elements += (rows * (visited === 1 ? 1 : model.expertsUsed) * (matrix.inputs + matrix.outputs)) / MILLION;
  }
  const streamed = (megabytes - CACHED_MEGABYTES) / (STREAMED_MEGABYTES - CACHED_MEGABYTES);
  for (const [kernel, read] of byKernel)
    for (const name of [`${STREAMED_OWN}${kernel}`, `streaming ${familyOfKernel(kernel)}`])
      spread(name, tokens, read * Math.min(1, streamed), add, STREAM_KNOTS);
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

/** Adds an amount at a number of tokens, shared between the two knots beside it; beyond the last it goes on straight. */
function spread(
  name: string,
  tokens: number,
  amount: number,
  add: (name: string, amount: number) => void,
  knots: readonly number[] = KNOTS,
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
