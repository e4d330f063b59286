/**
 * What decodes cost on machines that are not here: curves that were measured by this project, and roofline
 * estimates from public figures. A simulation is as true as its curve, so each says where it comes from.
 *
 * Roofline after Williams et al., "Roofline: An Insightful Visual Performance Model" (CACM 2009): a decode
 * takes as long as reading its weights or doing its arithmetic, whichever is longer.
 */
import {
  curveMs,
  ONLY_DRAFT,
  tableOf,
  type CostCurve,
  type CostTable,
  type ModelCosts,
  type StepCosts,
} from '../costs/cost-table.js';
import { SMOLLM2_Q4_1, SMOLLM2_Q8_0 } from './real-models.js';
import { besideMs, H200_27M, H200_6B, type BesideMs, type ShapedCosts } from './h200.js';

export interface NamedCurve {
  readonly title: string;
  /** `measured` by this project, or `roofline`: worked out from public figures. */
  readonly kind: 'measured' | 'roofline';
  readonly costs: CostTable;
  /** What several sequences cost beside that (`h200.ts`). */
  readonly besideMs?: BesideMs;
  /** One pool of KV cells where nothing else is asked for; else a stream for each request, as `serve` has them. */
  readonly unified: boolean;
}

/** Powers of two with a point between each, up to the largest batch that is simulated. */
const POINTS = [
  1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048,
  4096, 8192, 16384,
];

const measured = (tokens: readonly number[], ms: readonly number[]): CostCurve => ({ tokens, ms });
const computed = (msOf: (tokens: number) => number): CostCurve => ({
  tokens: POINTS,
  ms: POINTS.map(msOf),
});

/** With the draft as the only one. */
const oneDraft = (target: ModelCosts, draft: ModelCosts, step: StepCosts): CostTable =>
  tableOf(target, { [ONLY_DRAFT]: draft }, step);

/**
 * What is the same in all tables of processors; overheads as measured at one stream (docs/benchmarks-former.md). What a model
 * takes longer after the other one, and looking for guesses, as measured with the demo model (`costs/prior-costs.ts`).
 */
const PROCESSOR = {
  target: { msPerTokenCell: 0.0008, msPerOutput: 0, resizeMs: 0.3, coldMs: 0.25 },
  draft: { msPerTokenCell: 0.0001, msPerOutput: 0, resizeMs: 0, coldMs: 0.08 },
  step: { overheadMs: 0.05, overheadMsPerRow: 0.015, overheadMsGuessing: 0.15 },
};

const processor = (target: CostCurve, draft: CostCurve): CostTable =>
  oneDraft({ ...PROCESSOR.target, curve: target }, { ...PROCESSOR.draft, curve: draft }, PROCESSOR.step);

/**
 * One H100 SXM by its data sheet: 3.35 TB/s, 989 TFLOPS dense in BF16; of these the shares that good kernels
 * reach, which are estimates. `launchMs` is the time of a decode that reads and computes nothing.
 */
const H100 = { bytesPerMs: 3.35e9 * 0.8, flopsPerMs: 989e9 * 0.6 };

/** A decode of n tokens by a network of 2 bytes a weight: [n] -> ms. */
const roofline =
  (weightsRead: (tokens: number) => number, weightsUsed: number, launchMs: number) =>
  (tokens: number): number =>
    launchMs +
    Math.max((2 * weightsRead(tokens)) / H100.bytesPerMs, (2 * weightsUsed * tokens) / H100.flopsPerMs);

/** Weights come from memory, whoever has run before. */
const gpuModel = (curve: CostCurve, msPerTokenCell: number): ModelCosts => ({
  ...{ curve, msPerTokenCell, msPerOutput: 0, resizeMs: 0, coldMs: 0 },
});
const GPU_STEP = { overheadMs: 0.2, overheadMsPerRow: 0.002, overheadMsGuessing: 0.1 };

/** Reading keys and values: 2 x layers x KV heads x head width x 2 bytes a cell. */
const cellMs = (layers: number, kvHeads: number, headWidth: number): number =>
  (2 * layers * kvHeads * headWidth * 2) / H100.bytesPerMs;

/** A draft of 160 million weights in 12 narrow layers: the launches take longer than the weights. */
const GPU_DRAFT = gpuModel(computed(roofline(() => 0.16e9, 0.16e9, 0.4)), cellMs(12, 4, 64));

/** 128 experts, 8 of them for each token. */
const EXPERTS = 128;
const ACTIVE = 8;
/** Weights of one expert over all 48 layers (three matrices of 2048 x 768), and those all tokens use. */
const EXPERT_WEIGHTS = 48 * 3 * 2048 * 768;
const COMMON_WEIGHTS = 1.5e9;
/** Experts that n tokens touch when each chooses for itself: E (1 - (1 - k/E)^n). */
const expertsOf = (tokens: number): number => EXPERTS * (1 - (1 - ACTIVE / EXPERTS) ** tokens);

/** Memory of an H200 by its data sheet, of which good kernels reach this share. */
const H200_BYTES_PER_MS = 4.8e9 * 0.8;

/** @param cellBytes keys and values of a token: 2 x layers x KV heads x head width x 2 */
function h200(
  shapes: ShapedCosts,
  cellBytes: number,
  draftCellBytes: number,
): Pick<NamedCurve, 'costs' | 'besideMs'> {
  const { alone, draft, resizeMs } = shapes;
  // A decode of two tokens was a little faster than one of one; no curve falls.
  const ms = alone.ms.map((_, at) => Math.min(...alone.ms.slice(at)));
  const largest = alone.tokens.at(-1)!;
  // In proportion from there on.
  const target = measured([...alone.tokens, 2 * largest], [...ms, 2 * ms.at(-1)!]);
  const costs = oneDraft(
    { ...gpuModel(target, cellBytes / H200_BYTES_PER_MS), resizeMs },
    gpuModel(draft, draftCellBytes / H200_BYTES_PER_MS),
    { ...GPU_STEP, overheadMsPerRow: 0.01 },
  );
  return { costs, besideMs: besideMs(shapes, (tokens) => curveMs(target, tokens)) };
}

