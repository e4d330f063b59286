import type { ChatEnding, ChatMessage } from './codec.js';
import { type GenerationOptions } from './generation-fields.js';
import { type ToolRequest } from './tool-fields.js';
import type { ModelLimits } from './model-limits.js';
export interface ChatRequest {
    readonly messages: readonly ChatMessage[];
    /** Variables for the chat template besides the messages. */
    readonly templateVariables: Readonly<Record<string, unknown>>;
    /** What can be called; undefined: nothing. */
    readonly tools: ToolRequest | undefined;
    /** How the text that the model continues ends. */
    readonly ending: ChatEnding;
    readonly generation: GenerationOptions;
    /** What of the body was left out of account, in words. */
    readonly warnings: readonly string[];
}
export declare const CHAT_FIELDS: readonly string[];
export declare const CHAT_UNSUPPORTED: {
    readonly functions: "this is the older form of OpenAI's API; send 'tools' instead.";
    readonly function_call: "this is the older form of OpenAI's API; send 'tools' instead.";
    readonly audio: "this server answers with text.";
    readonly web_search_options: "this server does not search the web.";
    readonly moderation: "this server does not moderate.";
};
export declare function readChatRequest(body: unknown, limits: ModelLimits): ChatRequest;
