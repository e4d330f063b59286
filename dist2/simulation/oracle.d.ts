import type { SimMetrics } from './metrics.js';
import { type FixedChoice, type Policy } from './policies.js';
import { type SimulationOptions } from './simulate.js';
import type { Workload } from './workload.js';
export interface FixedRun {
    readonly choice: FixedChoice;
    readonly metrics: SimMetrics;
}
export interface Hindsight {
    /** All that were tried, no guesses first. */
    readonly runs: readonly FixedRun[];
    readonly best: FixedRun;
    /** Each task with the choice that served it best; `best` where there is one task. */
    readonly byTask: {
        readonly policy: Policy;
        readonly metrics: SimMetrics;
    };
}
/** Share of the goodput that was there to be had and was not reached; negative where it was exceeded. */
export declare function regret(reached: SimMetrics, best: SimMetrics): number;
/** Tries every choice on the same workload, no guesses included. */
export declare function bestInHindsight(workload: Workload, machine: SimulationOptions, lengths: readonly number[]): Hindsight;
