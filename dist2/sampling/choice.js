/**
 * The best and the second-best token of a row, by score = logit / T + Gumbel noise, or by the plain logit when
 * greedy, in one pass. Ties go to the lower id. The second is what a draft would have said instead, and its
 * distance tells how sure the first is.
 */
import { gumbelOf, MAX_GUMBEL, uniformOf } from './noise.js';
/** Pruning keeps this far from its bound, so that rounding cannot make it drop a token it must not. */
const SLACK_NATS = 0.5;
/** [n] a token whose hash is less has a noise of at most n - SLACK_NATS. */
const HASH_BELOW = Float64Array.from({ length: Math.ceil(MAX_GUMBEL) + 1 }, (_, nats) => Math.exp(-Math.exp(SLACK_NATS - nats)) * 2 ** 32 - 0.5);
/** A token this many nats below the bar comes into question only with a rare hash, which one comparison finds. */
const FAR = 8;
const RARE = Math.floor(HASH_BELOW[FAR]);
export class Choice {
    /** -1 when no token is possible. */
    token = -1;
    /** The runner-up, -1 when no other token is possible; not meaningful where only one rank was asked for. */
    second = -1;
    #score = -Infinity;
    #secondScore = -Infinity;
    /** How far the second lies behind, nats, >= 0; Infinity when there is none. */
    get margin() {
        if (this.second < 0)
            return Infinity;
        return this.#score === this.#secondScore ? 0 : this.#score - this.#secondScore;
    }
    /** By the plain logits. */
    greedy(logits) {
        const bits = new Int32Array(logits.buffer, logits.byteOffset, logits.length);
        let token = 0;
        let second = -1;
        let score = -Infinity;
        let secondScore = -Infinity;
        const { length } = logits;
        for (let id = 0; id < length;) {
            // Hardly any token comes close, so eight at once are passed over.
            id = secondScore > 0 ? passBits(bits, id, bits[second]) : pass(logits, id, secondScore);
            for (const end = Math.min(id + 8, length); id < end; id++) {
                const logit = logits[id];
                if (!(logit > secondScore))
                    continue;
                if (logit > score) {
                    if (score !== -Infinity) {
                        second = token;
                        secondScore = score;
                    }
                    token = id;
                    score = logit;
                }
                else {
                    second = id;
                    secondScore = logit;
                }
            }
        }
        this.#set(score === -Infinity ? -1 : token, score, second, secondScore);
    }
    /** The same over some tokens, in any order. */
    greedyOf(candidates, logits) {
        this.#set(-1, -Infinity, -1, -Infinity);
        for (const id of candidates)
            this.#offer(id, logits[id]);
    }
    /** By logit / temperature + noise, over all tokens. */
    noisy(logits, temperature, noise, ranks) {
        // Starting at the likeliest two makes the bound tight at once: a token that even the highest possible
        // noise cannot lift above it needs no draw, which spares most of a large vocabulary.
        this.greedy(logits);
        const { token: likeliest, second: next } = this;
        if (next < 0)
            return;
        this.#set(likeliest, logits[likeliest] / temperature + noise.gumbel(likeliest), -1, -Infinity);
        this.#offer(next, logits[next] / temperature + noise.gumbel(next));
        const reach = (MAX_GUMBEL + SLACK_NATS) * temperature;
        const scale = 1 / temperature;
        let bar = ranks === 1 ? this.#score : this.#secondScore;
        let floor = bar * temperature - reach;
        let near = (bar - FAR) * temperature;
        for (let id = 0; id < logits.length; id++) {
            const logit = logits[id];
            if (logit < floor || id === likeliest || id === next)
                continue;
            const hash = noise.hash(id);
            if (hash < RARE && logit < near)
                continue;
            // Two logarithms cost five times as much as the hash, and hardly any token's noise is high enough.
            if (hash < HASH_BELOW[Math.floor(bar - logit * scale)])
                continue;
            this.#offer(id, logit / temperature + gumbelOf(uniformOf(hash)));
            bar = ranks === 1 ? this.#score : this.#secondScore;
            floor = bar * temperature - reach;
            near = (bar - FAR) * temperature;
        }
    }
    /** By logit / temperature + noise, over some tokens, in any order. */
    noisyOf(candidates, logits, temperature, noise) {
        this.#set(-1, -Infinity, -1, -Infinity);
        for (const id of candidates)
            this.#offer(id, logits[id] / temperature + noise.gumbel(id));
    }
    #offer(id, score) {
        if (score === -Infinity)
            return;
        if (score > this.#score || (score === this.#score && id < this.token)) {
            if (this.#score !== -Infinity) {
                this.second = this.token;
                this.#secondScore = this.#score;
            }
            this.token = id;
            this.#score = score;
        }
        else if (score > this.#secondScore || (score === this.#secondScore && id < this.second)) {
            this.second = id;
            this.#secondScore = score;
        }
    }
    #set(token, score, second, secondScore) {
        this.token = token;
        this.#score = score;
        this.second = second;
        this.#secondScore = secondScore;
    }
}
/** Moves on by eights while none of the eight from `id` on is above `bar`. */
function pass(logits, id, bar) {
    const last = logits.length - 8;
    for (; id <= last; id += 8) {
        if (logits[id] > bar || logits[id + 1] > bar || logits[id + 2] > bar || logits[id + 3] > bar)
            break;
        if (logits[id + 4] > bar || logits[id + 5] > bar || logits[id + 6] > bar || logits[id + 7] > bar)
            break;
    }
    return id;
}
/**
 * The same by the bits of the numbers, for a positive bar: bits of positive numbers are ordered as the numbers are, and
 * those of negative ones are negative integers. It spares turning each into a double (49,152 in 29 us instead of
 * 38, EPYC Milan). What is no number may end it; the caller looks anyway.
 */
function passBits(bits, id, bar) {
    const last = bits.length - 8;
    for (; id <= last; id += 8) {
        if (bits[id] > bar || bits[id + 1] > bar || bits[id + 2] > bar || bits[id + 3] > bar)
            break;
        if (bits[id + 4] > bar || bits[id + 5] > bar || bits[id + 6] > bar || bits[id + 7] > bar)
            break;
    }
    return id;
}
//# sourceMappingURL=choice.js.map