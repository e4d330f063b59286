import { type CurveName } from './curves.js';
import type { SimMetrics } from './metrics.js';
import type { SimulationOptions } from './simulate.js';
import { type Shift, type SimTask } from './tasks.js';
import { type Arrivals, type Workload } from './workload.js';
export declare const MACHINES: readonly ["demo", "amx", "gpu-7b", "moe-30b"];
export declare const ACCEPTANCES: number[];
export declare function machineOf(curve: CurveName, parallel: number, more?: Partial<SimulationOptions>): SimulationOptions;
export interface Work {
    readonly inFlight?: number;
    readonly requests?: number;
    readonly arrivals?: Arrivals;
    readonly shifts?: readonly Shift[];
    readonly tasks?: readonly SimTask[];
    readonly seed?: number;
}
export declare function workOf(task: Partial<SimTask>, { inFlight, ...more }?: Work): Workload;
export declare const percent: (share: number) => string;
export declare function assertRegret(name: string, reached: SimMetrics, best: SimMetrics, most: number): void;
