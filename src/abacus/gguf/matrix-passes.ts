/**
 * How the library multiplies a matrix of weights with the tokens of a batch on x86 processors: how often it goes through the
 * weights, and how many tokens it takes each time. Read from ggml's source (ggml-cpu): `ggml_compute_forward_mul_mat` in
 * ggml-cpu.c, `tinyBLAS_Q0_AVX` and `tinyBLAS` in llamafile/sgemm.cpp, and repack.cpp.
 */
import type { WeightMatrix } from './language-model.js';

export interface ComputeOptions {
  /** Weights are rearranged for faster kernels where the library can do so on this processor. */
  readonly repacked: boolean;
}

/** One way through the weights of a matrix, `times` times. */
export interface Pass {
  /** Tokens that each weight is multiplied with. */
  readonly columns: number;
  readonly times: number;
  /** Tokens at which this kernel has a price; between them the price is on a straight line. */
  readonly knots: readonly number[];
  /** The name of its price where it has one of its own. */
  readonly only: string | undefined;
}

/** What the library rearranges with AVX2. */
const REPACKABLE: ReadonlySet<string> = new Set(['Q4_0', 'Q4_K', 'IQ4_NL', 'MXFP4']);
const TILED: ReadonlySet<string> = new Set(['Q4_0', 'Q5_0', 'Q8_0', 'IQ4_NL']);

/** Kernels that work alike: a dot product after the other, in tiles, of floats, or over rows that lie interleaved. */
export type KernelFamily = 'blocks' | 'super-blocks' | 'tiles' | 'floats' | 'panels';

/** How a matrix is priced: by its type, and whether it is rearranged. */
export function kernelOf({ type, outputs }: WeightMatrix, { repacked }: ComputeOptions): string {
  return repacked && REPACKABLE.has(type) && outputs % 8 === 0 ? `${type} repacked` : type;
}

export function familyOfKernel(kernel: string): KernelFamily {
  if (kernel.endsWith(' repacked')) return 'panels';
  if (TILED.has(kernel)) return 'tiles';
  if (/F16|F32/.test(kernel)) return 'floats';
  return /^Q[45]_1$/.test(kernel) ? 'blocks' : 'super-blocks';
}

/** Dot products are taken in blocks of as many tokens; the weights' rows stay in the first cache meanwhile. */
const BLOCK_COLUMNS = 16;
/** Rearranged weights are multiplied with as many tokens at a time, what is left over with one after the other. */
const PANEL_COLUMNS = 4;

const KNOTS: Readonly<Record<KernelFamily, readonly number[]>> = {
  blocks: [1, 2, 8, BLOCK_COLUMNS],
  'super-blocks': [1, 2, 8, BLOCK_COLUMNS],
  tiles: [1, 2, 8, 32, 128, 512],
  floats: [1, 2, 8, 32, 128, 512],
  panels: [1, PANEL_COLUMNS, 16, 64, 512],
};
/** Price of the last token of an odd number: tiles have two columns, so the weights are gone through once more for it. */
const ODD = 'odd';

/** Names of the prices of a kernel, those at knots first, ascending. */
export function priceKnots(kernel: string): readonly string[] {
  const family = familyOfKernel(kernel);
  return [...KNOTS[family].map(String), ...(family === 'tiles' ? [ODD] : [])];
}

/** @param columns tokens; of a mixture's expert a mean, which need not be whole */
export function passesOf(kernel: string, columns: number): Pass[] {
  const family = familyOfKernel(kernel);
  const pass = (of: number, times = 1, only?: string): Pass[] =>
    of > 0 && times > 0 ? [{ columns: of, times, knots: KNOTS[family], only }] : [];
  if (columns <= 1 || family === 'floats') return pass(columns);
  if (family === 'tiles') {
    const odd = columns % 2 === 1;
    return odd ? [...pass(columns - 1), ...pass(1, 1, ODD)] : pass(columns);
  }
  const [size, whole] =
    family === 'panels'
      ? [1, Math.floor(columns / PANEL_COLUMNS) * PANEL_COLUMNS]
      : [BLOCK_COLUMNS, Math.floor(columns / BLOCK_COLUMNS) * BLOCK_COLUMNS];
  if (family === 'panels') return [...pass(whole), ...pass(size, columns - whole)];
  return [...pass(size, whole / size), ...pass(columns - whole)];
}

/**
 * By which price the dot products themselves are told, whatever their length: calling the kernel, and adding up its lanes. Of
 * short rows that is a third of the time.
 */
export function dotsOf(kernel: string, columns: number): string {
  const family = familyOfKernel(kernel);
  // One token alone is never multiplied in tiles.
  if (columns > 1) return family;
  return family === 'tiles' ? 'blocks' : family === 'floats' ? 'floats alone' : family;
}
