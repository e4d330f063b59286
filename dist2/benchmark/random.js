/** Seeded random numbers for arrivals and prompts: the same seed gives the same run on every machine. */
import { normalNumber, randomNumbers, shuffled } from '../base/random.js';
export class Random {
    /** 0 <= x < 1 */
    uniform;
    constructor(seed) {
        this.uniform = randomNumbers(seed);
    }
    /** 0 <= i < count */
    index(count) {
        return Math.floor(this.uniform() * count);
    }
    /** A copy in random order. */
    shuffled(items) {
        return shuffled(items, this.uniform);
    }
    /** Mean 0, deviation 1. */
    normal() {
        return normalNumber(this.uniform);
    }
    /**
     * Gamma distribution of mean `shape * scale`. Marsaglia and Tsang, "A simple method for generating gamma
     * variables" (2000); shapes below 1 by their boost Gamma(a) = Gamma(a + 1) * U^(1/a).
     */
    gamma(shape, scale) {
        if (shape < 1)
            return this.gamma(shape + 1, scale) * (1 - this.uniform()) ** (1 / shape);
        const d = shape - 1 / 3;
        const c = 1 / Math.sqrt(9 * d);
        while (true) {
            const x = this.normal();
            const v = (1 + c * x) ** 3;
            if (v > 0 && Math.log(1 - this.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v))
                return d * v * scale;
        }
    }
}
//# sourceMappingURL=random.js.map