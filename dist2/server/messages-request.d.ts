import type { ChatRequest } from './chat-request.js';
import type { ModelLimits } from './model-limits.js';
export declare const MESSAGES_FIELDS: readonly ["model", "messages", "system", "max_tokens", "stop_sequences", "stream", "temperature", "top_p", "top_k", "tools", "tool_choice", "thinking", "output_config", "output_format", "metadata", "service_tier", "cache_control", "context_management", "inference_geo", "speed", "min_p", "presence_penalty", "frequency_penalty", "repeat_penalty", "repetition_penalty", "repeat_last_n", "logit_bias", "seed", "stop_token_ids", "include_stop_str_in_output", "min_tokens", "skip_special_tokens", "ignore_eos", "grammar", "speculation", "chat_template_kwargs"];
export declare const MESSAGES_UNSUPPORTED: {
    readonly mcp_servers: "this server calls no other; call tools yourself and send their results.";
    readonly container: "this server runs no code.";
};
export declare function readMessagesRequest(body: unknown, limits: ModelLimits): ChatRequest;
