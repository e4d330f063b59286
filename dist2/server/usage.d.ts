import type { Exactness, RequestStatistics } from '../engine/types.js';
export interface Usage {
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    readonly total_tokens: number;
    readonly prompt_tokens_details: {
        readonly cached_tokens: number;
    };
}
/** The counts alone, for chunks on the way. */
export type UsageSoFar = Omit<Usage, 'prompt_tokens_details'>;
/** A finished choice's statistics and which prompt it belongs to. */
export interface Spent {
    readonly promptIndex: number;
    readonly statistics: RequestStatistics;
}
/**
 * A prompt counts once, however many choices continue it; it counts as cached as far as none of them had to
 * compute it.
 */
export declare function usageOf(spent: readonly Spent[]): Usage;
export interface Timings {
    readonly cache_n: number;
    readonly prompt_n: number;
    readonly prompt_ms: number;
    readonly prompt_per_token_ms: number;
    readonly prompt_per_second: number;
    readonly predicted_n: number;
    readonly predicted_ms: number;
    readonly predicted_per_token_ms: number;
    readonly predicted_per_second: number;
    readonly draft_n?: number;
    readonly draft_n_accepted?: number;
}
/**
 * As llama-server computes them: the first token is the prompt's, so rates of prediction count one less.
 * Several choices run side by side: their tokens add up, the time is that of the longest.
 */
export declare function timingsOf(spent: readonly Spent[]): Timings;
export interface SpeculationFigures {
    /** Tokens a drafted step commits, its bonus token included; 1 where nothing was drafted. */
    readonly mean_acceptance_length: number;
    /** Accepted of the drafted tokens; null where nothing was drafted. */
    readonly draft_acceptance_rate: number | null;
    /** [k] = drafts of which exactly k tokens were accepted. */
    readonly acceptance_histogram: readonly number[];
    readonly num_drafts: number;
    readonly num_draft_tokens: number;
    readonly num_accepted_tokens: number;
}
export declare function speculationOf(spent: readonly Spent[]): SpeculationFigures;
/** The additions to OpenAI's answer, the same for a whole answer and for the last chunk of a stream. */
export interface Additions {
    readonly exactness: Exactness;
    readonly timings: Timings;
    readonly metrics: {
        readonly speculative_decoding: SpeculationFigures;
    };
}
export declare function additionsOf(spent: readonly Spent[], exactness: Exactness): Additions;
/** What a stream says of its usage: nothing, at its end, or with every chunk. */
export type UsageTold = 'never' | 'at the end' | 'always';
