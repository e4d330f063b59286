/**
 * The text side of a server: small texts are read at once on the thread that serves everybody, chat templates and
 * larger texts on another, and long ones on a third, so that megabytes keep no ordinary request waiting.
 */
import type { CallSyntax } from '../grammar/answer.js';
import type { Awaitable, ChatEnding, ChatFallback, ChatMessage, TextCodec, TextFacts } from './codec.js';
import type { InfillTokens } from '../llama/vocabulary.js';
import { type TextSetup } from './text-lane.js';
export declare class ThreadedCodec implements TextCodec {
    #private;
    readonly vocabularySize: number;
    readonly beginning: number | undefined;
    readonly infill: InfillTokens | undefined;
    readonly chatFallback: ChatFallback | undefined;
    readonly facts: TextFacts;
    readonly thinks: boolean;
    /** @param own the same vocabulary on this thread; stays the caller's */
    constructor(own: TextCodec, setup: TextSetup);
    tokenBytes(token: number): Uint8Array;
    tokenize(text: string, addSpecial: boolean, parseSpecial: boolean, gone?: AbortSignal): Awaitable<Int32Array>;
    detokenize(tokens: readonly number[], gone?: AbortSignal): Awaitable<string>;
    encodeChat(messages: readonly ChatMessage[], extra: Readonly<Record<string, unknown>>, gone?: AbortSignal, ending?: ChatEnding): Awaitable<Int32Array>;
    encodePair(query: string, document: string, gone?: AbortSignal): Awaitable<Int32Array>;
    callSyntax(gone?: AbortSignal): Promise<CallSyntax>;
    /** Answers what waits. */
    close(): void;
}
