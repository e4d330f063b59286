import { type SequenceId } from '../base/types.js';
import type { Decoder } from '../decoder/decoder.js';
export declare class Branches {
    #private;
    constructor(decoder: Decoder);
    /** How many more can be lent in this step. */
    get free(): number;
    /** Takes back what a step that failed has left lent. */
    beginStep(): void;
    /** Lends at most `count` sequences that hold the first `length` tokens of `owner`. */
    lend(owner: SequenceId, length: number, count: number): SequenceId[];
    /** The tree of `owner` is verified: takes back the branches, but for `except`, without the tree. */
    settle(owner: SequenceId, except?: SequenceId): void;
    /** `owner` is about to forget positions from `length` on. */
    trim(owner: SequenceId, length: number): void;
    /** Nothing of `owner` is needed any more. */
    release(owner: SequenceId): void;
    /** Empties all of them, whatever they are said to hold. */
    reset(): void;
    /** Throws when a branch holds what its owner does not. */
    checkIntegrity(lengthOf: (owner: SequenceId) => number): void;
}
