/** The flags of `simulate`, and the workload and machine that they mean. */
import type { Command } from 'commander';
import { type CurveName } from '../../simulation/curves.js';
import { type Policy } from '../../simulation/policies.js';
import type { SimulationOptions } from '../../simulation/simulate.js';
import { type MixName } from '../../simulation/tasks.js';
import type { WorkloadOptions } from '../../simulation/workload.js';
export interface SimulateFlags {
    readonly curve: CurveName;
    readonly requests: number;
    readonly inFlight?: number;
    readonly rate?: number;
    readonly rateTo?: number;
    readonly parallel?: number;
    readonly mix: MixName;
    readonly acceptance?: number;
    readonly confidence?: number;
    readonly copy?: number;
    readonly shift: readonly string[];
    readonly kvUnified?: boolean;
    readonly noise: number;
    readonly policies: string;
    readonly proposers?: readonly string[];
    readonly most: number;
    readonly seed: number;
    readonly json?: string;
    readonly ablate?: boolean;
    readonly peers?: boolean;
    readonly shifts?: boolean;
    readonly seeds?: number;
}
export declare function addSimulateFlags(command: Command): Command;
export interface SimulateSetup {
    readonly workload: WorkloadOptions;
    readonly machine: SimulationOptions;
    readonly policies: readonly Policy[];
}
/** @throws ForetokenError `invalid_option` when flags contradict each other. */
export declare function simulateSetup(flags: SimulateFlags): SimulateSetup;
