import type { CurveName } from './curves.js';
export interface Change {
    readonly curve: CurveName;
    readonly inFlight: number;
    /** Share of the draft's guesses that are right before and after. */
    readonly from: number;
    readonly to: number;
}
export declare const CHANGES: readonly Change[];
export interface Recovery {
    /** Requests' worth of tokens after the change until goodput is back; undefined: not within the run. */
    readonly requests: number | undefined;
}
/** @param length the best after the change, as `bestLengthAfter` finds it */
export declare function recoveryOf(change: Change, seed: number, length: number): Recovery;
/** The fixed length with the highest goodput after the change. */
export declare function bestLengthAfter(change: Change, seed: number): number;
