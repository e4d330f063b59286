/**
 * Means that must rise by their nature: neighbours that contradict each other are pooled (pool adjacent violators:
 * Ayer et al., "An Empirical Distribution Function for Sampling with Incomplete Information", 1955), which gives the
 * rising sequence nearest to what was added.
 */
export declare class IsotonicRegression {
    #private;
    clear(): void;
    add(mean: number, weight: number, rising?: boolean): void;
    /** The pooled mean of what was added as number `index`. */
    mean(index: number): number;
}
