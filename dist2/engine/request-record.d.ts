import type { PlainError } from '../base/errors.js';
import { type GuessCounts } from './guess-counts.js';
import type { AllowedSpeculation, NeverSpeculated } from './speculation-mode.js';
/**
 * How a request ended: `finished` by the model's end-of-generation token, `stopped` by a stop text, `length`
 * by its limit or the context's, `cancelled` by the client, `error`.
 */
export type FinishReason = 'finished' | 'stopped' | 'length' | 'cancelled' | 'error';
/** Why no guess was verified for a request. */
export type NotSpeculated = NeverSpeculated | 'it ended before its first token' | 'no room for guesses' | 'no guesses were looked for, since they did not pay lately' | 'no proposer had a guess' | 'no proposer pays';
/** Counts of one request; times in milliseconds on the engine's monotonic clock. */
export interface RequestStatistics {
    readonly promptTokens: number;
    /** Prompt tokens that were in the KV cache already. */
    readonly cachedTokens: number;
    readonly outputTokens: number;
    /** Waiting before the first step that computed anything for it. */
    readonly queueMs: number;
    /** From first computation to first token. */
    readonly prefillMs: number;
    /** From first to last token. */
    readonly decodeMs: number;
    /** Steps in which at least one token was drafted for it. */
    readonly drafts: number;
    readonly draftTokens: number;
    readonly acceptedTokens: number;
    /** [k] = number of drafts of which exactly k tokens were accepted. */
    readonly acceptanceHistogram: readonly number[];
    /** Verification steps including those without a draft: outputTokens / steps = mean acceptance length. */
    readonly decodeSteps: number;
    readonly preemptions: number;
}
export interface RequestRecord {
    readonly id: number;
    /** What kind of work it was. */
    readonly label: number;
    readonly reason: FinishReason;
    readonly error?: PlainError | undefined;
    /**
     * Prompt and output, one after the other: the first `statistics.promptTokens` are the prompt. Outside the engine
     * thread only where somebody asked for tokens; undefined, too, of a request that was refused.
     */
    readonly tokens: Int32Array | undefined;
    /** What was allowed. */
    readonly speculation: Pick<AllowedSpeculation, 'mode' | 'proposers'>;
    /** On the engine's monotonic clock; undefined of a request that was refused. */
    readonly arrivedMs: number | undefined;
    /** Guesses verified and accepted, by who made them and by position. */
    readonly guesses: Readonly<GuessCounts>;
    /** Undefined when a guess was verified for it. */
    readonly notSpeculated: NotSpeculated | undefined;
    /** `no proposer pays`: the most that guesses promised in any step, goodput over that without them less 1. */
    readonly bestGain: number | undefined;
    readonly statistics: RequestStatistics;
}
/** What a request has counted so far. */
export interface RequestCounts {
    readonly promptTokens: number;
    readonly cachedTokens: number;
    readonly outputTokens: number;
    readonly queueMs: number;
    readonly prefillMs: number;
    readonly decodeMs: number;
    /** [k] = number of drafts of which exactly k tokens were accepted. */
    readonly acceptanceHistogram: readonly number[];
    readonly guesses: Readonly<GuessCounts>;
    readonly decodeSteps: number;
    readonly preemptions: number;
}
export declare function statisticsOf({ guesses, ...counts }: RequestCounts): RequestStatistics;
/** The reason in words, with its figure. */
export declare function notSpeculatedText({ notSpeculated, bestGain, }: Pick<RequestRecord, 'notSpeculated' | 'bestGain'>): string | undefined;
/** The record of a request that ended in an error before anything was done for it. */
export declare function recordOfRefused(id: number, error: PlainError, label?: number, promptTokens?: number): RequestRecord;