export const CURVES = {
  demo: {
    title: 'EPYC, 2 cores, bundled models (27M Q8_0, draft 2.4M)',
    kind: 'measured',
    unified: false,
    // docs/benchmarks-former.md, first run, medians with 64 tokens in the cache, their reading taken off.
    costs: processor(
      measured(
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 20, 24, 32],
        [1.04, 1.69, 1.85, 2.57, 2.87, 3.07, 3.54, 3.73, 4.32, 4.61, 4.75, 5.63, 6.25, 8.22, 9.3, 11.9],
      ),
      measured([1, 2, 16], [0.12, 0.15, 0.64]),
    ),
  },
  amx: {
    title: 'Sapphire Rapids with AMX, 2 cores, 135M Q8_0, draft 15M',
    kind: 'measured',
    unified: false,
    // The project's design table; the draft's points beyond one token are scaled from the target's.
    costs: processor(
      measured([1, 2, 4, 8, 16, 32], [6, 10, 11, 15, 19, 31]),
      measured([1, 2, 4, 8, 16, 32], [0.7, 1.1, 1.2, 1.7, 2.2, 3.6]),
    ),
  },
  'milan-q8': {
    title: 'EPYC Milan, 2 cores, 113M Q8_0, draft 15M',
    kind: 'measured',
    unified: false,
    costs: processor(
      measured([1, 2, 4, 8, 16, 32], [6.2, 9.1, 13.3, 22, 40, 72]),
      measured([1, 2, 4, 8, 16, 32], [0.7, 1, 1.5, 2.5, 4.5, 8.1]),
    ),
  },
  'milan-q4': {
    title: 'EPYC Milan, 2 cores, 113M Q4_0, draft 15M',
    kind: 'measured',
    unified: false,
    costs: processor(
      measured([1, 2, 4, 8, 16, 32], [3.8, 6.2, 9.4, 19, 33, 66]),
      measured([1, 2, 4, 8, 16, 32], [0.7, 1, 1.5, 2.5, 4.5, 8.1]),
    ),
  },
  'milan-f16': {
    title: 'EPYC Milan, 2 cores, 113M F16, draft 15M',
    kind: 'measured',
    unified: false,
    costs: processor(
      measured([1, 2, 4, 8, 16, 32], [8.5, 12.4, 19.9, 35, 66, 128]),
      measured([1, 2, 4, 8, 16, 32], [0.7, 1, 1.5, 2.5, 4.5, 8.1]),
    ),
  },
  'smollm2-q4_1': {
    title: 'EPYC, 2 cores, SmolLM2 135M Q4_1, draft of 2 layers of 128',
    kind: 'measured',
    unified: false,
    costs: oneDraft(SMOLLM2_Q4_1.target, SMOLLM2_Q4_1.draft, PROCESSOR.step),
  },
  'smollm2-q8_0': {
    title: 'EPYC, 2 cores, SmolLM2 135M Q8_0, draft of 2 layers of 128',
    kind: 'measured',
    unified: false,
    costs: oneDraft(SMOLLM2_Q8_0.target, SMOLLM2_Q8_0.draft, PROCESSOR.step),
  },
  'gpu-7b': {
    title: 'H100, dense 7.2B in BF16 (32 layers, 8 KV heads of 128), draft 160M',
    kind: 'roofline',
    unified: true,
    // Flat up to about 220 tokens, where the arithmetic takes longer than reading the weights.
    costs: oneDraft(
      gpuModel(computed(roofline(() => 7.24e9, 7.24e9, 0.5)), cellMs(32, 8, 128)),
      GPU_DRAFT,
      GPU_STEP,
    ),
  },
  'moe-30b': {
    title: 'H100, mixture of experts, 30B with 3.3B active in BF16 (128 experts, 8 a token), draft 160M',
    kind: 'roofline',
    unified: true,
    // Dear from the second token on: each reads experts of its own until all are read.
    costs: oneDraft(
      gpuModel(
        computed(
          roofline(
            (tokens) => COMMON_WEIGHTS + expertsOf(tokens) * EXPERT_WEIGHTS,
            COMMON_WEIGHTS + ACTIVE * EXPERT_WEIGHTS,
            0.8,
          ),
        ),
        cellMs(48, 4, 128),
      ),
      GPU_DRAFT,
      GPU_STEP,
    ),
  },
  'h200-6b': {
    title: 'H200 through Vulkan, 6.34B Q8_0, draft 0.44B',
    kind: 'measured',
    unified: false,
    ...h200(H200_6B, 2 * 16 * 16 * 64 * 2, 2 * 6 * 16 * 64 * 2),
  },
  'h200-27m': {
    title: 'H200 through Vulkan, the demo target of 27M Q8_0, draft 2.4M',
    kind: 'measured',
    unified: false,
    ...h200(H200_27M, 2 * 8 * 6 * 64 * 2, 2 * 1 * 4 * 64 * 2),
  },
} as const satisfies Record<string, NamedCurve>;

export type CurveName = keyof typeof CURVES;
export const CURVE_NAMES = Object.keys(CURVES) as CurveName[];
