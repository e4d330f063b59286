/** Estimates that others build on. */
export interface Rates {
    /** [row * columns + column] log-odds; current after `refresh`. */
    readonly logOdds: Float64Array;
    /** Rises when `logOdds` changes. */
    readonly version: number;
    /** Brings `logOdds` up to date with what was observed. */
    refresh(): void;
}
export interface RateTableOptions {
    readonly columns: number;
    /** Whether rates rise or fall along a row by their nature, or may do either. */
    readonly trend: 'rising' | 'falling' | 'free';
    /** Observations after which an observation counts half. */
    readonly halfLife: number;
    /** Trials that the parent's rate is worth. */
    readonly pseudo: number;
}
/** Rates that do not change. */
export declare function fixedRates(probabilities: readonly number[]): Rates;
export declare class RateTable implements Rates {
    #private;
    readonly logOdds: Float64Array;
    version: number;
    constructor(parent: Rates, options: RateTableOptions);
    observe(cell: number, success: boolean): void;
    /** Lets trials so far count for less. @param keep share of their weight, 0 to 1 */
    forget(keep: number): void;
    /** Decayed trials of a cell. */
    trials(cell: number): number;
    refresh(): void;
}
