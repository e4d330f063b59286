/** Seeded random numbers for arrivals and prompts: the same seed gives the same run on every machine. */
export declare class Random {
    /** 0 <= x < 1 */
    readonly uniform: () => number;
    constructor(seed: number);
    /** 0 <= i < count */
    index(count: number): number;
    /** A copy in random order. */
    shuffled<T>(items: readonly T[]): T[];
    /** Mean 0, deviation 1. */
    normal(): number;
    /**
     * Gamma distribution of mean `shape * scale`. Marsaglia and Tsang, "A simple method for generating gamma
     * variables" (2000); shapes below 1 by their boost Gamma(a) = Gamma(a + 1) * U^(1/a).
     */
    gamma(shape: number, scale: number): number;
}
