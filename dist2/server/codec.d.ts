/**
 * What the server needs of a model's text side: tokenising, token bytes, the chat template. Kept narrow so
 * that the HTTP layer is tested without a model; `llama/` supplies the real one.
 */
import type { InfillTokens } from '../llama/vocabulary.js';
import type { CallSyntax } from '../grammar/answer.js';
export interface ChatMessage {
    readonly role: string;
    readonly content: string;
    readonly name?: string;
    readonly tool_call_id?: string;
    readonly reasoning_content?: string;
    /** What an assistant called. */
    readonly tool_calls?: readonly ToolCall[];
}
/** A call as OpenAI's API has it. */
export interface ToolCall {
    readonly id?: string;
    readonly type: 'function';
    /** `arguments` is JSON in a text. */
    readonly function: {
        readonly name: string;
        readonly arguments: string;
    };
}
/** What is to be said and done where a model brings no chat template and ChatML takes its place. */
export interface ChatFallback {
    readonly warning: string;
    /** Ends of turns that are no tokens of the model, so that only their text can end an answer. */
    readonly stops: readonly string[];
}
/** What clients are told of a model's texts. */
export interface TextFacts {
    /** Jinja text. */
    readonly chatTemplate: string;
    /** Names of special tokens; empty where the model has none. */
    readonly bos: string;
    readonly eos: string;
}
/** How a conversation's text ends: as people expect, not at all where the template says nothing, or left open. */
export type ChatEnding = 'before an answer' | 'after the last message' | 'within the last message';
/** At once, or once another thread has worked it out. */
export type Awaitable<T> = T | Promise<T>;
/** The work on whole texts may take long, and may be done elsewhere; `gone` aborts when nobody wants it any more. */
export interface TextCodec {
    readonly vocabularySize: number;
    /** The token that begins every text; undefined where the model wants none. */
    readonly beginning: number | undefined;
    /** Undefined for models that were not trained to fill gaps. */
    readonly infill: InfillTokens | undefined;
    readonly chatFallback: ChatFallback | undefined;
    readonly facts: TextFacts;
    /** Whether the model may write down what it thinks before it answers. */
    readonly thinks: boolean;
    /**
     * A text that names the beginning-of-text token at its beginning has it already: it is not added again.
     * @param addSpecial put the tokens in front (or behind) that the model expects around every text
     * @param parseSpecial read names such as `<|im_end|>` in the text as the special tokens they name
     */
    tokenize(text: string, addSpecial: boolean, parseSpecial: boolean, gone?: AbortSignal): Awaitable<Int32Array>;
    /** UTF-8 bytes of a token as it appears in generated text; special tokens are empty. */
    tokenBytes(token: number): Uint8Array;
    /** Text of tokens with special tokens by name: the inverse of `tokenize` with `parseSpecial`. */
    detokenize(tokens: readonly number[], gone?: AbortSignal): Awaitable<string>;
    /**
     * Tokens of a conversation, in general up to the point where the assistant speaks next. Only what the template itself writes
     * becomes special tokens; messages and variables stay text.
     * @param extra more variables for the template (`enable_thinking`, `tools` …)
     * @throws ForetokenError `invalid_request` when the template refuses the messages (roles out of order …)
     */
    encodeChat(messages: readonly ChatMessage[], extra: Readonly<Record<string, unknown>>, gone?: AbortSignal, ending?: ChatEnding): Awaitable<Int32Array>;
    /** Tokens of a query and a document for a model that ranks; names of special tokens in them stay text. */
    encodePair(query: string, document: string, gone?: AbortSignal): Awaitable<Int32Array>;
    /** How the model writes calls of functions. */
    callSyntax(gone?: AbortSignal): Awaitable<CallSyntax>;
    /** Called when the server closes: answers what still waits. */
    close?(): void;
}
/**
 * The tokens of one vocabulary as text, read from the codec once and kept: the hot path of streaming looks a
 * token up instead of crossing into native code for each.
 */
export declare class TokenTable {
    #private;
    constructor(codec: TextCodec);
    bytes(token: number): Uint8Array;
    /** The token's text, or null when its bytes are not whole characters by themselves. */
    text(token: number): string | null;
    /**
     * Bytes of the longest token, at least 1: a text of n bytes has n / longest tokens or more, so that one far
     * too long is refused without being tokenised on the thread that serves everybody.
     */
    get longestBytes(): number;
}
/** The text of bytes that are whole UTF-8, else null. */
export declare function decodeStrictly(bytes: Uint8Array): string | null;
