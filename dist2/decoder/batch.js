/**
 * The tokens of one decode, as flat arrays that a native decoder can lay over its own memory.
 *
 * A token may belong to several sequences at once (the shared stem of a token tree); all entries of one
 * batch are independent of the order in which sequences are added, but the tokens of one sequence must be
 * added in ascending position.
 */
import { assert } from '../base/errors.js';
export class TokenBatch {
    capacity;
    sequencesPerToken;
    arrays;
    #length = 0;
    #outputCount = 0;
    constructor(capacity, sequencesPerToken, arrays = {
        tokens: new Int32Array(capacity),
        positions: new Int32Array(capacity),
        sequenceCounts: new Int32Array(capacity),
        sequenceIds: new Int32Array(capacity * sequencesPerToken),
        outputs: new Int8Array(capacity),
    }) {
        this.capacity = capacity;
        this.sequencesPerToken = sequencesPerToken;
        this.arrays = arrays;
    }
    get length() {
        return this.#length;
    }
    /** Number of rows of logits that the decode of this batch yields. */
    get outputCount() {
        return this.#outputCount;
    }
    /** KV cells that the tokens attend to, summed: each to all before it in its sequence, and to itself. */
    get attendedCells() {
        let cells = 0;
        for (let index = 0; index < this.#length; index++)
            cells += this.arrays.positions[index] + 1;
        return cells;
    }
    /** Tokens of each sequence that owns some, in the order of their first ones; a shared token counts for its first. */
    shares() {
        const shares = [];
        for (let index = 0; index < this.#length; index++) {
            const sequence = this.arrays.sequenceIds[index * this.sequencesPerToken];
            const last = shares.at(-1);
            if (last?.sequence === sequence)
                last.tokens += 1;
            else
                shares.push({ sequence, tokens: 1 });
        }
        return shares;
    }
    get free() {
        return this.capacity - this.#length;
    }
    clear() {
        this.#length = 0;
        this.#outputCount = 0;
    }
    /**
     * Adds one token.
     * @returns the row of its logits (`Decoder.logits(row)`), or -1 where none are wanted.
     */
    add(token, position, sequence, wantsLogits) {
        const index = this.#append(token, position, wantsLogits);
        this.arrays.sequenceCounts[index] = 1;
        this.arrays.sequenceIds[index * this.sequencesPerToken] = sequence;
        return wantsLogits ? this.#outputCount++ : -1;
    }
    /** Adds one token that several sequences share. */
    addShared(token, position, sequences, wantsLogits) {
        assert(sequences.length >= 1 && sequences.length <= this.sequencesPerToken, `a token of ${sequences.length} sequences in a batch for up to ${this.sequencesPerToken}`);
        const index = this.#append(token, position, wantsLogits);
        this.arrays.sequenceCounts[index] = sequences.length;
        this.arrays.sequenceIds.set(sequences, index * this.sequencesPerToken);
        return wantsLogits ? this.#outputCount++ : -1;
    }
    #append(token, position, wantsLogits) {
        assert(this.#length < this.capacity, `batch of ${this.capacity} tokens is full`);
        const index = this.#length++;
        this.arrays.tokens[index] = token;
        this.arrays.positions[index] = position;
        this.arrays.outputs[index] = wantsLogits ? 1 : 0;
        return index;
    }
}
//# sourceMappingURL=batch.js.map