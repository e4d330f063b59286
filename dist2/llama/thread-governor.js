/**
 * How many threads compute while other processes want the cores too.
 *
 * ggml's threads wait for each other after every operation, and spin while they do. When one of them has lost
 * its core, the others spin until the system gives it back, hundreds of times in one decode: on 2 busy cores a
 * token of the demo model took 500 ms with 2 threads and 2.6 ms with 1. So the decoder falls back to one
 * thread, which waits for nobody, and tries all threads again from time to time.
 *
 * The rule keeps the price of trying small without asking how busy the machine is: when decodes have lost more
 * time against one thread than those before them gained, a stretch on one thread follows, a multiple of the loss,
 * doubled each time in a row. It ends by the clock: what was true of the cores is old after a pause. A hiccup,
 * such as the server's own main thread waking, is paid by the gains (the demo model's answers took 250 ms when it
 * was not, 190 ms now); lasting competition costs a few parts in a hundred.
 */
/** A stretch on one thread is this many times as long as what was lost; doubles with each loss in a row. */
const STRETCH = 2;
const MOST_STRETCH = 64;
const MOST_STRETCH_MS = 10_000;
/** Gains of all threads that can be set against later losses. */
const MOST_CREDIT_MS = 50;
/**
 * What others take of one decode is less than this, or than the decode itself; a machine that was asleep says
 * nothing of them.
 */
const MOST_LOSS_MS = 500;
/** Share of the expected time; less is taken for a longer context. */
const SMALL_LOSS = 0.5;
/** Without a loss for so long after a stretch, the next one is a new one. */
const CALM_MS = 1000;
/** How fast the estimates follow. */
const FOLLOW = 0.15;
export class ThreadGovernor {
    #all;
    /** [log2 of the tokens] = ms of a decode with one thread; 0 = not known. */
    #single = new Float64Array(20);
    #stretch = STRETCH;
    /** When the stretch on one thread ends. */
    #untilMs = -Infinity;
    /** What all threads have gained over one, less what they have lost. */
    #creditMs = 0;
    constructor(threads) {
        this.#all = threads;
    }
    /** Threads for a decode that begins now. */
    threads(nowMs) {
        return nowMs < this.#untilMs ? 1 : this.#all;
    }
    /** A decode of `tokens` tokens that was given its threads at `startMs` has taken this long. */
    record(tokens, startMs, ms) {
        if (this.#all === 1)
            return;
        if (this.threads(startMs) === 1)
            this.#recordSingle(tokens, ms);
        else
            this.#recordAll(tokens, startMs, ms);
    }
    #recordSingle(tokens, ms) {
        const bucket = bucketOf(tokens);
        const known = this.#single[bucket];
        // The first decodes are slow, and a hiccup says nothing about the next.
        this.#single[bucket] = known === 0 ? ms : known + FOLLOW * (Math.min(ms, 2 * known) - known);
    }
    #recordAll(tokens, startMs, ms) {
        const expected = this.#expectedSingle(tokens);
        const lost = Math.min(ms - expected, Math.max(MOST_LOSS_MS, expected));
        this.#creditMs = Math.min(MOST_CREDIT_MS, this.#creditMs - lost);
        if (lost <= 0)
            return;
        if (lost < SMALL_LOSS * expected) {
            // A context that has grown slows one thread down too.
            this.#single[bucketOf(tokens)] = expected + FOLLOW * lost;
            return;
        }
        if (this.#creditMs >= 0)
            return;
        if (startMs > this.#untilMs + CALM_MS)
            this.#stretch = STRETCH;
        this.#untilMs = startMs + ms + Math.min(MOST_STRETCH_MS, this.#stretch * -this.#creditMs);
        this.#creditMs = 0;
        this.#stretch = Math.min(MOST_STRETCH, 2 * this.#stretch);
    }
    /**
     * Time of the same decode with one thread. What has not been seen yet is put too high, in proportion to the
     * tokens, rather than too low; without any experience nothing counts as lost.
     */
    #expectedSingle(tokens) {
        const bucket = bucketOf(tokens);
        if (this.#single[bucket] > 0)
            return this.#single[bucket];
        for (let distance = 1; distance < this.#single.length; distance += 1) {
            const below = this.#single[bucket - distance] ?? 0;
            if (below > 0)
                return below * 2 ** (distance + 1);
            const above = this.#single[bucket + distance] ?? 0;
            if (above > 0)
                return above;
        }
        return Infinity;
    }
    /** Time in milliseconds that one token takes with one thread, before anything else is known. */
    calibrate(ms) {
        this.#single[0] = this.#single[0] === 0 ? ms : Math.min(this.#single[0], ms);
    }
}
/** 1, 2, 3-4, 5-8, 9-16 ... */
function bucketOf(tokens) {
    return tokens <= 1 ? 0 : 32 - Math.clz32(tokens - 1);
}
//# sourceMappingURL=thread-governor.js.map