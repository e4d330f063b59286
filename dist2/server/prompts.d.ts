import type { ChatRequest } from './chat-request.js';
import type { Prompt } from './completion-request.js';
import type { ServerContext } from './context.js';
/** @param parseSpecial read names of special tokens in a text as these tokens */
export declare function encodePrompt(context: ServerContext, prompt: Prompt, param: string, gone: AbortSignal, parseSpecial?: boolean): Promise<Int32Array>;
/** A query and a document, for a model that ranks. */
export declare function encodePair(context: ServerContext, query: string, document: string, param: string, gone: AbortSignal): Promise<Int32Array>;
/** @param param the field that holds the conversation */
export declare function encodeConversation(context: ServerContext, request: ChatRequest, gone: AbortSignal, param?: string): Promise<Int32Array>;
/** Tokens of a conversation, also of one that does not fit. */
export declare function countConversation(context: ServerContext, { messages, templateVariables, ending }: ChatRequest, gone: AbortSignal): Promise<number>;
/**
 * A text with a gap behind it, as models know it that were trained to fill gaps: what stands before, what stands behind,
 * and then what fills it.
 */
export declare function encodeInfill(context: ServerContext, prompt: Prompt, suffix: string, gone: AbortSignal, parseSpecial: boolean): Promise<Int32Array>;
