/**
 * The words of an answer, for chat and for text completions. The constant part of a stream's chunks is
 * serialised once for the answer: per token, only its text is.
 */
import type { ForetokenError } from '../base/errors.js';
import type { TokenLogprob } from '../engine/types.js';
import type { Piece, WireFinishReason } from './choice.js';
import type { TokenTable } from './codec.js';
import { type Echo } from './echo.js';
import { type PlacedLogprob } from './logprobs.js';
import type { Additions, Usage, UsageSoFar, UsageTold } from './usage.js';
export interface AnswerHead {
    readonly id: string;
    /** Seconds since 1970. */
    readonly created: number;
    readonly model: string;
    readonly system_fingerprint: string;
}
/** A choice with all its text. */
export interface WholeChoice {
    readonly index: number;
    readonly promptIndex: number;
    readonly text: string;
    readonly reasoning: string;
    /** Tokens up to the end of the reasoning; 0 where there is none. */
    readonly reasoningTokens: number;
    /** Functions that it calls; `arguments` is JSON. */
    readonly calls: readonly {
        readonly id: string;
        readonly name: string;
        readonly arguments: string;
    }[];
    readonly logprobs: readonly PlacedLogprob[] | undefined;
    /** Of the prompt's tokens from the second one on; empty where they are not asked for. */
    readonly promptLogprobs: readonly TokenLogprob[] | undefined;
    readonly reason: WireFinishReason;
    /** The stop text that ended it; undefined where none did. */
    readonly stop: string | undefined;
}
export interface AnswerFormat {
    /** The body of a whole answer. */
    whole(choices: readonly WholeChoice[], usage: Usage, additions: Additions): unknown;
    /**
     * Events that open the stream of a choice; like `delta` with what has been used so far, if it is given.
     * @param promptLogprobs as in `WholeChoice`
     */
    open(index: number, promptIndex: number, usage?: UsageSoFar, promptLogprobs?: readonly TokenLogprob[]): string;
    delta(index: number, piece: Piece, usage?: UsageSoFar): string;
    /**
     * @param additions with the last choice that ends
     * @param stop as in `WholeChoice`
     */
    finish(index: number, reason: WireFinishReason, additions?: Additions, usage?: UsageSoFar, stop?: string): string;
    /** What closes a stream that went well. */
    end(usage: Usage): string;
    /** What closes one that did not. */
    failure(error: ForetokenError): string;
}
export declare class ChatFormat implements AnswerFormat {
    #private;
    /** @param warnings what the reader of the answer should know */
    constructor(head: AnswerHead, table: TokenTable, usageTold: UsageTold, warnings?: readonly string[]);
    whole(choices: readonly WholeChoice[], usage: Usage, additions: Additions): unknown;
    open(index: number, _promptIndex: number, usage?: UsageSoFar): string;
    delta(index: number, piece: Piece, usage?: UsageSoFar): string;
    finish(index: number, reason: WireFinishReason, additions?: Additions, usage?: UsageSoFar): string;
    end(usage: Usage): string;
    failure(error: ForetokenError): string;
}
export declare class CompletionFormat implements AnswerFormat {
    #private;
    /** @param echoes the prompts, where they are to stand in front of what continues them */
    constructor(head: AnswerHead, table: TokenTable, usageTold: UsageTold, echoes: readonly Echo[] | undefined);
    whole(choices: readonly WholeChoice[], usage: Usage, additions: Additions): unknown;
    open(index: number, promptIndex: number, usage?: UsageSoFar, promptLogprobs?: readonly TokenLogprob[]): string;
    delta(index: number, piece: Piece, usage?: UsageSoFar): string;
    finish(index: number, reason: WireFinishReason, additions?: Additions, usage?: UsageSoFar): string;
    end(usage: Usage): string;
    failure(error: ForetokenError): string;
}
