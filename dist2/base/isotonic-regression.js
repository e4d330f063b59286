/**
 * Means that must rise by their nature: neighbours that contradict each other are pooled (pool adjacent violators:
 * Ayer et al., "An Empirical Distribution Function for Sampling with Incomplete Information", 1955), which gives the
 * rising sequence nearest to what was added.
 */
export class IsotonicRegression {
    /** [block] */
    #means = [];
    #weights = [];
    /** [block] how many were added up to its end. */
    #ends = [];
    #blocks = 0;
    clear() {
        this.#blocks = 0;
    }
    add(mean, weight, rising = true) {
        let block = this.#blocks;
        const end = block === 0 ? 1 : this.#ends[block - 1] + 1;
        while (rising && block > 0 && this.#means[block - 1] > mean) {
            block -= 1;
            const joint = weight + this.#weights[block];
            mean = (mean * weight + this.#means[block] * this.#weights[block]) / joint;
            weight = joint;
        }
        this.#means[block] = mean;
        this.#weights[block] = weight;
        this.#ends[block] = end;
        this.#blocks = block + 1;
    }
    /** The pooled mean of what was added as number `index`. */
    mean(index) {
        let block = 0;
        while (this.#ends[block] <= index)
            block += 1;
        return this.#means[block];
    }
}
//# sourceMappingURL=isotonic-regression.js.map