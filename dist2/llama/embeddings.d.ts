import type { LlamaModel } from './model.js';
export declare class Embedder {
    #private;
    /** Numbers of an embedding; 1 of a model that ranks: its score, as it comes. */
    readonly width: number;
    /** @param options `threads` is asked before each piece; physical cores when left out */
    constructor(model: LlamaModel, options?: {
        readonly threads?: () => number;
    });
    /** @throws ForetokenError `invalid_request` for no tokens, `context_length_exceeded` for too many. */
    embed(tokens: Int32Array): Float32Array;
    /**
     * The same, a piece of the text for each `next`; may be given up at any of them. A model with a pooling of its own
     * computes the whole text at once. One text at a time: the next begins when one has ended or been given up.
     */
    embedInPieces(tokens: Int32Array): Generator<void, Float32Array, void>;
    dispose(): void;
}
