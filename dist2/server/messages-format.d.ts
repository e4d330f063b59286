/** Answers in Anthropic's shape: a message of content blocks, whole or as its stream's named events. */
import type { ForetokenError } from '../base/errors.js';
import type { AnswerFormat, WholeChoice } from './answer-format.js';
import type { Piece, WireFinishReason } from './choice.js';
import type { Additions, Usage, UsageSoFar } from './usage.js';
export declare class MessagesFormat implements AnswerFormat {
    #private;
    /** @param stops the request's own stop sequences */
    constructor(head: {
        readonly id: string;
        readonly model: string;
    }, stops: readonly string[]);
    whole([choice]: readonly WholeChoice[], usage: Usage, additions: Additions): unknown;
    open(_index: number, _promptIndex: number, usage?: UsageSoFar): string;
    delta(_index: number, piece: Piece): string;
    finish(_index: number, reason: WireFinishReason, additions?: Additions, _usage?: UsageSoFar, stop?: string): string;
    end(usage: Usage): string;
    failure(error: ForetokenError): string;
}
