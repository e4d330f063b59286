/**
 * What decodes of models that people use cost on this project's machine: AMD EPYC (Milan, AVX2), 2 cores, 2 threads,
 * llama.cpp 0.5.0, 2026-11-27. Measured by the engine's own calibration
 * (`node scripts/measure-curve.mjs models/real/MODEL DRAFT`); drafts as `foretoken draft create` makes them: 2 layers of
 * width 128, in F32, whose time is mostly that of the rows of 49,152 logits. Other programs ran meanwhile: repeats of
 * Q4_1 differed by 10 to 25 % and of Q8_0 by a half and more, of which the median is given. For what reading the cache
 * costs there was no time, so that is the prior's (`costs/prior-costs.ts`).
 */
import type { CostCurve, ModelCosts } from '../costs/cost-table.js';

interface Measured {
  readonly target: ModelCosts;
  readonly draft: ModelCosts;
}

const SIZES = [1, 2, 3, 4, 5, 6, 8, 12, 16, 24, 32, 64, 128, 256, 512];
const curve = (ms: readonly number[]): CostCurve => ({ tokens: SIZES, ms });

/** The same network for both, so from the quieter of the two runs. */
const DRAFT = curve([1.4, 1.4, 1.4, 1.4, 1.4, 1.4, 1.49, 1.57, 1.68, 1.76, 1.76, 2.71, 5.42, 11.9, 11.9]);

export const SMOLLM2_Q4_1: Measured = {
  target: {
    curve: curve([9.48, 16.8, 23.6, 27.2, 38.2, 38.5, 47.8, 65.3, 89.7, 130, 173, 347, 666, 1390, 2770]),
    ...{ msPerTokenCell: 0.00237, msPerOutput: 0, resizeMs: 0.93, coldMs: 0.3 },
  },
  draft: { curve: DRAFT, msPerTokenCell: 0.00017, msPerOutput: 0, resizeMs: 0, coldMs: 0.14 },
};

export const SMOLLM2_Q8_0: Measured = {
  target: {
    curve: curve([8.78, 15.2, 23.2, 24.9, 24.9, 24.9, 29.8, 40.9, 52.9, 81.5, 99.8, 204, 407, 806, 1610]),
    ...{ msPerTokenCell: 0.0031, msPerOutput: 0, resizeMs: 0.96, coldMs: 0.3 },
  },
  draft: { curve: DRAFT, msPerTokenCell: 0.00011, msPerOutput: 0, resizeMs: 0, coldMs: 0.17 },
};
