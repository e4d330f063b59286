import { type Shift, type SimTask } from './tasks.js';
/** Small, so that a row of logits is cheap; large enough that a text does not repeat itself by chance. */
export declare const VOCABULARY = 256;
/**
 * `closed`: so many requests are in flight at all times, each end starts the next. `poisson`: requests come at
 * a rate, whatever the engine does. `ramp`: the rate rises evenly to `toPerSecond` at half of the requests and
 * falls back.
 */
export type Arrivals = {
    readonly kind: 'closed';
    readonly inFlight: number;
} | {
    readonly kind: 'poisson';
    readonly perSecond: number;
} | {
    readonly kind: 'ramp';
    readonly fromPerSecond: number;
    readonly toPerSecond: number;
};
export interface WorkloadOptions {
    readonly requests: number;
    readonly arrivals: Arrivals;
    readonly tasks: readonly SimTask[];
    readonly shifts: readonly Shift[];
    /** 32-bit unsigned. */
    readonly seed: number;
}
export interface SimRequest {
    readonly index: number;
    /** Index of its task in `Workload.tasks`. */
    readonly label: number;
    /** 0 in a closed loop. */
    readonly arrivalMs: number;
    /** Prompt and output; no token is 0. */
    readonly text: Int32Array;
    readonly promptLength: number;
    /** Added to the log-odds of its task's acceptance. */
    readonly oddsOffset: number;
}
export interface Workload extends WorkloadOptions {
    readonly items: readonly SimRequest[];
    readonly outputTokens: number;
    /** With the prompts. */
    readonly totalTokens: number;
    /** Longest text. */
    readonly mostTokens: number;
}
/** @throws ForetokenError `invalid_option` when the workload cannot be. */
export declare function makeWorkload(options: WorkloadOptions): Workload;
export declare function headOf(index: number): number[];
/** The request whose prompt begins so. */
export declare function indexOfHead(head: ArrayLike<number>, from?: number): number;
