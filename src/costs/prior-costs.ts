/** Costs of a model that has not been measured: shapes of curves, for what a calibration leaves out, too. */
import {
  curveMs,
  ONLY_DRAFT,
  tableOf,
  type CostCurve,
  type CostTable,
  type ModelCosts,
  type StepCosts,
} from './cost-table.js';

/**
 * Sizes at which curves have points, as far as the batch goes. GPUs change their kernels from eight tokens to nine,
 * and nine cost twice as much (`docs/gpu.md`), so both are among them.
 */
const CURVE_SIZES: readonly number[] = [
  1, 2, 3, 4, 5, 6, 8, 9, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024, 2048,
];

/**
 * [size] what a decode takes over what one token takes: the demo model on EPYC Genoa with 2 threads. Larger
 * models and processors with matrix units gain more by batching, so this errs towards guessing little.
 */
const RELATIVE_MS: readonly number[] = [
  1, 1.63, 2, 2.45, 2.8, 3.1, 3.7, 4, 4.9, 6.4, 9.6, 12.3, 18.4, 24.6, 37, 49, 73, 97, 146, 194, 390, 780,
];

/** Milliseconds of one token where nothing is known; the pace of the machine is learned within some 30 steps. */
const PRIOR_MS = 5;
/** A decode of the draft over one of the target, of the same size: dearer than drafts mostly are. */
const PRIOR_DRAFT_SHARE = 0.2;
/**
 * What a model takes longer after the other one and the engine's own work have been through the processor's caches:
 * 0.2 to 0.35 ms of 1.2 with the demo model; no more than that share of a smaller one.
 */
export const PRIOR_COLD_MS = 0.3;
export const PRIOR_COLD_SHARE = 0.3;
/** Context costs this share of a token for each cell: an eighth more at 512 cells. */
export const PRIOR_CELL_SHARE = 0.00025;
/** Measured with the demo model: 60 us a step outside the decodes, of them 35 us for arg-max over 32,000 tokens. */
const PRIOR_OVERHEAD_MS = 0.03;
const PRIOR_OVERHEAD_MS_PER_ROW = 0.035;
const PRIOR_OVERHEAD_MS_GUESSING = 0.15;

/** What `tokens` tokens take over what one takes. */
const relativeMs = (tokens: number): number => curveMs({ tokens: CURVE_SIZES, ms: RELATIVE_MS }, tokens);

/** Sizes of a curve for decodes of up to `most` tokens; ends with `most`. */
export function curveSizes(most: number): number[] {
  const sizes = CURVE_SIZES.filter((size) => size < most);
  return [...sizes, Math.max(most, 1)];
}

/** A curve of the usual shape, of which one token takes `oneMs`, up to `most` tokens. */
export function priorCurve(oneMs: number, most: number): CostCurve {
  const tokens = curveSizes(most);
  return { tokens, ms: tokens.map((size) => oneMs * relativeMs(size)) };
}

/** The least that a draft costs beside its target, however small it is: a decode has a fixed part. */
const LEAST_DRAFT_SHARE = 0.03;

/** What a target costs that has not been measured: several tokens cost nearly as much as one by one. */
export function priorTargetCosts(): ModelCosts {
  return { ...priorCostsAt(PRIOR_MS), resizeMs: 0.25, coldMs: PRIOR_COLD_MS };
}

/**
 * What a draft costs that has not been measured: by its size beside the target's, where that is known, or else a fifth.
 * @param share bytes of the draft's weights over the target's
 */
export function priorDraftCosts(target: ModelCosts, share: number = PRIOR_DRAFT_SHARE): ModelCosts {
  const bounded = share > LEAST_DRAFT_SHARE ? Math.min(share, 1) : LEAST_DRAFT_SHARE;
  const oneMs = bounded * target.curve.ms[0]!;
  const coldMs = PRIOR_COLD_SHARE * Math.min(PRIOR_COLD_MS, oneMs);
  return { ...priorCostsAt(oneMs), resizeMs: 0, coldMs };
}

/** What is in proportion to one token. */
function priorCostsAt(oneMs: number): Omit<ModelCosts, 'resizeMs' | 'coldMs'> {
  const curve = priorCurve(oneMs, CURVE_SIZES.at(-1)!);
  return { curve, msPerTokenCell: oneMs * PRIOR_CELL_SHARE, msPerOutput: 0 };
}

export const PRIOR_STEP_COSTS: StepCosts = {
  overheadMs: PRIOR_OVERHEAD_MS,
  overheadMsPerRow: PRIOR_OVERHEAD_MS_PER_ROW,
  overheadMsGuessing: PRIOR_OVERHEAD_MS_GUESSING,
};

/** A cautious table for models that have not been measured, so that only guesses that are mostly accepted seem to pay. */
export function priorCosts(hasDraft: boolean): CostTable {
  const target = priorTargetCosts();
  return tableOf(target, hasDraft ? { [ONLY_DRAFT]: priorDraftCosts(target) } : {}, PRIOR_STEP_COSTS);
}
