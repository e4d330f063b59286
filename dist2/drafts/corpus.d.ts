export interface CorpusText {
    /** Kind of work, where it is known. */
    readonly task?: string | undefined;
    /** Prompt in the target's chat format, then its answer with the token that ends it. */
    readonly tokens: readonly number[];
    /** The first so many of `tokens` are the prompt. */
    readonly promptLength: number;
    /** For each token of the answer the same number of candidates, likeliest first, all in one row. */
    readonly candidates: readonly number[];
    /** The target's probabilities of `candidates`, in ten-thousandths. */
    readonly shares: readonly number[];
}
export declare class CorpusWriter {
    #private;
    constructor(path: string, options: {
        readonly append: boolean;
    });
    add(text: CorpusText): void;
    close(): void;
}
/** @throws ForetokenError `file_not_found`, or `invalid_option` when a line is no text of a corpus. */
export declare function readCorpus(path: string, vocabularySize: number): CorpusText[];
export declare function readLines(path: string): string[];
