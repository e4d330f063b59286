import { type SequenceId } from '../base/types.js';
import type { Decoder } from '../decoder/decoder.js';
import { Branches } from './branches.js';
export interface Slot {
    readonly sequence: SequenceId;
    state: 'free' | 'cached' | 'running';
    /** The text whose first `length` tokens are in the cache. */
    tokens: Int32Array;
    length: number;
    /** Cell number of each held token; sequences that share a prefix share the numbers. */
    readonly cells: number[];
    lastUsed: number;
    /** No other text may begin with what it holds, and it is given up at the end. */
    alone: boolean;
}
/** Where the tokens of a verification are: those that stand, and all of the slot's own sequence. */
export interface VerifiedPath {
    /** Sequence that holds the tokens that stand. */
    readonly holder: SequenceId;
    /** How many of them the slot's own sequence holds as well. */
    readonly common: number;
    /** Tokens of the verification in the slot's own sequence, whether they stand or not. */
    readonly own: number;
}
export declare class KvPool {
    #private;
    /** Sequences for the side branches of trees. */
    readonly branches: Branches;
    /** @param onCleared told when a sequence has been emptied, so that drafts can do the same. */
    constructor(decoder: Decoder, onCleared: (sequence: SequenceId) => void);
    get total(): number;
    get free(): number;
    /** Cells of running requests. */
    get inUse(): number;
    /** Cells that only finished texts hold; given up when needed. */
    get cached(): number;
    /** Cells that a new request could get. */
    get available(): number;
    /** How much of `tokens[0, length)` could be reused; the last token never is, its logits are needed. */
    bestMatch(tokens: Int32Array, length: number): {
        slot: Slot;
        shared: number;
    } | undefined;
    /**
     * A sequence for a text, holding as much of it as could be reused (`slot.length`).
     * @param alone nothing is reused of others, and by others
     */
    acquire(tokens: Int32Array, length: number, alone?: boolean): Slot;
    /** Starts a step: reservations of the one before are void. */
    beginStep(): void;
    /** Sets `count` cells aside for a sequence in this step, giving up cached texts for it when needed. */
    reserve(slot: Slot, count: number): boolean;
    /** Books `count` more tokens that a decode has put into the cache. */
    advance(slot: Slot, count: number): void;
    /**
     * Ends a verification. Of the tokens that a decode has put behind the slot's text, in its own sequence and in
     * those lent to it, the first `count` along `path` stay and become the slot's; all others are forgotten.
     */
    settle(slot: Slot, count: number, path: VerifiedPath): void;
    /** Forgets positions from `length` on, in the books and in the decoder. */
    truncate(slot: Slot, length: number): void;
    /** The text of a sequence has ended; it stays cached. */
    release(slot: Slot): void;
    /** Gives up a cached text; nothing happens when its sequence is in other use. */
    discard(slot: Slot): void;
    /** Empties a running sequence of which the decoder may hold more than the books say. */
    distrust(slot: Slot): void;
    /** Gives up the cached text that was used least recently; false when there is none. */
    evictOldest(): boolean;
    /** Throws when the books contradict themselves or the decoder, or name a request where none runs. */
    checkIdle(): void;
    /** Empties everything, whatever the books say: the decoder's sequences, the drafts', and the books. No request may run. */
    reset(): void;
    /** Throws when the books contradict themselves or the decoder. Between steps only. */
    checkIntegrity(): void;
    /** True when taking the first `shared` tokens from another sequence is cheaper than computing them. */
    copyPays(shared: number): boolean;
}
export declare function commonPrefix(a: Int32Array, b: Int32Array, limit: number): number;
