/**
 * A bounded store of earlier outputs for suffix drafting (see suffix-tree.ts): a ring of their tokens, and over
 * its older part the tree. All memory is taken at the start. An output that is learned is only copied; it is
 * indexed in small pieces as `work` is called, which also forgets the oldest tokens where room is needed, so
 * that no single call takes long.
 *
 * The ring holds for each output a header, -1 - label, and then its tokens; behind the newest one stands
 * another negative number. A suffix thus ends before the next negative number or after `MAX_DEPTH` tokens.
 */
import { assert, ForetokenError } from '../base/errors.js';
import { NODE_BYTES, SuffixTree } from './suffix-tree.js';
/** Longest path of the tree, in tokens: the longest match and the guesses after it have room in it. */
export const MAX_DEPTH = 64;
/** Longest match that is looked for; surer it hardly gets. */
export const MAX_MATCH = 32;
export const MIN_BYTES = 2 ** 16;
export const MAX_BYTES = 2 ** 31;
/**
 * Nodes for each indexed token, and tokens of the ring for each of them (the others wait). The demo's held-out
 * answers take 1.28 nodes a token, random text 1.5, and nothing takes more than two.
 */
const NODES_PER_TOKEN = 1.4;
const RING_PER_TOKEN = 2;
const END = -1;
export class SuffixStore {
    #ring;
    #ringLength;
    #maxIndexed;
    #tree;
    #adding = { at: 0, label: 0, length: 0 };
    #removing = { at: 0, label: 0, length: 0 };
    /** Ring position behind the newest output. */
    #end = 0;
    /** @param bytes most memory to use; all of it is reserved at once (untouched pages cost nothing). */
    constructor(bytes) {
        if (!Number.isInteger(bytes) || bytes < MIN_BYTES || bytes > MAX_BYTES) {
            const message = `The store of earlier outputs cannot have ${bytes} bytes; give ${MIN_BYTES} to ${MAX_BYTES}, or do without suffix drafting`;
            throw new ForetokenError('invalid_option', message, { param: 'suffixBytes' });
        }
        const fixed = 4 * MAX_DEPTH + 4 * NODE_BYTES;
        this.#maxIndexed = Math.floor((bytes - fixed) / (4 * RING_PER_TOKEN + NODE_BYTES * NODES_PER_TOKEN));
        this.#ringLength = this.#maxIndexed * RING_PER_TOKEN;
        this.#ring = new Int32Array(this.#ringLength + MAX_DEPTH);
        this.#tree = new SuffixTree(this.#ring, this.#ringLength, Math.floor(this.#maxIndexed * NODES_PER_TOKEN));
        this.#put(0, END);
    }
    get bytes() {
        return this.#ring.byteLength + this.#tree.bytes;
    }
    /** Tokens (and a header for each output) that can be found. */
    get indexed() {
        return this.#distance(this.#removing.at, this.#adding.at);
    }
    /** Tokens and headers that wait for `work`. */
    get pending() {
        return this.#distance(this.#adding.at, this.#end);
    }
    get tree() {
        return this.#tree;
    }
    /**
     * Keeps the output `tokens[from, to)`. What does not fit beside the outputs that still wait is left out,
     * from its beginning.
     */
    learn(tokens, from, to, label) {
        assert(from >= 0 && to <= tokens.length, `output [${from}, ${to}) of ${tokens.length} tokens`);
        assert(Number.isInteger(label) && label >= 0, `label ${label}`);
        // One slot stays free for the end, one is the header.
        const room = Math.min(this.#maxIndexed, this.#ringLength - this.#distance(this.#removing.at, this.#end) - 1);
        const start = Math.max(from, to - (room - 1));
        if (to - start < 2)
            return;
        this.#push(-1 - label);
        // A negative number would be taken for a header.
        for (let at = start; at < to; at++)
            this.#push(Math.max(tokens[at], 0));
        this.#put(this.#end, END);
    }
    /** Indexes what waits and forgets what must go, `budget` tokens at most (each about a microsecond). */
    work(budget) {
        for (let left = budget; left > 0 && this.#adding.at !== this.#end; left--) {
            if (this.indexed >= this.#maxIndexed || this.#tree.nodesFree < 3) {
                this.#advance(this.#removing);
                if (this.#removing.length > 0)
                    this.#tree.remove(...this.#suffix(this.#removing));
            }
            else {
                this.#advance(this.#adding);
                if (this.#adding.length > 0)
                    this.#tree.add(...this.#suffix(this.#adding));
            }
        }
    }
    /**
     * Length of the longest end of `tokens[0, length)` that occurs in an output of the label; 0 when that is
     * less than `least`, and `MAX_MATCH` at most. With a good guess at it, it takes three looks into the tree.
     * (Of an output that is only half indexed it may find less.)
     */
    longestMatch(tokens, length, label, least, guess) {
        const has = (count) => this.#tree.find(label, tokens, length - count, length) !== 0;
        const most = Math.min(MAX_MATCH, length);
        if (least > most || !has(least))
            return 0;
        // What occurs, occurs with its beginning cut off: `low` does, `high` does not.
        let low = least;
        let high = most + 1;
        let probe = Math.min(guess, most);
        while (high - low > 1) {
            if (probe <= low || probe >= high)
                probe = (low + high) >> 1;
            if (has(probe)) {
                low = probe;
                probe += 1;
            }
            else
                high = probe;
        }
        return low;
    }
    #suffix(walk) {
        return [walk.label, this.#before(walk.at), walk.length];
    }
    /** Goes on by one position; `length` is that of the suffix there, 0 when it was a header. */
    #advance(walk) {
        const value = this.#ring[walk.at];
        if (value < 0) {
            walk.label = -1 - value;
            walk.length = 0;
        }
        else if (walk.length === 0) {
            while (walk.length < MAX_DEPTH && this.#ring[walk.at + walk.length] >= 0)
                walk.length += 1;
        }
        else if (walk.length < MAX_DEPTH || this.#ring[walk.at + MAX_DEPTH - 1] < 0) {
            walk.length -= 1;
        }
        walk.at = this.#after(walk.at);
    }
    #push(value) {
        this.#put(this.#end, value);
        this.#end = this.#after(this.#end);
    }
    #put(at, value) {
        this.#ring[at] = value;
        // Its beginning again behind its end, so that a suffix can be read straight on.
        if (at < MAX_DEPTH)
            this.#ring[this.#ringLength + at] = value;
    }
    #after(at) {
        return at + 1 === this.#ringLength ? 0 : at + 1;
    }
    #before(at) {
        return at === 0 ? this.#ringLength - 1 : at - 1;
    }
    #distance(from, to) {
        return to >= from ? to - from : to - from + this.#ringLength;
    }
}
//# sourceMappingURL=suffix-store.js.map