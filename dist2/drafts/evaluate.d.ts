import type { Decoder } from '../decoder/decoder.js';
import { type CorpusText } from './corpus.js';
export interface Agreement {
    readonly texts: number;
    /** Answer tokens compared. */
    readonly tokens: number;
    /** Share of them that the draft guessed. */
    readonly rate: number;
    /** [k] = share of all places at which the next k + 1 tokens are all guessed. */
    readonly survival: readonly number[];
    /** Tokens a verification step yields when `survival.length` tokens are drafted each time. */
    readonly tokensPerStep: number;
}
export interface DraftEvaluation {
    readonly overall: Agreement;
    /** By the task named in the corpus; texts without one are under "". */
    readonly byTask: ReadonlyMap<string, Agreement>;
}
/** Compares the draft's first choices with the texts' answers. Blocks between texts only. */
export declare function measureAgreement(draft: Decoder, texts: readonly CorpusText[], signal?: AbortSignal): Promise<DraftEvaluation>;
/** Milliseconds of one decode of n tokens after `context` tokens, by n; the median of several. */
export declare function measureCost(decoder: Decoder, counts: readonly number[], context?: number, repetitions?: number): Map<number, number>;
export interface EvaluateDraftOptions {
    readonly draft: string;
    /** Corpus of the target's answers to prompts that the draft was not trained on. */
    readonly corpus: string;
    readonly threads?: number;
    readonly signal?: AbortSignal;
}
export declare function evaluateDraft(options: EvaluateDraftOptions): Promise<DraftEvaluation & {
    readonly tokenMs: number;
}>;
