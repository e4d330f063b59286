/**
 * A `llama_token_data_array`: what samplers work on. Its memory is JavaScript's (see
 * `native-batch.ts`).
 */
import koffi from 'koffi';
import { llama_token_data_array, TOKEN_DATA_BYTES, } from './declarations.js';
/** 32-bit words of a `llama_token_data`: id, logit, probability. */
const WORDS = TOKEN_DATA_BYTES / 4;
export class TokenCandidates {
    /** Of the `llama_token_data_array`. */
    pointer;
    capacity;
    /** Kept for its memory. */
    #array;
    #data;
    #ids;
    #values;
    constructor(capacity) {
        this.capacity = capacity;
        this.#array = new ArrayBuffer(koffi.sizeof(llama_token_data_array));
        this.pointer = koffi.address(this.#array);
        const memory = new ArrayBuffer(capacity * TOKEN_DATA_BYTES);
        this.#data = koffi.address(memory);
        this.#ids = new Int32Array(memory);
        this.#values = new Float32Array(memory);
        this.#reset();
    }
    /** All tokens of a vocabulary in order. Samplers may leave fewer, in another order and another place. */
    set(logits) {
        this.#reset();
        for (let token = 0, at = 0; token < this.capacity; token += 1, at += WORDS) {
            this.#ids[at] = token;
            this.#values[at + 1] = logits[token];
            this.#values[at + 2] = 0;
        }
    }
    /** What the samplers have left: tokens with their probabilities, and the index of the chosen one or -1. */
    read() {
        const array = koffi.decode(this.pointer, llama_token_data_array);
        const memory = koffi.view(array.data, array.size * TOKEN_DATA_BYTES);
        const ids = new Int32Array(memory);
        const values = new Float32Array(memory);
        return {
            selected: array.selected,
            tokens: Int32Array.from({ length: array.size }, (_, i) => ids[i * WORDS]),
            probabilities: Float32Array.from({ length: array.size }, (_, i) => values[i * WORDS + 2]),
        };
    }
    #reset() {
        koffi.encode(this.#array, llama_token_data_array, {
            data: this.#data,
            size: this.capacity,
            selected: -1,
            sorted: false,
        });
    }
}
//# sourceMappingURL=token-candidates.js.map