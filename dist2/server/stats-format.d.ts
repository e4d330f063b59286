import type { EngineHandle } from '../engine/types.js';
import type { ListedModel } from './further-models.js';
import { type EndedRequest, type EngineStatistics, type Sums } from './statistics.js';
/** What steps came to. */
export declare function stepsField(sums: Sums): {
    steps: number;
    step_ms: number;
    target_ms: number;
    draft_ms: number;
    outside_ms: number;
    planning_ms: number;
    target_decodes: number;
    draft_decodes: number;
    decoding_requests: number;
    steps_without_guesses: number;
    batch_tokens: number;
    prefill_tokens: number;
    committed_tokens: number;
    token_goodput: number | null;
    drafts: number;
    draft_tokens: number;
    accepted_tokens: number;
    acceptance_rate: number | null;
    acceptance_length: number | null;
    proposers: {
        [k: string]: {
            drafted: number[];
            accepted: number[];
            acceptance_rate: number | null;
        };
    };
    preemptions: number;
    proposer_errors: number;
    kv_conservation_errors: number;
};
/** @param text of prompt and output, where the operator lets them be told */
export declare function requestField({ endedAt, record }: EndedRequest, text?: unknown): {
    text?: {} | null;
    prompt_tokens: number;
    cached_prompt_tokens: number;
    output_tokens: number;
    queue_ms: number;
    prefill_ms: number;
    decode_ms: number;
    ttft_ms: number | null;
    tpot_ms: number | null;
    decode_steps: number;
    preemptions: number;
    speculation: Pick<import("../engine/speculation-mode.js").AllowedSpeculation, "mode" | "proposers">;
    not_speculated: string | null;
    drafts: number;
    draft_tokens: number;
    accepted_tokens: number;
    acceptance_rate: number | null;
    acceptance_length: number | null;
    proposers: {
        [k: string]: {
            drafted: number[];
            accepted: number[];
            acceptance_rate: number | null;
        };
    };
    error?: {
        code: "invalid_request" | "invalid_json" | "invalid_schema" | "invalid_grammar" | "context_length_exceeded" | "invalid_api_key" | "origin_not_allowed" | "model_not_found" | "not_found" | "method_not_allowed" | "body_too_large" | "unsupported_media_type" | "host_not_allowed" | "not_supported" | "no_slot_free" | "queue_full" | "too_many_readers" | "reader_stalled" | "cancelled" | "internal_error" | "decode_failed" | "shutting_down" | "engine_stopped" | "engine_stalled" | "file_not_found" | "invalid_gguf" | "unsupported_architecture" | "vocabulary_mismatch" | "library_unavailable" | "gpu_unavailable" | "out_of_memory" | "invalid_option" | "address_in_use" | "disposed" | "hub_not_found" | "hub_denied" | "hub_unreachable" | "download_failed" | "invalid_dataset" | "server_unreachable";
        message: string;
    };
    id: number;
    label: number;
    ended_at: number;
    finish_reason: import("../engine/request-record.js").FinishReason;
};
export interface NowField {
    readonly requests_in_flight: number;
    readonly requests_running: number;
    readonly requests_waiting: number;
    readonly kv_cells: {
        readonly in_use: number;
        readonly cached: number;
        readonly free: number;
    };
}
/** What holds at the moment; zeros of a model that is not loaded. */
export declare function nowField(engine: EngineHandle | undefined, { latestStep }: EngineStatistics): NowField;
export declare function modelField({ id, state, engine }: ListedModel, statistics: EngineStatistics): {
    costs: {
        one_token_ms: number;
        eight_tokens_ms: number;
        draft_token_ms: number | null;
    } | null;
    step_time_error: {
        steps: number;
        p50: number;
        p90: number;
    } | null;
    total: {
        ttft_ms: {
            p50: number;
            p90: number;
            p99: number;
        } | null;
        tpot_ms: {
            p50: number;
            p90: number;
            p99: number;
        } | null;
        e2el_ms: {
            p50: number;
            p90: number;
            p99: number;
        } | null;
        steps: number;
        step_ms: number;
        target_ms: number;
        draft_ms: number;
        outside_ms: number;
        planning_ms: number;
        target_decodes: number;
        draft_decodes: number;
        decoding_requests: number;
        steps_without_guesses: number;
        batch_tokens: number;
        prefill_tokens: number;
        committed_tokens: number;
        token_goodput: number | null;
        drafts: number;
        draft_tokens: number;
        accepted_tokens: number;
        acceptance_rate: number | null;
        acceptance_length: number | null;
        proposers: {
            [k: string]: {
                drafted: number[];
                accepted: number[];
                acceptance_rate: number | null;
            };
        };
        preemptions: number;
        proposer_errors: number;
        kv_conservation_errors: number;
        requests: Partial<Record<import("../engine/request-record.js").FinishReason, number>>;
        not_speculated: Partial<Record<import("../engine/request-record.js").NotSpeculated, number>>;
        prompt_tokens: number;
        cached_prompt_tokens: number;
        output_tokens: number;
    };
    last_minute: {
        ttft_ms: {
            p50: number;
            p90: number;
            p99: number;
        } | null;
        tpot_ms: {
            p50: number;
            p90: number;
            p99: number;
        } | null;
        e2el_ms: {
            p50: number;
            p90: number;
            p99: number;
        } | null;
        steps: number;
        step_ms: number;
        target_ms: number;
        draft_ms: number;
        outside_ms: number;
        planning_ms: number;
        target_decodes: number;
        draft_decodes: number;
        decoding_requests: number;
        steps_without_guesses: number;
        batch_tokens: number;
        prefill_tokens: number;
        committed_tokens: number;
        token_goodput: number | null;
        drafts: number;
        draft_tokens: number;
        accepted_tokens: number;
        acceptance_rate: number | null;
        acceptance_length: number | null;
        proposers: {
            [k: string]: {
                drafted: number[];
                accepted: number[];
                acceptance_rate: number | null;
            };
        };
        preemptions: number;
        proposer_errors: number;
        kv_conservation_errors: number;
        requests: Partial<Record<import("../engine/request-record.js").FinishReason, number>>;
        not_speculated: Partial<Record<import("../engine/request-record.js").NotSpeculated, number>>;
        prompt_tokens: number;
        cached_prompt_tokens: number;
        output_tokens: number;
    };
    latest_requests: {
        text?: {} | null;
        prompt_tokens: number;
        cached_prompt_tokens: number;
        output_tokens: number;
        queue_ms: number;
        prefill_ms: number;
        decode_ms: number;
        ttft_ms: number | null;
        tpot_ms: number | null;
        decode_steps: number;
        preemptions: number;
        speculation: Pick<import("../engine/speculation-mode.js").AllowedSpeculation, "mode" | "proposers">;
        not_speculated: string | null;
        drafts: number;
        draft_tokens: number;
        accepted_tokens: number;
        acceptance_rate: number | null;
        acceptance_length: number | null;
        proposers: {
            [k: string]: {
                drafted: number[];
                accepted: number[];
                acceptance_rate: number | null;
            };
        };
        error?: {
            code: "invalid_request" | "invalid_json" | "invalid_schema" | "invalid_grammar" | "context_length_exceeded" | "invalid_api_key" | "origin_not_allowed" | "model_not_found" | "not_found" | "method_not_allowed" | "body_too_large" | "unsupported_media_type" | "host_not_allowed" | "not_supported" | "no_slot_free" | "queue_full" | "too_many_readers" | "reader_stalled" | "cancelled" | "internal_error" | "decode_failed" | "shutting_down" | "engine_stopped" | "engine_stalled" | "file_not_found" | "invalid_gguf" | "unsupported_architecture" | "vocabulary_mismatch" | "library_unavailable" | "gpu_unavailable" | "out_of_memory" | "invalid_option" | "address_in_use" | "disposed" | "hub_not_found" | "hub_denied" | "hub_unreachable" | "download_failed" | "invalid_dataset" | "server_unreachable";
            message: string;
        };
        id: number;
        label: number;
        ended_at: number;
        finish_reason: import("../engine/request-record.js").FinishReason;
    }[];
    requests_in_flight: number;
    requests_running: number;
    requests_waiting: number;
    kv_cells: {
        readonly in_use: number;
        readonly cached: number;
        readonly free: number;
    };
    model: string;
    status: import("./model-pool.js").ModelState;
    slots: number | null;
    proposers: readonly ("grammar" | "lookup" | "suffix" | "draft" | "tree")[] | null;
};
