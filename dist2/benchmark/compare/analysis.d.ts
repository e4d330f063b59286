/** From runs to what a comparison is for: ratios between settings, the best in hindsight, and verdicts. */
import { type CellPlan } from './plan.js';
import type { Setting } from './settings.js';
import { type CellRecord, type RunRecord } from './types.js';
/** JSON has no infinity. */
export declare const finiteRate: (rate: number) => number | "inf";
/** Mean E2EL of a run; undefined where a request failed: a mean over the lucky ones would be another figure. */
export declare function latencyMs({ summary }: RunRecord): number | undefined;
export declare function cellRecord(plan: CellPlan, settings: readonly Setting[], runs: readonly RunRecord[], repeats: number): CellRecord;
/** How a cell is called in sentences. */
export declare const cellName: ({ kind, task, request_rate: rate }: CellRecord) => string;
