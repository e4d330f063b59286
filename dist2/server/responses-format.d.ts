/** Answers of OpenAI's Responses API: a response of items, whole or as its stream's numbered events. */
import type { ForetokenError } from '../base/errors.js';
import type { AnswerFormat, WholeChoice } from './answer-format.js';
import type { Piece, WireFinishReason } from './choice.js';
import type { TokenTable } from './codec.js';
import { type Item } from './responses-items.js';
import type { Additions, Usage, UsageSoFar } from './usage.js';
export interface ResponseHead {
    readonly id: string;
    /** Seconds since 1970. */
    readonly created: number;
    readonly model: string;
    readonly store: boolean;
    /** As in `ResponsesRequest`. */
    readonly echo: Readonly<Record<string, unknown>>;
}
export declare class ResponsesFormat implements AnswerFormat {
    #private;
    /** @param onComplete told of each answer that ended well */
    constructor(head: ResponseHead, table: TokenTable, onComplete: (body: Item, output: readonly Item[]) => void);
    whole([choice]: readonly WholeChoice[], usage: Usage, additions: Additions): unknown;
    open(): string;
    delta(_index: number, piece: Piece, usage?: UsageSoFar): string;
    finish(_index: number, reason: WireFinishReason, additions?: Additions): string;
    end(usage: Usage): string;
    /** The clients of OpenAI raise what has the field `error`. */
    failure(error: ForetokenError): string;
}
