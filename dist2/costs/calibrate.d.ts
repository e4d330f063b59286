/**
 * Measures what decodes of an idle model cost, in about a second. The machine's pace may change by a half
 * meanwhile, so draft and target take turns in short rounds, and what counts is how sizes compare within rounds
 * (`median-polish.ts`). What the time does not suffice for follows the prior's shape (`prior-costs.ts`); the online
 * correction (`latency-model.ts`) does the rest.
 */
import type { EngineModel } from '../decoder/decoder.js';
import type { CostTable } from './cost-table.js';
export interface CalibrationOptions {
    /** Milliseconds on a clock of any origin. */
    readonly now?: () => number;
    /** Time to spend; one decode may go beyond it. */
    readonly budgetMs?: number;
}
/**
 * Costs of this model on this machine. Its caches must be empty and nobody else may use it; they are empty
 * afterwards.
 */
export declare function calibrate(model: EngineModel, options?: CalibrationOptions): CostTable;
