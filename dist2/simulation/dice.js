/**
 * Luck that can be asked again: every draw is a pure function of (seed, index, stream), so that all policies
 * meet the same texts, arrivals and guesses (common random numbers), in whatever order they ask.
 */
import { PositionNoise } from '../sampling/noise.js';
export class Dice {
    #seed;
    #noise = new PositionNoise();
    /** @param seed 32-bit unsigned */
    constructor(seed) {
        this.#seed = seed;
    }
    /** In (0, 1). @param index >= 0 @param stream >= 0, tells draws of one index apart */
    uniform(index, stream) {
        return this.#noise.at(this.#seed, index).uniform(stream);
    }
    /** Whole number in [from, to). */
    whole(from, to, index, stream) {
        return from + Math.floor(this.uniform(index, stream) * (to - from));
    }
    /** Exponential with the given mean. */
    exponential(mean, index, stream) {
        return -Math.log(this.uniform(index, stream)) * mean;
    }
    /** Standard normal (Box and Muller, 1958); takes `stream` and `stream + 1`. */
    normal(index, stream) {
        const radius = Math.sqrt(-2 * Math.log(this.uniform(index, stream)));
        return radius * Math.cos(2 * Math.PI * this.uniform(index, stream + 1));
    }
    /** Dice of their own for a part of the simulation. */
    fork(purpose) {
        return new Dice(Math.floor(this.uniform(purpose, 0xf0) * 4294967296));
    }
}
//# sourceMappingURL=dice.js.map