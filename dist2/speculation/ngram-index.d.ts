/** Where the n-grams of one growing text last ended, in a hash table of integers (open addressing). */
/** An earlier place at which the text was as it is at its end. */
export interface Place {
    /** Position after it, from which to copy. */
    readonly end: number;
    /** Tokens before `end` that are the same as those at the end of the text, at most `MAX_MATCH`. */
    readonly length: number;
}
export declare class NgramIndex {
    #private;
    /** @param minNgram shortest n-gram to find, >= 1; longer ones up to `MAX_NGRAM` are preferred */
    constructor(minNgram: number);
    /**
     * The latest place at which the longest n-gram at the end of the text `tokens[0, length)` occurred before.
     * Indexes what came since the last call.
     */
    find(tokens: Int32Array, length: number): Place | undefined;
}
