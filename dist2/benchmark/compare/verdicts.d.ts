import type { CellRecord, RampRecord, RunRecord, Verdict } from './types.js';
export declare function verdicts(cells: readonly CellRecord[], runs: readonly RunRecord[], ramp: RampRecord | null): Verdict[];
