/**
 * Log-probabilities beside the text they belong to: kept until the text of their token is certain, then put
 * into the form of the API that asked.
 */
import type { TokenLogprob } from '../engine/types.js';
import { type TokenTable } from './codec.js';
/** A token's log-probabilities with the token's place in the text of its choice. */
export interface PlacedLogprob {
    readonly logprob: TokenLogprob;
    /** Bytes `[start, end)` of the text. */
    readonly start: number;
    readonly end: number;
    /** Characters (Unicode code points) in front of it. */
    readonly offset: number;
}
/** Holds entries back for as long as `TextAssembler` holds back their text. */
export declare class LogprobQueue {
    #private;
    constructor(table: TokenTable);
    push(logprobs: readonly TokenLogprob[]): void;
    /** The entries whose text has been emitted to its last byte. */
    release(emittedBytes: number): PlacedLogprob[];
    /** The rest at the end: entries of which any text has been emitted; a stop string's own are dropped. */
    finish(emittedBytes: number): PlacedLogprob[];
}
/** Characters (Unicode code points) that begin in these bytes of UTF-8. */
export declare function charactersBegun(bytes: Uint8Array): number;
/** A token by itself as text; part of a character as OpenAI writes it, `bytes:\xe2\x82`. */
export declare function tokenText(bytes: Uint8Array): string;
export interface ChatTokenLogprob {
    readonly token: string;
    readonly logprob: number;
    readonly bytes: readonly number[];
}
/** `logprobs.content` of a chat choice. */
export declare function chatLogprobs(entries: readonly PlacedLogprob[], table: TokenTable): (ChatTokenLogprob & {
    readonly top_logprobs: readonly ChatTokenLogprob[];
})[];
export interface CompletionLogprobs {
    readonly tokens: string[];
    readonly token_logprobs: (number | null)[];
    readonly top_logprobs: (Record<string, number> | null)[];
    readonly text_offset: number[];
}
/**
 * `logprobs` of a text completion.
 * @param before characters of the prompt in front of the text
 */
export declare function completionLogprobs(entries: readonly PlacedLogprob[], table: TokenTable, before?: number): CompletionLogprobs;
