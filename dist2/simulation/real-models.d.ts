/**
 * What decodes of models that people use cost on this project's machine: AMD EPYC (Milan, AVX2), 2 cores, 2 threads,
 * llama.cpp 0.5.0, 2026-11-27. Measured by the engine's own calibration
 * (`node scripts/measure-curve.mjs models/real/MODEL DRAFT`); drafts as `foretoken draft create` makes them: 2 layers of
 * width 128, in F32, whose time is mostly that of the rows of 49,152 logits. Other programs ran meanwhile: repeats of
 * Q4_1 differed by 10 to 25 % and of Q8_0 by a half and more, of which the median is given. For what reading the cache
 * costs there was no time, so that is the prior's (`costs/prior-costs.ts`).
 */
import type { CostTable } from '../costs/cost-table.js';
type Measured = Pick<CostTable, 'target' | 'targetMsPerTokenCell' | 'targetResizeMs' | 'targetAfterDraftMs' | 'draft' | 'draftMsPerTokenCell' | 'draftAfterTargetMs'>;
export declare const SMOLLM2_Q4_1: Measured;
export declare const SMOLLM2_Q8_0: Measured;
export {};
