/**
 * Counter-based Gumbel noise: the noise of token t at position n under a seed is a pure function of the
 * three, so whoever samples at that position, target or draft, draws with the same luck. This is what makes
 * the output independent of speculation (Gumbel-max coupling; see docs/lossless.md).
 */
/** Murmur3's 32-bit finaliser: every input bit flips every output bit with probability close to 1/2. */
function mix(value) {
    value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
    value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
    return value ^ (value >>> 16);
}
/** Two independent 32-bit keys of one position under one seed. */
export class PositionNoise {
    #first = 0;
    #second = 0;
    /** Moves to a position (>= 0) under a seed (32-bit unsigned). */
    at(seed, position) {
        const base = mix(seed ^ 0x9e3779b9);
        this.#first = mix(base ^ Math.imul(position + 1, 0x9e3779b1));
        this.#second = mix(this.#first ^ Math.imul(position + 1, 0x85ebca77) ^ 0x27d4eb2f);
        return this;
    }
    /** Unsigned, 32 bits; its uniform and its noise rise with it. */
    hash(token) {
        return mix(mix(this.#first ^ Math.imul(token + 1, 0x27d4eb2d)) ^ this.#second) >>> 0;
    }
    /** Uniform in (0, 1), 2^32 steps. */
    uniform(token) {
        return uniformOf(this.hash(token));
    }
    /** Standard Gumbel: argmax over tokens of (log p + gumbel) is distributed as p. */
    gumbel(token) {
        return gumbelOf(this.uniform(token));
    }
}
/** In (0, 1), 2^32 steps. */
export function uniformOf(hash) {
    return (hash + 0.5) / 4294967296;
}
/** The Gumbel noise of a uniform in (0, 1); rises with it. */
export function gumbelOf(uniform) {
    return -Math.log(-Math.log(uniform));
}
/** No Gumbel noise drawn here exceeds this: -ln(-ln(1 - 2^-33)). */
export const MAX_GUMBEL = gumbelOf(1 - 0.5 / 4294967296);
//# sourceMappingURL=noise.js.map