import { SuffixTree } from './suffix-tree.js';
/** Longest path of the tree, in tokens: the longest match and the guesses after it have room in it. */
export declare const MAX_DEPTH = 64;
/** Longest match that is looked for; surer it hardly gets. */
export declare const MAX_MATCH = 32;
export declare const MIN_BYTES: number;
export declare const MAX_BYTES: number;
export declare class SuffixStore {
    #private;
    /** @param bytes most memory to use; all of it is reserved at once (untouched pages cost nothing). */
    constructor(bytes: number);
    get bytes(): number;
    /** Tokens (and a header for each output) that can be found. */
    get indexed(): number;
    /** Tokens and headers that wait for `work`. */
    get pending(): number;
    get tree(): SuffixTree;
    /**
     * Keeps the output `tokens[from, to)`. What does not fit beside the outputs that still wait is left out,
     * from its beginning.
     */
    learn(tokens: Int32Array, from: number, to: number, label: number): void;
    /** Indexes what waits and forgets what must go, `budget` tokens at most (each about a microsecond). */
    work(budget: number): void;
    /**
     * Length of the longest end of `tokens[0, length)` that occurs in an output of the label; 0 when that is
     * less than `least`, and `MAX_MATCH` at most. With a good guess at it, it takes three looks into the tree.
     * (Of an output that is only half indexed it may find less.)
     */
    longestMatch(tokens: Int32Array, length: number, label: number, least: number, guess: number): number;
}
