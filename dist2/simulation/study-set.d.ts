/**
 * The workloads over which policies are judged (`foretoken simulate --ablate`, `--peers`): machines that people have,
 * few and many requests, and work of five kinds. Always the same, so that figures can be compared from one day to the
 * next.
 */
import { type CurveName } from './curves.js';
import type { SimulationOptions } from './simulate.js';
import { type Workload } from './workload.js';
export interface Cell {
    readonly name: string;
    readonly curve: CurveName;
    readonly inFlight: number;
    readonly kind: string;
}
export declare const CELLS: readonly Cell[];
/** Little noise and rare outliers, as on a machine that does other things, too. */
export declare function machineOf(curve: CurveName, parallel: number): SimulationOptions;
export declare function workloadOf({ inFlight, kind }: Cell, seed: number): Workload;
