import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { ForetokenError, type ErrorCode } from '../base/errors.js';
export interface ErrorBody {
    readonly error: {
        readonly message: string;
        readonly type: string;
        readonly param: string | null;
        readonly code: ErrorCode;
    };
}
export declare function errorBody(error: ForetokenError): ErrorBody;
/** The same as Anthropic's API says it; code and field are ours. */
export declare function anthropicErrorBody(error: ForetokenError): {
    readonly type: "error";
    readonly error: {
        readonly param?: never;
        readonly type: string;
        readonly message: string;
        readonly code: "invalid_request" | "invalid_json" | "invalid_schema" | "invalid_grammar" | "context_length_exceeded" | "invalid_api_key" | "origin_not_allowed" | "model_not_found" | "not_found" | "method_not_allowed" | "body_too_large" | "unsupported_media_type" | "host_not_allowed" | "not_supported" | "no_slot_free" | "queue_full" | "too_many_readers" | "reader_stalled" | "cancelled" | "internal_error" | "decode_failed" | "shutting_down" | "engine_stopped" | "engine_stalled" | "file_not_found" | "invalid_gguf" | "unsupported_architecture" | "vocabulary_mismatch" | "library_unavailable" | "gpu_unavailable" | "out_of_memory" | "invalid_option" | "address_in_use" | "disposed" | "hub_not_found" | "hub_denied" | "hub_unreachable" | "download_failed" | "invalid_dataset" | "server_unreachable";
    } | {
        readonly param: string;
        readonly type: string;
        readonly message: string;
        readonly code: "invalid_request" | "invalid_json" | "invalid_schema" | "invalid_grammar" | "context_length_exceeded" | "invalid_api_key" | "origin_not_allowed" | "model_not_found" | "not_found" | "method_not_allowed" | "body_too_large" | "unsupported_media_type" | "host_not_allowed" | "not_supported" | "no_slot_free" | "queue_full" | "too_many_readers" | "reader_stalled" | "cancelled" | "internal_error" | "decode_failed" | "shutting_down" | "engine_stopped" | "engine_stalled" | "file_not_found" | "invalid_gguf" | "unsupported_architecture" | "vocabulary_mismatch" | "library_unavailable" | "gpu_unavailable" | "out_of_memory" | "invalid_option" | "address_in_use" | "disposed" | "hub_not_found" | "hub_denied" | "hub_unreachable" | "download_failed" | "invalid_dataset" | "server_unreachable";
    };
};
export declare function sendError(reply: FastifyReply, error: ForetokenError): FastifyReply;
export declare function installErrorHandling(app: FastifyInstance, options: {
    readonly bodyLimitBytes: number;
    readonly onInternalError: (error: ForetokenError) => void;
}): void;
/** Answers what Node's HTTP parser refuses: there is only a socket yet. */
export declare function answerParserError(error: NodeJS.ErrnoException, socket: Socket): void;
