/**
 * The arrays of a `llama_batch` in one block of memory that JavaScript owns and the library reads: an
 * `ArrayBuffer` does not move, and lives for as long as anyone can still write to it.
 */
import koffi from 'koffi';
export class NativeBatch {
    arrays;
    /** The struct for `llama_decode`; set `n_tokens` before each call. */
    call;
    constructor(capacity, sequencesPerToken) {
        // Pointers first, so that they are aligned; bytes last.
        const sizes = {
            rows: capacity * 8,
            tokens: capacity * 4,
            positions: capacity * 4,
            sequenceCounts: capacity * 4,
            sequenceIds: capacity * sequencesPerToken * 4,
            outputs: capacity,
        };
        const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
        const memory = new ArrayBuffer(total);
        const base = koffi.address(memory);
        let used = 0;
        const take = (size) => (used += size) - size;
        const rows = take(sizes.rows);
        const tokens = take(sizes.tokens);
        const positions = take(sizes.positions);
        const sequenceCounts = take(sizes.sequenceCounts);
        const sequenceIds = take(sizes.sequenceIds);
        const outputs = take(sizes.outputs);
        const at = (offset) => base + BigInt(offset);
        const rowPointers = new BigUint64Array(memory, rows, capacity);
        for (let i = 0; i < capacity; i += 1)
            rowPointers[i] = at(sequenceIds + i * sequencesPerToken * 4);
        this.arrays = {
            tokens: new Int32Array(memory, tokens, capacity),
            positions: new Int32Array(memory, positions, capacity),
            sequenceCounts: new Int32Array(memory, sequenceCounts, capacity),
            sequenceIds: new Int32Array(memory, sequenceIds, capacity * sequencesPerToken),
            outputs: new Int8Array(memory, outputs, capacity),
        };
        this.call = {
            n_tokens: 0,
            token: at(tokens),
            embd: null,
            pos: at(positions),
            n_seq_id: at(sequenceCounts),
            seq_id: at(rows),
            logits: at(outputs),
        };
    }
}
//# sourceMappingURL=native-batch.js.map