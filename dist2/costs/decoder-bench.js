/**
 * Times the decodes of one idle decoder: rounds of sizes in alternating order, each once after another size and once
 * after itself, then context and outputs. Many short rounds, as the machine's pace changes from one to the next.
 */
import { assert } from '../base/errors.js';
import { position, sequenceId, token } from '../base/types.js';
import { GREEDY } from '../base/sampling-options.js';
import { TokenSampler } from '../sampling/sampler.js';
import { curveSizes } from './prior-costs.js';
/** Measured even if there is time for one decode of each only. */
const ESSENTIAL_SIZES = [1, 2, 4, 8, 64, 128, 256, 512];
/** [round] the largest size that it measures: guesses are few, so small sizes are known best. */
export const ROUNDS = [16, 64, 8, 16, 512, 8, 512, 8];
/** Of the larger sizes only these are measured: between them the curve is nearly straight. */
const LARGE_SIZES = [64, 96, 128, 256, 512];
const SMALL = 32;
/** A size that takes more than this share of the time is not measured again and again. */
const DEAR_SHARE = 0.06;
/** Of a decoder's time, the share for the sizes; the rest is for context and outputs. */
const SIZES_SHARE = 0.6;
/** One token, before everything else: twice, and more often where that takes no time to speak of. */
const SINGLE_REPEATS = 4;
/** Cells of context against an empty cache, and the sizes compared. */
const CONTEXT_CELLS = [256, 128, 64, 32];
const CONTEXT_SIZES = [1, 8];
const CONTEXT_REPEATS = 4;
const CONTEXT_ROUNDS = 3;
const OUTPUT_SIZE = 16;
const OUTPUT_REPEATS = 4;
export class DecoderBench {
    /** Times of sizes; named by `nameOf`. */
    samples = [];
    #decoder;
    #options;
    #most;
    #sampler = new TokenSampler(new Int32Array(), GREEDY);
    /** [size] all its times. */
    #times = new Map();
    #spentMs = 0;
    constructor(decoder, options) {
        assert(decoder.lengthOf(sequenceId(0)) === 0, 'a decoder is measured with an empty cache');
        this.#decoder = decoder;
        this.#options = options;
        this.#most = Math.min(decoder.batch.capacity, decoder.sequenceCapacity, decoder.cellCount);
    }
    /** The sizes that have been timed, in ascending order. */
    get sizes() {
        return [...this.#times.keys()].sort((a, b) => a - b);
    }
    /** How often a size has been timed. */
    timesOf(size) {
        return this.#times.get(size)?.length ?? 0;
    }
    /** How samples of a size are named. @param again after a decode of the same size, not of another */
    nameOf(size, again) {
        return `${this.#options.name} ${size}${again ? ' again' : ''}`;
    }
    /**
     * One token alone, as all else is planned by what it takes: it must not be one hiccup. The first decode says
     * nothing of a change of size, and may be slow for reasons of its own.
     */
    begin() {
        for (let repeat = 0; repeat < SINGLE_REPEATS; repeat++) {
            this.#keep(-1, 1, true, this.time(1));
            if (repeat > 0 && this.#spentMs > DEAR_SHARE * this.#options.budgetMs)
                break;
        }
    }
    /**
     * One round of sizes, as far as the time goes.
     * @param before what is done before each size, the `first` of the round or another, to have the processor's caches
     *   as they are when steps run
     */
    sweep(round, before = () => undefined) {
        const { budgetMs } = this.#options;
        const largest = ROUNDS[round];
        const most = Math.min(this.#most, Math.max(...ROUNDS));
        const order = curveSizes(most).filter((size) => size <= largest && (size <= SMALL || size === most || LARGE_SIZES.includes(size)));
        if (round % 2 === 1)
            order.reverse();
        let first = true;
        for (const size of order) {
            const expectedMs = this.#expectedMs(size);
            const dear = 2 * expectedMs > DEAR_SHARE * budgetMs;
            const needed = ESSENTIAL_SIZES.includes(size) && !this.#times.has(size);
            const leftMs = (needed ? budgetMs : SIZES_SHARE * budgetMs) - this.#spentMs;
            if (expectedMs * (dear ? 1 : 2) > leftMs)
                continue;
            if (dear && !needed)
                continue;
            before(first);
            first = false;
            this.#keep(round, size, false, this.time(size));
            if (!dear)
                this.#keep(round, size, true, this.time(size));
        }
    }
    /** One token after another model has run. */
    disturbed(round) {
        const ms = this.time(1);
        if (ms !== undefined)
            this.samples.push({ name: this.disturbedName, round, value: ms });
    }
    /** How the samples of `disturbed` are named. */
    get disturbedName() {
        return `${this.#options.name} 1 after another model`;
    }
    /** Fills some context, compares the same sizes with and without it, and gives what filling it took. */
    measureContext() {
        if (!this.#decoder.canTruncate)
            return undefined;
        const sizes = CONTEXT_SIZES.filter((size) => this.#times.has(size));
        const largest = Math.max(...sizes);
        const sizesMs = sizes.reduce((sum, size) => sum + 3 * CONTEXT_REPEATS * this.#expectedMs(size), 0);
        const cells = CONTEXT_CELLS.find((count) => count <= this.#decoder.batch.capacity &&
            count + largest <= Math.min(this.#decoder.sequenceCapacity, this.#decoder.cellCount) &&
            2 * this.#expectedMs(count) + sizesMs < this.#leftMs);
        if (cells === undefined)
            return undefined;
        const fill = [];
        const slopes = [];
        for (let round = 0; round < CONTEXT_ROUNDS; round++) {
            if (round > 0 && fill[0] + sizesMs > this.#leftMs)
                break;
            const ms = this.time(cells, { outputs: 'last', stay: true });
            if (ms === undefined)
                break;
            fill.push(ms);
            // The same moments, so that the machine's pace is the same.
            const full = sizes.map((size) => this.#repeat(size, cells));
            this.#decoder.truncate(sequenceId(0), position(0));
            const empty = sizes.map((size) => this.#repeat(size, 0));
            const pairs = sizes.reduce((sum, size) => sum + size * cells, 0);
            slopes.push(sizes.reduce((sum, _, index) => sum + full[index] - empty[index], 0) / pairs);
        }
        slopes.sort((a, b) => a - b);
        const slope = slopes[slopes.length >> 1];
        const ms = lowerQuartile(fill);
        if (slope === undefined || ms === undefined || Number.isNaN(slope))
            return undefined;
        return { msPerTokenCell: Math.max(slope, 0), cells, ms };
    }
    /** What a token takes less when nobody wants its logits. */
    measureOutputs() {
        const all = [];
        const last = [];
        const size = OUTPUT_SIZE;
        if (!this.#times.has(size))
            return 0;
        for (let repeat = 0; repeat < OUTPUT_REPEATS; repeat++) {
            if (2 * this.#expectedMs(size) > this.#leftMs)
                break;
            all.push(this.time(size));
            last.push(this.time(size, { outputs: 'last' }));
        }
        const saved = ((lowerQuartile(all) ?? 0) - (lowerQuartile(last) ?? 0)) / (size - 1);
        return saved > 0 && last.length > 1 ? saved : 0;
    }
    /** What one token takes, as far as known. */
    get oneMs() {
        return lowerQuartile(this.#times.get(1) ?? []);
    }
    /**
     * Milliseconds of a decode of `size` tokens of one sequence, the logits' way back included; undefined when it
     * failed or the clock jumped back.
     * @param from cells that the sequence holds already
     * @param stay leave the tokens in the cache
     */
    time(size, { outputs = size <= this.#options.allOutputs ? 'all' : 'last', from = 0, stay = false, } = {}) {
        const { now } = this.#options;
        const { batch } = this.#decoder;
        const sequence = sequenceId(0);
        batch.clear();
        for (let index = 0; index < size; index++) {
            const id = token(((from + index) * 7919 + 1) % this.#decoder.vocabularySize);
            batch.add(id, position(from + index), sequence, outputs === 'all' || index === size - 1);
        }
        const startMs = now();
        const outcome = this.#decoder.decode();
        // On a GPU a decode returns before it is done; who reads logits waits.
        if (outcome === 'done') {
            const rows = this.#options.chooses ? batch.outputCount : 1;
            for (let row = 0; row < rows; row++) {
                const logits = this.#decoder.logits(row);
                if (this.#options.chooses)
                    this.#sampler.draw(logits, 0);
            }
        }
        const ms = now() - startMs;
        if (outcome !== 'done' || !stay)
            this.#decoder.truncate(sequence, position(outcome === 'done' ? from : 0));
        this.#spentMs += Math.max(0, now() - startMs);
        return outcome === 'done' && ms > 0 && ms < Infinity ? ms : undefined;
    }
    /** Leaves the decoder as it was found. */
    end() {
        this.#decoder.truncate(sequenceId(0), position(0));
        this.#decoder.batch.clear();
    }
    get #leftMs() {
        return this.#options.budgetMs - this.#spentMs;
    }
    #repeat(size, from) {
        this.time(size, { from });
        const samples = Array.from({ length: CONTEXT_REPEATS }, () => this.time(size, { from }));
        return lowerQuartile(samples) ?? NaN;
    }
    /**
     * What a decode of `size` tokens takes at most, as far as this and smaller sizes tell, of which some may have
     * met a hiccup; 0 when nothing is known. No size costs more than a larger one.
     */
    #expectedMs(size) {
        let least = Infinity;
        for (const [known, times] of this.#times)
            least = Math.min(least, lowerQuartile(times) * Math.max(1, size / known));
        return least === Infinity ? 0 : least;
    }
    #keep(round, size, again, ms) {
        if (ms === undefined)
            return;
        this.samples.push({ name: this.nameOf(size, again), round, value: ms });
        const kept = this.#times.get(size);
        if (kept === undefined)
            this.#times.set(size, [ms]);
        else
            kept.push(ms);
    }
}
/** Of four and less the least; undefined when there is none. */
function lowerQuartile(samples) {
    const sorted = samples.filter((sample) => sample !== undefined).sort((a, b) => a - b);
    return sorted[(sorted.length - 1) >> 2];
}
//# sourceMappingURL=decoder-bench.js.map