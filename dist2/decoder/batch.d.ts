import type { Position, SequenceId, Token } from '../base/types.js';
export interface BatchArrays {
    /** [capacity] */
    readonly tokens: Int32Array;
    /** [capacity] */
    readonly positions: Int32Array;
    /** [capacity]: how many sequences the token belongs to, >= 1. */
    readonly sequenceCounts: Int32Array;
    /** [capacity * sequencesPerToken], row-major. */
    readonly sequenceIds: Int32Array;
    /** [capacity]: 1 where logits are wanted. */
    readonly outputs: Int8Array;
}
export declare class TokenBatch {
    #private;
    readonly capacity: number;
    readonly sequencesPerToken: number;
    readonly arrays: BatchArrays;
    constructor(capacity: number, sequencesPerToken: number, arrays?: BatchArrays);
    get length(): number;
    /** Number of rows of logits that the decode of this batch yields. */
    get outputCount(): number;
    /** KV cells that the tokens attend to, summed: each to all before it in its sequence, and to itself. */
    get attendedCells(): number;
    /** Tokens of each sequence that owns some, in the order of their first ones; a shared token counts for its first. */
    shares(): {
        sequence: number;
        tokens: number;
    }[];
    get free(): number;
    clear(): void;
    /**
     * Adds one token.
     * @returns the row of its logits (`Decoder.logits(row)`), or -1 where none are wanted.
     */
    add(token: Token, position: Position, sequence: SequenceId, wantsLogits: boolean): number;
    /** Adds one token that several sequences share. */
    addShared(token: Token, position: Position, sequences: readonly SequenceId[], wantsLogits: boolean): number;
}
