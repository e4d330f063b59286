export { mean, median, sum } from '../base/statistics.js';
export interface Ratio {
    readonly median: number;
    readonly min: number;
    readonly max: number;
    /** Pairs that it rests on. */
    readonly pairs: number;
}
/**
 * How one setting does against another, pair by pair: entries with the same index were measured under the same
 * conditions. What the conditions have in common (prompts, arrivals, the pace of the machine) cancels out.
 * Pairs without both sides are left out; undefined where none is left.
 */
export declare function pairedRatio(over: readonly (number | undefined)[], under: readonly (number | undefined)[]): Ratio | undefined;
