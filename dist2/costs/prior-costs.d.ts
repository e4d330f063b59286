/** Costs of a model that has not been measured: shapes of curves, for what a calibration leaves out, too. */
import { type CostCurve, type CostTable } from './cost-table.js';
/**
 * Sizes at which curves have points, as far as the batch goes. GPUs change their kernels from eight tokens to nine,
 * and nine cost twice as much (`docs/gpu.md`), so both are among them.
 */
export declare const CURVE_SIZES: readonly number[];
/**
 * What a model takes longer after the other one and the engine's own work have been through the processor's caches:
 * 0.2 to 0.35 ms of 1.2 with the demo model; no more than that share of a smaller one.
 */
export declare const PRIOR_COLD_MS = 0.3;
export declare const PRIOR_COLD_SHARE = 0.3;
/** Context costs this share of a token for each cell: an eighth more at 512 cells. */
export declare const PRIOR_CELL_SHARE = 0.00025;
/** Measured with the demo model: 60 us a step outside the decodes, of them 35 us for arg-max over 32,000 tokens. */
export declare const PRIOR_OVERHEAD_MS = 0.03;
export declare const PRIOR_OVERHEAD_MS_PER_ROW = 0.035;
export declare const PRIOR_OVERHEAD_MS_GUESSING = 0.15;
/** Sizes of a curve for decodes of up to `most` tokens; ends with `most`. */
export declare function curveSizes(most: number): number[];
/**
 * A curve through the measured points, which goes on by the prior's shape up to `most` tokens.
 * @param measured [point] tokens and milliseconds, ascending; begins with one token
 */
export declare function completeCurve(measured: readonly (readonly [number, number])[], most: number): CostCurve;
/**
 * A cautious table for a model that has not been measured: several tokens cost nearly as much as one by one, a
 * draft a fifth of the target, so that only guesses which mostly stand seem to pay until real times are known.
 */
export declare function priorCosts(hasDraft: boolean): CostTable;
