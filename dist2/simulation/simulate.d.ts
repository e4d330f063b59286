import type { ProposerName } from '../engine/types.js';
import { type SimMetrics, type StepNote } from './metrics.js';
import { type Policy } from './policies.js';
import { type MachineOptions } from './sim-model.js';
import type { Workload } from './workload.js';
export interface SimulationOptions extends MachineOptions {
    /** Most guesses a step in `auto`. */
    readonly mostGuesses: number;
    /** The engine measures the machine when it starts, as it does in earnest; else it is told the true costs. */
    readonly calibrated: boolean;
    /** What may guess. */
    readonly proposers: readonly ProposerName[];
}
/** @param onStep told of every step, in order */
export declare function simulate(workload: Workload, machine: SimulationOptions, policy: Policy, onStep?: (note: StepNote) => void): SimMetrics;
