import { type Pointer } from './declarations.js';
export declare class TokenCandidates {
    #private;
    /** Of the `llama_token_data_array`. */
    readonly pointer: Pointer;
    readonly capacity: number;
    constructor(capacity: number);
    /** All tokens of a vocabulary in order. Samplers may leave fewer, in another order and another place. */
    set(logits: Float32Array): void;
    /** What the samplers have left: tokens with their probabilities, and the index of the chosen one or -1. */
    read(): {
        readonly selected: number;
        readonly tokens: Int32Array;
        readonly probabilities: Float32Array;
    };
}
