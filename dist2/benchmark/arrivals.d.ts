import type { RampUp } from './types.js';
export interface ArrivalOptions {
    readonly count: number;
    readonly requestRate: number;
    readonly burstiness: number;
    readonly rampUp?: RampUp | undefined;
    readonly seed: number;
}
/**
 * Arrival of each request in milliseconds from the start, ascending. At a constant rate all times are stretched
 * so that the last one is `count / requestRate`: every seed then offers the same load.
 */
export declare function arrivalTimesMs(options: ArrivalOptions): number[];
