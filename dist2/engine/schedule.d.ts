/**
 * What one step will compute: a pure function of the requests, the options and the room in batch and cache.
 *
 * Rule: a request has known tokens and computed tokens; every step computes some of what is known and
 * perhaps some guesses. Prefill, decode and verification are then one thing.
 */
import type { Decoder } from '../decoder/decoder.js';
import type { RequestState } from './request-state.js';
import type { EngineOptions } from './types.js';
/** A piece of a prompt (or of what a preemption took) to compute. */
export interface PrefillItem {
    readonly state: RequestState;
    /** Known tokens to compute, from `state.computed` on; never the last known one. */
    readonly count: number;
}
/** The next token of a request, and guesses beyond it. */
export interface DecodeItem {
    readonly state: RequestState;
    /** Most guesses in a row that its text, the batch and the cache have room for. */
    readonly room: number;
    /**
     * Most tokens to verify behind its last one, guessed or not: where equal lengths are computed together, a request
     * near its limit is filled up to what the others have, and what lies beyond the limit is never looked at.
     */
    readonly padRoom: number;
}
/** Both lists in the order of sequences. Identity: tokens of the step = prefillTokens + (1 + guesses) over the decode items. */
export interface Schedule {
    readonly prefill: readonly PrefillItem[];
    /** Includes requests whose last piece of prompt is in `prefill`. */
    readonly decode: readonly DecodeItem[];
    readonly prefillTokens: number;
    /** True when the KV cache had no room for a request's next token or next piece of prompt. */
    readonly starved: boolean;
}
/** Most guesses in a row. */
export declare const MAX_DRAFT_LENGTH = 64;
/**
 * @param running those that compute, in order of admission
 * @param reserve sets KV cells aside for a request; false when there are none to be had
 * @param turn counts the steps that computed prompts
 */
export declare function scheduleStep(running: readonly RequestState[], options: EngineOptions, decoder: Pick<Decoder, 'exactRows' | 'sequenceCapacity' | 'vocabularySize'> & {
    readonly batch: {
        readonly capacity: number;
    };
}, reserve: (state: RequestState, count: number) => boolean, turn?: number): Schedule;
