/**
 * Sizes measured in rounds on a machine whose pace drifts: how large each is beside the others, the rounds' own
 * pace taken out (median polish: Tukey, "Exploratory Data Analysis", 1977, chapter 11; here with gaps). Medians,
 * so that single hiccups do no harm.
 */
export interface Sample {
    /** What was measured. */
    readonly name: string;
    /** When: samples of a round share its pace. */
    readonly round: number;
    /** > 0. */
    readonly value: number;
}
/** The value of each name at the rounds' usual pace. */
export declare function medianPolish(samples: readonly Sample[]): Map<string, number>;
