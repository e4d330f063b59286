import type { CellPlan } from './plan.js';
import { type CompareResult, type RampRecord, type RunRecord } from './types.js';
export declare const CELLS: readonly CellPlan[];
/** @param latencies mean E2EL in milliseconds of each repeat; undefined: a request failed */
export declare function runsOf(cell: string, setting: string, latencies: readonly (number | undefined)[], more?: Partial<RunRecord>): RunRecord[];
export declare const RAMP: RampRecord;
export declare const SETTINGS: import("./settings.js").Setting[];
export declare function comparison(runs: readonly RunRecord[], more?: Partial<CompareResult>): CompareResult;
/** `auto` as fast as the best everywhere. */
export declare const GOOD_RUNS: readonly RunRecord[];
