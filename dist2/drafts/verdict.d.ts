export interface DraftVerdictOptions {
    readonly target: string;
    readonly draft: string;
    /** Token ids of prompts that the draft was not trained on. */
    readonly prompts: readonly Int32Array[];
    /** 0 = physical cores. */
    readonly threads: number;
    /** Told after each answer, 0 to 1. */
    readonly onProgress?: (done: number) => void;
    readonly signal?: AbortSignal;
}
export interface DraftVerdict {
    /** Prompts that were answered all three ways. */
    readonly prompts: number;
    /** Share of the draft's guesses that were right, `GUESSES` in a row; undefined where it made none. */
    readonly right: number | undefined;
    /** Time of a token without guesses, divided by that with those that pay. */
    readonly timesAsFast: number;
    /** Guesses that were thought to pay. */
    readonly paying: number;
}
/** Guesses in a row where their number is fixed. */
export declare const GUESSES = 3;
/** @throws ForetokenError as `startEngine`, `invalid_option` when no prompt fits, `cancelled` */
export declare function measureDraft(options: DraftVerdictOptions): Promise<DraftVerdict>;
