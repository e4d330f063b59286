/** Mass is looked for within this many nats of the likeliest token first; nearly always enough. */
const FIRST_WINDOW_NATS = 12;
export class Truncation {
    #topK;
    #topP;
    #minP;
    #candidates = new Int32Array(0);
    constructor(options) {
        this.#topK = options.topK > 0 ? options.topK : Infinity;
        this.#topP = options.topP;
        this.#minP = options.minP;
    }
    /**
     * Ids of the tokens that remain; at least one. The order is by falling logit (then id) when top-k or
     * top-p is on. Valid until the next call.
     */
    keep(logits) {
        let highest = -Infinity;
        for (const logit of logits)
            if (logit > highest)
                highest = logit;
        const byMinP = this.#minP > 0 ? highest + Math.log(this.#minP) : -Infinity;
        if (this.#topK >= logits.length && this.#topP >= 1)
            return this.#above(logits, byMinP);
        // Candidates are gathered within a window below the maximum; it widens when they do not suffice.
        for (let window = FIRST_WINDOW_NATS;; window *= 4) {
            const all = window > 1000;
            const gathered = this.#above(logits, all ? -Infinity : highest - window);
            if (!all && gathered.length < Math.min(this.#topK, logits.length) && this.#topP >= 1)
                continue;
            const sorted = gathered.sort((a, b) => logits[b] - logits[a] || a - b);
            const kept = this.#cut(sorted, logits, highest, all);
            if (kept === undefined)
                continue;
            let end = kept;
            while (end > 1 && logits[sorted[end - 1]] < byMinP)
                end -= 1;
            return sorted.subarray(0, end);
        }
    }
    /** How many of the sorted candidates top-k and top-p leave, or undefined when more must be gathered. */
    #cut(sorted, logits, highest, all) {
        if (!all && this.#topK !== Infinity && sorted.length < this.#topK)
            return undefined;
        const limit = Math.min(this.#topK, sorted.length);
        if (this.#topP >= 1)
            return limit;
        let total = 0;
        if (this.#topK === Infinity)
            for (const logit of logits)
                total += Math.exp(logit - highest);
        else
            for (let rank = 0; rank < limit; rank++)
                total += Math.exp(logits[sorted[rank]] - highest);
        let mass = 0;
        for (let rank = 0; rank < limit; rank++) {
            mass += Math.exp(logits[sorted[rank]] - highest);
            if (mass >= this.#topP * total)
                return rank + 1;
        }
        return all || this.#topK !== Infinity ? limit : undefined;
    }
    #above(logits, floor) {
        if (this.#candidates.length < logits.length)
            this.#candidates = new Int32Array(logits.length);
        let count = 0;
        for (let token = 0; token < logits.length; token++) {
            const logit = logits[token];
            if (logit >= floor && logit !== -Infinity)
                this.#candidates[count++] = token;
        }
        if (count === 0)
            this.#candidates[count++] = 0;
        return this.#candidates.subarray(0, count);
    }
}
//# sourceMappingURL=truncation.js.map