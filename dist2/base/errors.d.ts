/**
 * The one registry of errors that a user can meet: code, HTTP status, type in OpenAI's sense.
 * `docs/errors.md` lists the same codes (a test holds both together).
 */
export declare const ERRORS: {
    readonly invalid_request: {
        readonly status: 400;
        readonly type: "invalid_request_error";
    };
    readonly invalid_json: {
        readonly status: 400;
        readonly type: "invalid_request_error";
    };
    readonly invalid_schema: {
        readonly status: 400;
        readonly type: "invalid_request_error";
    };
    readonly invalid_grammar: {
        readonly status: 400;
        readonly type: "invalid_request_error";
    };
    readonly context_length_exceeded: {
        readonly status: 400;
        readonly type: "invalid_request_error";
    };
    readonly invalid_api_key: {
        readonly status: 401;
        readonly type: "authentication_error";
    };
    readonly origin_not_allowed: {
        readonly status: 403;
        readonly type: "permission_error";
    };
    readonly model_not_found: {
        readonly status: 404;
        readonly type: "invalid_request_error";
    };
    readonly not_found: {
        readonly status: 404;
        readonly type: "invalid_request_error";
    };
    readonly method_not_allowed: {
        readonly status: 405;
        readonly type: "invalid_request_error";
    };
    readonly body_too_large: {
        readonly status: 413;
        readonly type: "invalid_request_error";
    };
    readonly unsupported_media_type: {
        readonly status: 415;
        readonly type: "invalid_request_error";
    };
    readonly host_not_allowed: {
        readonly status: 421;
        readonly type: "invalid_request_error";
    };
    readonly not_supported: {
        readonly status: 501;
        readonly type: "not_supported_error";
    };
    readonly no_slot_free: {
        readonly status: 503;
        readonly type: "server_error";
    };
    readonly queue_full: {
        readonly status: 429;
        readonly type: "rate_limit_error";
    };
    readonly too_many_readers: {
        readonly status: 429;
        readonly type: "rate_limit_error";
    };
    readonly reader_stalled: {
        readonly status: 408;
        readonly type: "request_cancelled";
    };
    readonly cancelled: {
        readonly status: 499;
        readonly type: "request_cancelled";
    };
    readonly internal_error: {
        readonly status: 500;
        readonly type: "server_error";
    };
    readonly decode_failed: {
        readonly status: 500;
        readonly type: "server_error";
    };
    readonly shutting_down: {
        readonly status: 503;
        readonly type: "server_error";
    };
    readonly engine_stopped: {
        readonly status: 503;
        readonly type: "server_error";
    };
    readonly engine_stalled: {
        readonly status: 503;
        readonly type: "server_error";
    };
    readonly file_not_found: {
        readonly status: 500;
        readonly type: "server_error";
    };
    readonly invalid_gguf: {
        readonly status: 500;
        readonly type: "server_error";
    };
    readonly unsupported_architecture: {
        readonly status: 500;
        readonly type: "server_error";
    };
    readonly vocabulary_mismatch: {
        readonly status: 500;
        readonly type: "server_error";
    };
    readonly library_unavailable: {
        readonly status: 500;
        readonly type: "server_error";
    };
    readonly gpu_unavailable: {
        readonly status: 500;
        readonly type: "server_error";
    };
    readonly out_of_memory: {
        readonly status: 500;
        readonly type: "server_error";
    };
    readonly invalid_option: {
        readonly status: 500;
        readonly type: "server_error";
    };
    readonly address_in_use: {
        readonly status: 500;
        readonly type: "server_error";
    };
    readonly disposed: {
        readonly status: 500;
        readonly type: "server_error";
    };
    readonly hub_not_found: {
        readonly status: 500;
        readonly type: "server_error";
    };
    readonly hub_denied: {
        readonly status: 500;
        readonly type: "server_error";
    };
    readonly hub_unreachable: {
        readonly status: 500;
        readonly type: "server_error";
    };
    readonly download_failed: {
        readonly status: 500;
        readonly type: "server_error";
    };
    readonly invalid_dataset: {
        readonly status: 500;
        readonly type: "server_error";
    };
    readonly server_unreachable: {
        readonly status: 500;
        readonly type: "server_error";
    };
};
export type ErrorCode = keyof typeof ERRORS;
/** A form of `ForetokenError` that survives being sent between threads. */
export interface PlainError {
    readonly code: ErrorCode;
    readonly message: string;
    readonly param?: string | undefined;
}
/**
 * An error with a place in the registry. The message says what is wrong, where, and how to mend it.
 * `param` names the request field or option at fault.
 */
export declare class ForetokenError extends Error {
    readonly name = "ForetokenError";
    readonly code: ErrorCode;
    readonly param: string | undefined;
    constructor(code: ErrorCode, message: string, details?: {
        param?: string | undefined;
        cause?: unknown;
    });
    get status(): number;
    toPlain(): PlainError;
    static fromPlain(plain: PlainError): ForetokenError;
    /** Any thrown value as a `ForetokenError`; what is unknown becomes `internal_error` and keeps its cause. */
    static from(thrown: unknown): ForetokenError;
}
/** For identities that hold unless the code is wrong. */
export declare function assert(condition: boolean, message: string): asserts condition;
