/**
 * One streamed answer of OpenAI's API as its events come in, with the client's clock beside each. Checks every
 * event: a benchmark must not count what is no answer.
 */
export interface AnswerFigures {
    readonly ttftMs: number;
    readonly itlMs: readonly number[];
    readonly e2eMs: number;
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly text: string;
    readonly usage?: unknown;
    readonly draft?: {
        readonly draftTokens: number;
        readonly acceptedTokens: number;
    };
}
export declare class AnswerRecorder {
    #private;
    /**
     * Takes one event's data, which came `atMs` after the request was sent.
     * @throws Error where the event is no part of an answer, or tells of an error
     */
    event(data: string, atMs: number): void;
    /** An answer is whole when the server said why it ended, or that the stream is done. */
    get complete(): boolean;
    /** True once an event with text came. */
    get hasText(): boolean;
    figures(): AnswerFigures;
}
/** The message of an error body of OpenAI's API, or the whole of it. */
export declare function errorText(error: unknown): string;
export declare function shortened(text: string): string;
