/**
 * Embeddings beside the step loop: one piece of one text at a time, and while requests generate, no more time for
 * embeddings than for them. First come, first served; clients send their texts one by one.
 */
import { type PlainError } from '../base/errors.js';
/** Computes a piece at each `next`; the embedding is what it returns. */
export type EmbeddingPieces = Generator<void, Float32Array, void>;
export interface EmbeddingAnswer {
    readonly id: number;
    readonly embedding: Float32Array | undefined;
    readonly error?: PlainError;
}
export declare class EmbeddingTurns {
    #private;
    constructor(begin: (tokens: Int32Array) => EmbeddingPieces, now?: () => number);
    get idle(): boolean;
    add(id: number, tokens: Int32Array): void;
    cancel(id: number): void;
    /**
     * Computes a piece if it is the embeddings' turn.
     * @param stepMs what the step before took; undefined when no request generates
     */
    turn(stepMs: number | undefined): EmbeddingAnswer | undefined;
    /** The answers to all that wait. */
    failAll(error: PlainError): EmbeddingAnswer[];
}
