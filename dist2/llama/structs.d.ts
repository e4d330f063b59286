/** Address of native memory. */
export type Pointer = bigint;
/** The version whose layouts are declared here; `llama_version()` may add a suffix such as `-dev`. */
export declare const LLAMA_VERSION = "0.5.0";
/** Values of C enums, as far as they are used. */
export declare const LoadMode: {
    readonly auto: -1;
    readonly none: 0;
    readonly mmap: 1;
};
export declare const PoolingType: {
    readonly unspecified: -1;
    readonly none: 0;
    readonly mean: 1;
    readonly cls: 2;
    readonly last: 3;
    readonly rank: 4;
};
export declare const FlashAttention: {
    readonly auto: -1;
    readonly disabled: 0;
    readonly enabled: 1;
};
export declare const GgmlType: {
    readonly F32: 0;
    readonly F16: 1;
    readonly Q4_0: 2;
    readonly Q8_0: 8;
    readonly BF16: 30;
};
export declare const FileType: {
    readonly F32: 0;
    readonly F16: 1;
    readonly Q4_0: 2;
    readonly Q4_1: 3;
    readonly Q8_0: 7;
    readonly Q5_0: 8;
    readonly Q5_1: 9;
    readonly Q2_K: 10;
    readonly Q3_K_S: 11;
    readonly Q3_K_M: 12;
    readonly Q3_K_L: 13;
    readonly Q4_K_S: 14;
    readonly Q4_K_M: 15;
    readonly Q5_K_S: 16;
    readonly Q5_K_M: 17;
    readonly Q6_K: 18;
    readonly IQ4_NL: 25;
    readonly IQ3_S: 26;
    readonly IQ3_M: 27;
    readonly IQ4_XS: 30;
    readonly BF16: 32;
    readonly TQ1_0: 36;
    readonly TQ2_0: 37;
    readonly MXFP4_MOE: 38;
    readonly Q1_0: 40;
    readonly Q2_0: 41;
};
/** LLAMA_TOKEN_NULL */
export declare const NO_TOKEN = -1;
/** struct llama_model_params */
export interface ModelParams {
    devices: Pointer | null;
    tensor_buft_overrides: Pointer | null;
    n_gpu_layers: number;
    split_mode: number;
    load_mode: number;
    lazy_mode: number;
    main_gpu: number;
    tensor_split: Pointer | null;
    progress_callback: Pointer | null;
    progress_callback_user_data: Pointer | null;
    kv_overrides: Pointer | null;
    vocab_only: boolean;
    check_tensors: boolean;
    use_extra_bufts: boolean;
    no_host: boolean;
    no_alloc: boolean;
    load_mtp: boolean;
}
/** struct llama_context_params */
export interface ContextParams {
    n_ctx: number;
    n_batch: number;
    n_ubatch: number;
    n_seq_max: number;
    n_rs_seq: number;
    n_outputs_max: number;
    n_outputs_max_per_seq: number;
    n_threads: number;
    n_threads_batch: number;
    ctx_type: number;
    rope_scaling_type: number;
    pooling_type: number;
    attention_type: number;
    flash_attn_type: number;
    rope_freq_base: number;
    rope_freq_scale: number;
    yarn_ext_factor: number;
    yarn_attn_factor: number;
    yarn_beta_fast: number;
    yarn_beta_slow: number;
    yarn_orig_ctx: number;
    defrag_thold: number;
    cb_eval: Pointer | null;
    cb_eval_user_data: Pointer | null;
    type_k: number;
    type_v: number;
    abort_callback: Pointer | null;
    abort_callback_data: Pointer | null;
    embeddings: boolean;
    offload_kqv: boolean;
    no_perf: boolean;
    op_offload: boolean;
    swa_full: boolean;
    kv_unified: boolean;
    samplers: Pointer | null;
    n_samplers: number;
    ctx_other: Pointer | null;
}
/** struct llama_batch */
export interface Batch {
    n_tokens: number;
    token: Pointer | null;
    embd: Pointer | null;
    pos: Pointer | null;
    n_seq_id: Pointer | null;
    seq_id: Pointer | null;
    logits: Pointer | null;
}
/** struct llama_model_quantize_params */
export interface QuantizeParams {
    nthread: number;
    ftype: number;
    output_tensor_type: number;
    token_embedding_type: number;
    allow_requantize: boolean;
    quantize_output_tensor: boolean;
    only_copy: boolean;
    pure: boolean;
    keep_split: boolean;
    dry_run: boolean;
    imatrix: Pointer | null;
    kv_overrides: Pointer | null;
    tt_overrides: Pointer | null;
    prune_layers: Int32Array | null;
    max_buf_size: number;
}
/** struct llama_token_data: { int32 id; float logit; float p; }; laid over memory by hand. */
export declare const TOKEN_DATA_BYTES = 12;
/** struct llama_token_data_array */
export interface TokenDataArray {
    data: Pointer;
    size: number;
    selected: number;
    sorted: boolean;
}
export declare const llama_token_data_array: import("koffi").TypeObject;
/** bool (*llama_progress_callback)(float progress, void * user_data) */
export declare const llama_progress_callback: import("koffi").TypeObject;
