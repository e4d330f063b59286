import { type CallSyntax, type Thinking } from '../grammar/answer.js';
/** What became known of a call: its beginning once, then more of its arguments. */
export interface CallDelta {
    readonly index: number;
    readonly start?: {
        readonly id: string;
        readonly name: string;
    };
    readonly arguments: string;
}
export interface AnswerParts {
    readonly text: string;
    readonly reasoning: string;
    readonly calls: readonly CallDelta[];
}
export interface Reading {
    readonly thinking: Thinking;
    /** Undefined where nothing can be called. */
    readonly syntax: CallSyntax | undefined;
}
export declare class AnswerReader {
    #private;
    constructor({ thinking, syntax }: Reading);
    /** Calls whose arguments are complete. */
    get completeCalls(): number;
    /** Takes more text. @returns what is certain now */
    push(text: string): AnswerParts;
    /** The text has ended. @returns the rest */
    finish(): AnswerParts;
}
