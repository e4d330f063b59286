/**
 * What decodes cost on a GPU with a cliff: an NVIDIA H200 through Vulkan (NV_coopmat2; driver 580.159.04, llama.cpp
 * 0.5.0, @node-llama-cpp/linux-x64-vulkan 3.22.1), measured through this project's bindings on 2026-11-26. Milliseconds
 * until the logits are there, medians of 16 to 28 decodes (of 4 in one pool). Up to eight tokens the library multiplies
 * matrices by vectors, from nine on by matrices: twice as dear at once, then flat. Models are the demo target of 27M
 * and its draft, and the same grown with zeros so that they cost as much as 6.34B and 0.44B (Q8_0).
 *
 * The tables end at 144 tokens. Beyond 128 of one sequence a simulation goes on in proportion to tokens, which is
 * dearer than such GPUs are; reading the cache is worked out from the memory's speed, for contexts were short.
 */
import type { UbatchShape } from '../costs/ubatches.js';

/** Milliseconds of decodes of several sequences, by sequences and tokens of each: `4x2`. */
type Shapes = Readonly<Record<string, number>>;

export interface ShapedCosts {
  /** One sequence, by tokens. */
  readonly alone: { readonly tokens: readonly number[]; readonly ms: readonly number[] };
  readonly apart: Shapes;
  readonly pool: Shapes;
  readonly draft: { readonly tokens: readonly number[]; readonly ms: readonly number[] };
  /** The first decode of another shape takes so much longer (median; 1.27 to 2.8 and 0.66 to 1.4). */
  readonly resizeMs: number;
}

const ALONE_TOKENS = [1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 16, 24, 32, 48, 64, 128];

/** A target of 6.34B (16 layers of 6144, 48 heads, 16 of them of keys and values) and a draft of 0.44B. */
export const H200_6B: ShapedCosts = {
  alone: {
    tokens: ALONE_TOKENS,
    ms: [
      3.736, 3.639, 4.245, 4.907, 5.447, 6.262, 7.411, 15.162, 15.208, 15.239, 15.296, 15.413, 15.497, 15.667,
      15.489, 15.326,
    ],
  },
  apart: {
    ...{ '4x1': 4.964, '4x2': 7.449, '4x4': 15.423, '4x6': 15.551, '4x9': 15.655 },
    ...{ '8x1': 7.55, '8x2': 15.453, '8x4': 15.88, '8x6': 16.025, '8x9': 19.221 },
    ...{ '16x1': 15.501, '16x2': 15.908, '16x4': 16.077, '16x6': 20.164, '16x9': 22.952 },
  },
  pool: {
    ...{
      '1x1': 3.872,
      '1x6': 6.601,
      '4x1': 5.209,
      '4x2': 7.793,
      '4x4': 15.901,
      '4x6': 16.143,
      '4x9': 18.106,
    },
    ...{ '8x1': 7.956, '8x2': 16.009, '8x4': 17.896, '8x6': 18.792, '8x9': 23.458 },
    ...{ '16x1': 16.185, '16x2': 18.084, '16x4': 17.327, '16x6': 24.083, '16x9': 27.078 },
  },
  draft: { tokens: [1, 2, 3, 4, 8, 16, 32], ms: [0.679, 0.862, 0.887, 0.977, 1.288, 1.782, 2.474] },
  resizeMs: 1.42,
};

/** The demo target of 27M and its draft of 2.4M: launches take longer than the work. */
export const H200_27M: ShapedCosts = {
  alone: {
    tokens: ALONE_TOKENS,
    ms: [
      0.784, 0.944, 0.969, 0.973, 0.97, 0.981, 1.003, 1.056, 1.061, 1.069, 1.071, 1.104, 1.145, 1.195, 1.236,
      2.023,
    ],
  },
  apart: {
    ...{ '4x1': 0.878, '4x2': 0.917, '4x4': 0.986, '4x6': 1.066, '4x9': 1.065 },
    ...{ '8x1': 0.937, '8x2': 1.016, '8x4': 1.101, '8x6': 1.186, '8x9': 1.795 },
    ...{ '16x1': 1.12, '16x2': 1.189, '16x4': 1.262, '16x6': 2.015, '16x9': 2.091 },
  },
  pool: {
    ...{ '1x1': 0.914, '1x6': 1.1, '4x1': 1.089, '4x2': 1.144, '4x4': 1.236, '4x6': 1.313, '4x9': 2.062 },
    ...{ '8x1': 1.24, '8x2': 1.339, '8x4': 1.99, '8x6': 2.273, '8x9': 3.207 },
    ...{ '16x1': 1.426, '16x2': 2.084, '16x4': 1.828, '16x6': 3.399, '16x9': 3.444 },
  },
  draft: { tokens: [1, 2, 3, 4, 8, 16, 32], ms: [0.311, 0.316, 0.318, 0.328, 0.334, 0.353, 0.534] },
  resizeMs: 0.95,
};

/** Milliseconds that a part of a batch takes more than as many tokens of one sequence. */
export type BesideMs = (part: UbatchShape, unified: boolean) => number;

/**
 * Between shapes that were measured, straight lines: along the tokens of the batch, and from one number of sequences
 * to the next; a number beyond the largest goes on in proportion.
 * @param aloneMs of a number of tokens of one sequence
 */
export function besideMs(shapes: ShapedCosts, aloneMs: (tokens: number) => number): BesideMs {
  const tables = { apart: rowsOf(shapes.apart, aloneMs), pool: rowsOf(shapes.pool, aloneMs) };
  return ({ sequences, tokens }, unified) => {
    const rows = unified ? tables.pool : tables.apart;
    const high = rows.findIndex((row) => row.sequences >= sequences);
    const above = rows[high];
    const below = high < 0 ? rows.at(-1)! : rows[high - 1];
    if (above === undefined) return (moreMs(below!, tokens) * sequences) / below!.sequences;
    if (above.sequences === sequences) return moreMs(above, tokens);
    // One sequence apart is what everything else is measured against.
    const from = below ?? { sequences: 1, tokens: [1], ms: [0] };
    const share = (sequences - from.sequences) / (above.sequences - from.sequences);
    return (1 - share) * moreMs(from, tokens) + share * moreMs(above, tokens);
  };
}

interface Row {
  readonly sequences: number;
  /** [point] tokens of the whole batch, ascending, and milliseconds beyond those of one sequence. */
  readonly tokens: number[];
  readonly ms: number[];
}

function rowsOf(shapes: Shapes, aloneMs: (tokens: number) => number): Row[] {
  const rows: Row[] = [];
  for (const [shape, ms] of Object.entries(shapes)) {
    const [sequences, each] = shape.split('x').map(Number) as [number, number];
    let row = rows.find((one) => one.sequences === sequences);
    if (row === undefined) rows.push((row = { sequences, tokens: [], ms: [] }));
    row.tokens.push(sequences * each);
    row.ms.push(Math.max(0, ms - aloneMs(sequences * each)));
  }
  return rows.sort((a, b) => a.sequences - b.sequences);
}

function moreMs(row: Row, tokens: number): number {
  const high = row.tokens.findIndex((point) => point >= tokens);
  if (high < 0) return row.ms.at(-1)!;
  if (high === 0) return row.ms[0]!;
  const share = (tokens - row.tokens[high - 1]!) / (row.tokens[high]! - row.tokens[high - 1]!);
  return row.ms[high - 1]! + share * (row.ms[high]! - row.ms[high - 1]!);
}
