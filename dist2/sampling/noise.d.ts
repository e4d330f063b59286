/**
 * Counter-based Gumbel noise: the noise of token t at position n under a seed is a pure function of the
 * three, so whoever samples at that position, target or draft, draws with the same luck. This is what makes
 * the output independent of speculation (Gumbel-max coupling; see docs/lossless.md).
 */
/** Two independent 32-bit keys of one position under one seed. */
export declare class PositionNoise {
    #private;
    /** Moves to a position (>= 0) under a seed (32-bit unsigned). */
    at(seed: number, position: number): this;
    /** Unsigned, 32 bits; its uniform and its noise rise with it. */
    hash(token: number): number;
    /** Uniform in (0, 1), 2^32 steps. */
    uniform(token: number): number;
    /** Standard Gumbel: argmax over tokens of (log p + gumbel) is distributed as p. */
    gumbel(token: number): number;
}
/** In (0, 1), 2^32 steps. */
export declare function uniformOf(hash: number): number;
/** The Gumbel noise of a uniform in (0, 1); rises with it. */
export declare function gumbelOf(uniform: number): number;
/** No Gumbel noise drawn here exceeds this: -ln(-ln(1 - 2^-33)). */
export declare const MAX_GUMBEL: number;
