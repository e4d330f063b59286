import type { RampRunRecord, RampWindow } from './types.js';
export interface RampShape {
    readonly durationS: number;
    /** Requests a second at both ends, and in the middle. */
    readonly lowRps: number;
    readonly peakRps: number;
}
export declare const rampShape: (saturationRps: number, durationS: number) => RampShape;
/** Requests a second at a moment: a straight line up and down again. */
export declare function rampRate({ durationS, lowRps, peakRps }: RampShape, atS: number): number;
/**
 * A Poisson process of this rate (by time change: unit gaps of the integrated rate), ascending milliseconds; at least
 * one arrival, at the peak, where a slow server and a short ramp would draw none.
 */
export declare function rampArrivalsMs(shape: RampShape, seed: number): number[];
/** The last moment at which more arrives than the server can do. */
export declare function overloadEndS(shape: RampShape, saturationRps: number): number;
/**
 * Seconds from the end of the overload until no more requests are in flight than run at the same time, for good.
 * @param requests when each was sent, and its latency
 */
export declare function recoveryS(requests: readonly {
    readonly sentS: number;
    readonly latencyS: number;
}[], parallel: number, overloadEnd: number): number;
/** A window with fewer requests than this (over all repeats) is shown, but not judged. */
export declare const LEAST_IN_WINDOW = 5;
export declare function rampWindows(runs: readonly RampRunRecord[], durationS: number): RampWindow[];
