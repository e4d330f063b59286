export declare class Dice {
    #private;
    /** @param seed 32-bit unsigned */
    constructor(seed: number);
    /** In (0, 1). @param index >= 0 @param stream >= 0, tells draws of one index apart */
    uniform(index: number, stream: number): number;
    /** Whole number in [from, to). */
    whole(from: number, to: number, index: number, stream: number): number;
    /** Exponential with the given mean. */
    exponential(mean: number, index: number, stream: number): number;
    /** Standard normal (Box and Muller, 1958); takes `stream` and `stream + 1`. */
    normal(index: number, stream: number): number;
    /** Dice of their own for a part of the simulation. */
    fork(purpose: number): Dice;
}
