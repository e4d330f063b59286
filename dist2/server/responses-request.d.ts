import type { ChatRequest } from './chat-request.js';
import type { ResponseStore } from './response-store.js';
import { type Item } from './responses-items.js';
import type { ModelLimits } from './model-limits.js';
export declare const RESPONSES_FIELDS: readonly ["model", "input", "instructions", "max_output_tokens", "stream", "temperature", "top_p", "top_k", "top_logprobs", "stop", "text", "tools", "tool_choice", "parallel_tool_calls", "previous_response_id", "store", "include", "reasoning", "background", "metadata", "max_tool_calls", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "safety_identifier", "service_tier", "stream_options", "truncation", "user", "min_p", "presence_penalty", "frequency_penalty", "repeat_penalty", "repetition_penalty", "repeat_last_n", "logit_bias", "seed", "stop_token_ids", "include_stop_str_in_output", "min_tokens", "skip_special_tokens", "ignore_eos", "grammar", "speculation", "chat_template_kwargs"];
export declare const RESPONSES_UNSUPPORTED: {
    readonly conversation: "this server keeps answers only; send previous_response_id, or the whole conversation.";
    readonly prompt: "this server keeps no prompts; write it into instructions and input.";
    readonly context_management: "this server shortens no conversation; send what fits.";
};
export interface ResponsesRequest {
    readonly chat: ChatRequest;
    /** The conversation, without instructions. */
    readonly items: readonly Item[];
    /** Keep the answer for later requests. */
    readonly store: boolean;
    /** What the answer repeats of the request. */
    readonly echo: Readonly<Record<string, unknown>>;
}
/** @param owner whose answers may be referred to */
export declare function readResponsesRequest(body: unknown, limits: ModelLimits, store: ResponseStore, owner: string): ResponsesRequest;
