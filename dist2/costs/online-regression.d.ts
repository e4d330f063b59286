/**
 * Learns a cost that is a sum of terms, `exp(pace) * (v0 * a0 + v1 * a1 + ...)`, from what decodes really took:
 * amounts `a` are known for each observation, values `v` and the pace are learned, and how sure they are.
 *
 * An extended Kalman filter on the logarithm of the time (Welch and Bishop, "An Introduction to the Kalman Filter",
 * 1995): its state is the pace of the machine, which other processes, heat and clock rates change for all terms alike,
 * and a correction of each value, in log space, so that values stay positive. Where it starts is the prior, and
 * corrections that nothing confirms drift back to it (an Ornstein-Uhlenbeck process): what a bad moment made dear would
 * otherwise stay dear, for nobody would try it again. Noise is Student's t (the weights of Lange, Little and Taylor,
 * "Robust Statistical Modeling Using the t Distribution", JASA 84, 1989), so a single outlier moves nothing; several in
 * a row on one side are a machine that has changed its pace.
 *
 * Tuned on the machines of cost-model.test.ts and the simulator's curves.
 */
export declare class OnlineRegression {
    #private;
    /** [term] milliseconds at pace 0. */
    readonly values: Float64Array;
    /** [term] of the observation at hand; set by the caller before `learn`. */
    readonly amounts: Float64Array;
    /**
     * @param initial [term] milliseconds
     * @param sizes how many of the first terms are the sizes of one curve, in order
     */
    constructor(initial: readonly number[], sizes?: number);
    /** Log factor on all values, beside the one the caller gives. */
    get pace(): number;
    /** [term] how much is known of a value, beside others: the inverse of its variance. */
    weight(term: number): number;
    /** Standard deviation of the logarithm of what the amounts at hand cost, noise left out. */
    deviation(): number;
    /**
     * Learns from one observation of the amounts.
     * @param ms > 0
     * @param outerPace log factor that is learned elsewhere
     * @returns the furthest that a value concerned has moved (log) since `markPublished`
     */
    learn(ms: number, outerPace?: number): number;
    markPublished(): void;
}
