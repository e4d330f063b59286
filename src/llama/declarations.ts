/**
 * Raw declarations of llama.cpp 0.5.0 (`include/llama.h`, `ggml/include/ggml-backend.h`): structs in C order
 * and C prototypes. Each prototype is the declaration itself; koffi parses it.
 *
 * A wrong layout is a crash, not an error, so `library.ts` checks the version and the default values of the
 * structs in a child process before anything else is called. Pointers are `bigint`, `null` where C has NULL;
 * enums are `int`.
 */
import koffi, { type LibraryHandle } from 'koffi';

/** Address of native memory. */
export type Pointer = bigint;

/** The version whose layouts are declared here; `llama_version()` may add a suffix such as `-dev`. */
export const LLAMA_VERSION = '0.5.0';

/** Values of C enums, as far as they are used. */
export const LoadMode = { auto: -1, none: 0, mmap: 1 } as const;
export const PoolingType = { unspecified: -1, none: 0, mean: 1, cls: 2, last: 3, rank: 4 } as const;
export const FlashAttention = { auto: -1, disabled: 0, enabled: 1 } as const;
export const GgmlType = { F32: 0, F16: 1, Q4_0: 2, Q8_0: 8, BF16: 30 } as const;
export const FileType = {
  F32: 0,
  F16: 1,
  Q4_0: 2,
  Q8_0: 7,
  Q4_K_S: 14,
  Q4_K_M: 15,
  Q5_K_S: 16,
  Q5_K_M: 17,
  Q6_K: 18,
  BF16: 32,
} as const;

/** LLAMA_TOKEN_NULL */
export const NO_TOKEN = -1;

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
koffi.struct('llama_model_params', {
  devices: 'void *',
  tensor_buft_overrides: 'void *',
  n_gpu_layers: 'int32_t',
  split_mode: 'int',
  load_mode: 'int',
  lazy_mode: 'int',
  main_gpu: 'int32_t',
  tensor_split: 'void *',
  progress_callback: 'void *',
  progress_callback_user_data: 'void *',
  kv_overrides: 'void *',
  vocab_only: 'bool',
  check_tensors: 'bool',
  use_extra_bufts: 'bool',
  no_host: 'bool',
  no_alloc: 'bool',
  load_mtp: 'bool',
});

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
koffi.struct('llama_context_params', {
  n_ctx: 'uint32_t',
  n_batch: 'uint32_t',
  n_ubatch: 'uint32_t',
  n_seq_max: 'uint32_t',
  n_rs_seq: 'uint32_t',
  n_outputs_max: 'uint32_t',
  n_outputs_max_per_seq: 'uint32_t',
  n_threads: 'int32_t',
  n_threads_batch: 'int32_t',
  ctx_type: 'int',
  rope_scaling_type: 'int',
  pooling_type: 'int',
  attention_type: 'int',
  flash_attn_type: 'int',
  rope_freq_base: 'float',
  rope_freq_scale: 'float',
  yarn_ext_factor: 'float',
  yarn_attn_factor: 'float',
  yarn_beta_fast: 'float',
  yarn_beta_slow: 'float',
  yarn_orig_ctx: 'uint32_t',
  defrag_thold: 'float',
  cb_eval: 'void *',
  cb_eval_user_data: 'void *',
  type_k: 'int',
  type_v: 'int',
  abort_callback: 'void *',
  abort_callback_data: 'void *',
  embeddings: 'bool',
  offload_kqv: 'bool',
  no_perf: 'bool',
  op_offload: 'bool',
  swa_full: 'bool',
  kv_unified: 'bool',
  samplers: 'void *',
  n_samplers: 'size_t',
  ctx_other: 'void *',
});

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
koffi.struct('llama_batch', {
  n_tokens: 'int32_t',
  token: 'void *',
  embd: 'void *',
  pos: 'void *',
  n_seq_id: 'void *',
  seq_id: 'void *',
  logits: 'void *',
});

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
  prune_layers: Pointer | null;
  max_buf_size: number;
}
koffi.struct('llama_model_quantize_params', {
  nthread: 'int32_t',
  ftype: 'int',
  output_tensor_type: 'int',
  token_embedding_type: 'int',
  allow_requantize: 'bool',
  quantize_output_tensor: 'bool',
  only_copy: 'bool',
  pure: 'bool',
  keep_split: 'bool',
  dry_run: 'bool',
  imatrix: 'void *',
  kv_overrides: 'void *',
  tt_overrides: 'void *',
  prune_layers: 'void *',
  max_buf_size: 'size_t',
});

/** struct llama_token_data: { int32 id; float logit; float p; }; laid over memory by hand. */
export const TOKEN_DATA_BYTES = 12;
/** struct llama_token_data_array */
export interface TokenDataArray {
  data: Pointer;
  size: number;
  selected: number;
  sorted: boolean;
}
export const llama_token_data_array = koffi.struct('llama_token_data_array', {
  data: 'void *',
  size: 'size_t',
  selected: 'int64_t',
  sorted: 'bool',
});

/** struct llama_sampler_chain_params */
koffi.struct('llama_sampler_chain_params', { no_perf: 'bool' });

for (const name of [
  'llama_model',
  'llama_vocab',
  'llama_context',
  'llama_memory_i',
  'llama_sampler',
  'llama_adapter_lora',
])
  koffi.opaque(name);
koffi.alias('llama_token', 'int32_t');
koffi.alias('llama_pos', 'int32_t');
koffi.alias('llama_seq_id', 'int32_t');
koffi.alias('llama_memory_t', koffi.pointer('llama_memory_i'));

/** bool (*llama_progress_callback)(float progress, void * user_data) */
export const llama_progress_callback = koffi.proto(
  'bool llama_progress_callback(float progress, void * user_data)',
);

/** A typed function of a library, from its C prototype. */
// The type is the caller's word for what the prototype says in C.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
export function declare<F extends (...args: never[]) => unknown>(
  library: LibraryHandle,
  prototype: string,
): F {
  return library.func(prototype) as unknown as F;
}

export type Llama = ReturnType<typeof declareLlama>;

/** The functions of libllama and ggml that Foretoken calls. */
export function declareLlama(llama: LibraryHandle, ggml: LibraryHandle, ggmlBase: LibraryHandle) {
  type P = Pointer;
  return {
    // Library.
    version: declare<() => string>(llama, 'const char * llama_version(void)'),
    backendInit: declare<() => void>(llama, 'void llama_backend_init(void)'),
    loadBackends: declare<(dir: string) => void>(
      ggml,
      'void ggml_backend_load_all_from_path(const char * dir_path)',
    ),
    loadBackend: declare<(file: string) => P | null>(ggml, 'void * ggml_backend_load(const char * path)'),
    backendCount: declare<() => number>(ggml, 'size_t ggml_backend_reg_count(void)'),
    deviceCount: declare<() => number>(ggml, 'size_t ggml_backend_dev_count(void)'),
    deviceAt: declare<(index: number) => P>(ggml, 'void * ggml_backend_dev_get(size_t index)'),
    deviceName: declare<(device: P) => string>(ggmlBase, 'const char * ggml_backend_dev_name(void * device)'),
    deviceDescription: declare<(device: P) => string>(
      ggmlBase,
      'const char * ggml_backend_dev_description(void * device)',
    ),
    logSet: declare<(callback: P | null, userData: P | null) => void>(
      llama,
      'void llama_log_set(void * log_callback, void * user_data)',
    ),
    systemInfo: declare<() => string>(llama, 'const char * llama_print_system_info(void)'),

    // Model.
    modelDefaults: declare<() => ModelParams>(llama, 'llama_model_params llama_model_default_params(void)'),
    modelLoad: declare<(path: string, params: ModelParams) => P | null>(
      llama,
      'llama_model * llama_model_load_from_file(const char * path_model, llama_model_params params)',
    ),
    modelFree: declare<(model: P) => void>(llama, 'void llama_model_free(llama_model * model)'),
    modelVocab: declare<(model: P) => P>(
      llama,
      'const llama_vocab * llama_model_get_vocab(const llama_model * model)',
    ),
    modelContextTrain: declare<(model: P) => number>(
      llama,
      'int32_t llama_model_n_ctx_train(const llama_model * model)',
    ),
    modelWidth: declare<(model: P) => number>(llama, 'int32_t llama_model_n_embd(const llama_model * model)'),
    modelWidthOut: declare<(model: P) => number>(
      llama,
      'int32_t llama_model_n_embd_out(const llama_model * model)',
    ),
    modelLayers: declare<(model: P) => number>(
      llama,
      'int32_t llama_model_n_layer(const llama_model * model)',
    ),
    modelHeads: declare<(model: P) => number>(llama, 'int32_t llama_model_n_head(const llama_model * model)'),
    modelHeadsKv: declare<(model: P) => number>(
      llama,
      'int32_t llama_model_n_head_kv(const llama_model * model)',
    ),
    modelBytes: declare<(model: P) => number | bigint>(
      llama,
      'uint64_t llama_model_size(const llama_model * model)',
    ),
    modelParameters: declare<(model: P) => number | bigint>(
      llama,
      'uint64_t llama_model_n_params(const llama_model * model)',
    ),
    modelDescription: declare<(model: P, out: Uint8Array, size: number) => number>(
      llama,
      'int32_t llama_model_desc(const llama_model * model, uint8_t * buf, size_t buf_size)',
    ),
    modelIsRecurrent: declare<(model: P) => boolean>(
      llama,
      'bool llama_model_is_recurrent(const llama_model * model)',
    ),
    modelIsHybrid: declare<(model: P) => boolean>(
      llama,
      'bool llama_model_is_hybrid(const llama_model * model)',
    ),
    modelHasEncoder: declare<(model: P) => boolean>(
      llama,
      'bool llama_model_has_encoder(const llama_model * model)',
    ),
    modelHasDecoder: declare<(model: P) => boolean>(
      llama,
      'bool llama_model_has_decoder(const llama_model * model)',
    ),
    modelMetadata: declare<(model: P, key: string, out: Uint8Array | null, size: number) => number>(
      llama,
      'int32_t llama_model_meta_val_str(const llama_model * model, const char * key, uint8_t * buf, size_t buf_size)',
    ),
    modelChatTemplate: declare<(model: P, name: string | null) => string | null>(
      llama,
      'const char * llama_model_chat_template(const llama_model * model, const char * name)',
    ),
    quantizeDefaults: declare<() => QuantizeParams>(
      llama,
      'llama_model_quantize_params llama_model_quantize_default_params(void)',
    ),
    quantize: declare<(source: string, destination: string, params: QuantizeParams) => number>(
      llama,
      'uint32_t llama_model_quantize(const char * fname_inp, const char * fname_out, const llama_model_quantize_params * params)',
    ),

    // LoRA adapters.
    adapterLoad: declare<(model: P, path: string) => P | null>(
      llama,
      'llama_adapter_lora * llama_adapter_lora_init(llama_model * model, const char * path_lora)',
    ),
    adapterFree: declare<(adapter: P) => void>(
      llama,
      'void llama_adapter_lora_free(llama_adapter_lora * adapter)',
    ),
    setAdapters: declare<
      (context: P, adapters: BigUint64Array, count: number, scales: Float32Array) => number
    >(
      llama,
      'int32_t llama_set_adapters_lora(llama_context * ctx, uint64_t * adapters, size_t n_adapters, float * scales)',
    ),

    // Context.
    contextDefaults: declare<() => ContextParams>(
      llama,
      'llama_context_params llama_context_default_params(void)',
    ),
    contextInit: declare<(model: P, params: ContextParams) => P | null>(
      llama,
      'llama_context * llama_init_from_model(llama_model * model, llama_context_params params)',
    ),
    contextFree: declare<(context: P) => void>(llama, 'void llama_free(llama_context * ctx)'),
    contextCells: declare<(context: P) => number>(llama, 'uint32_t llama_n_ctx(const llama_context * ctx)'),
    contextSequenceCells: declare<(context: P) => number>(
      llama,
      'uint32_t llama_n_ctx_seq(const llama_context * ctx)',
    ),
    contextBatch: declare<(context: P) => number>(llama, 'uint32_t llama_n_batch(const llama_context * ctx)'),
    contextMicroBatch: declare<(context: P) => number>(
      llama,
      'uint32_t llama_n_ubatch(const llama_context * ctx)',
    ),
    contextSequences: declare<(context: P) => number>(
      llama,
      'uint32_t llama_n_seq_max(const llama_context * ctx)',
    ),
    contextPooling: declare<(context: P) => number>(
      llama,
      'int llama_pooling_type(const llama_context * ctx)',
    ),
    contextMemory: declare<(context: P) => P | null>(
      llama,
      'llama_memory_t llama_get_memory(const llama_context * ctx)',
    ),
    setThreads: declare<(context: P, single: number, batch: number) => void>(
      llama,
      'void llama_set_n_threads(llama_context * ctx, int32_t n_threads, int32_t n_threads_batch)',
    ),
    decode: declare<(context: P, batch: Batch) => number>(
      llama,
      'int32_t llama_decode(llama_context * ctx, llama_batch batch)',
    ),
    logits: declare<(context: P) => P | null>(llama, 'float * llama_get_logits(llama_context * ctx)'),
    embeddings: declare<(context: P) => P | null>(llama, 'float * llama_get_embeddings(llama_context * ctx)'),
    sequenceEmbedding: declare<(context: P, sequence: number) => P | null>(
      llama,
      'float * llama_get_embeddings_seq(llama_context * ctx, llama_seq_id seq_id)',
    ),

    // Memory: the KV cache.
    memoryClear: declare<(memory: P, data: boolean) => void>(
      llama,
      'void llama_memory_clear(llama_memory_t mem, bool data)',
    ),
    memoryRemove: declare<(memory: P, sequence: number, from: number, to: number) => boolean>(
      llama,
      'bool llama_memory_seq_rm(llama_memory_t mem, llama_seq_id seq_id, llama_pos p0, llama_pos p1)',
    ),
    memoryCopy: declare<(memory: P, source: number, destination: number, from: number, to: number) => void>(
      llama,
      'void llama_memory_seq_cp(llama_memory_t mem, llama_seq_id seq_id_src, llama_seq_id seq_id_dst, llama_pos p0, llama_pos p1)',
    ),
    memoryLast: declare<(memory: P, sequence: number) => number>(
      llama,
      'llama_pos llama_memory_seq_pos_max(llama_memory_t mem, llama_seq_id seq_id)',
    ),

    // State of one sequence.
    stateSize: declare<(context: P, sequence: number) => number>(
      llama,
      'size_t llama_state_seq_get_size(llama_context * ctx, llama_seq_id seq_id)',
    ),
    stateGet: declare<(context: P, out: Uint8Array, size: number, sequence: number) => number>(
      llama,
      'size_t llama_state_seq_get_data(llama_context * ctx, uint8_t * dst, size_t size, llama_seq_id seq_id)',
    ),
    stateSet: declare<(context: P, data: Uint8Array, size: number, sequence: number) => number>(
      llama,
      'size_t llama_state_seq_set_data(llama_context * ctx, const uint8_t * src, size_t size, llama_seq_id dest_seq_id)',
    ),

    // Vocabulary.
    vocabType: declare<(vocab: P) => number>(llama, 'int llama_vocab_type(const llama_vocab * vocab)'),
    vocabSize: declare<(vocab: P) => number>(
      llama,
      'int32_t llama_vocab_n_tokens(const llama_vocab * vocab)',
    ),
    vocabText: declare<(vocab: P, token: number) => string>(
      llama,
      'const char * llama_vocab_get_text(const llama_vocab * vocab, llama_token token)',
    ),
    vocabAttributes: declare<(vocab: P, token: number) => number>(
      llama,
      'int llama_vocab_get_attr(const llama_vocab * vocab, llama_token token)',
    ),
    vocabIsEog: declare<(vocab: P, token: number) => boolean>(
      llama,
      'bool llama_vocab_is_eog(const llama_vocab * vocab, llama_token token)',
    ),
    vocabBos: declare<(vocab: P) => number>(llama, 'llama_token llama_vocab_bos(const llama_vocab * vocab)'),
    vocabEos: declare<(vocab: P) => number>(llama, 'llama_token llama_vocab_eos(const llama_vocab * vocab)'),
    vocabEot: declare<(vocab: P) => number>(llama, 'llama_token llama_vocab_eot(const llama_vocab * vocab)'),
    vocabAddBos: declare<(vocab: P) => boolean>(
      llama,
      'bool llama_vocab_get_add_bos(const llama_vocab * vocab)',
    ),
    tokenize: declare<
      (
        vocab: P,
        text: Uint8Array,
        length: number,
        out: Int32Array | null,
        capacity: number,
        addSpecial: boolean,
        parseSpecial: boolean,
      ) => number
    >(
      llama,
      'int32_t llama_tokenize(const llama_vocab * vocab, const uint8_t * text, int32_t text_len, llama_token * tokens, int32_t n_tokens_max, bool add_special, bool parse_special)',
    ),
    tokenToPiece: declare<
      (vocab: P, token: number, out: Uint8Array, length: number, strip: number, special: boolean) => number
    >(
      llama,
      'int32_t llama_token_to_piece(const llama_vocab * vocab, llama_token token, uint8_t * buf, int32_t length, int32_t lstrip, bool special)',
    ),

    // Samplers.
    samplerChain: declare<(params: { no_perf: boolean }) => P>(
      llama,
      'llama_sampler * llama_sampler_chain_init(llama_sampler_chain_params params)',
    ),
    samplerAdd: declare<(chain: P, sampler: P) => void>(
      llama,
      'void llama_sampler_chain_add(llama_sampler * chain, llama_sampler * smpl)',
    ),
    samplerGrammar: declare<(vocab: P, text: string, root: string) => P | null>(
      llama,
      'llama_sampler * llama_sampler_init_grammar(const llama_vocab * vocab, const char * grammar_str, const char * grammar_root)',
    ),
    samplerGreedy: declare<() => P>(llama, 'llama_sampler * llama_sampler_init_greedy(void)'),
    samplerDist: declare<(seed: number) => P>(
      llama,
      'llama_sampler * llama_sampler_init_dist(uint32_t seed)',
    ),
    samplerTopK: declare<(k: number) => P>(llama, 'llama_sampler * llama_sampler_init_top_k(int32_t k)'),
    samplerTopP: declare<(p: number, minKeep: number) => P>(
      llama,
      'llama_sampler * llama_sampler_init_top_p(float p, size_t min_keep)',
    ),
    samplerMinP: declare<(p: number, minKeep: number) => P>(
      llama,
      'llama_sampler * llama_sampler_init_min_p(float p, size_t min_keep)',
    ),
    samplerTemperature: declare<(t: number) => P>(llama, 'llama_sampler * llama_sampler_init_temp(float t)'),
    samplerPenalties: declare<
      (vocabulary: number, lastN: number, repeat: number, frequency: number, presence: number) => P
    >(
      llama,
      'llama_sampler * llama_sampler_init_penalties(int32_t n_vocab, int32_t penalty_last_n, float penalty_repeat, float penalty_freq, float penalty_present)',
    ),
    samplerApply: declare<(sampler: P, candidates: P) => void>(
      llama,
      'void llama_sampler_apply(llama_sampler * smpl, void * cur_p)',
    ),
    samplerAccept: declare<(sampler: P, token: number) => void>(
      llama,
      'void llama_sampler_accept(llama_sampler * smpl, llama_token token)',
    ),
    samplerReset: declare<(sampler: P) => void>(llama, 'void llama_sampler_reset(llama_sampler * smpl)'),
    samplerClone: declare<(sampler: P) => P>(
      llama,
      'llama_sampler * llama_sampler_clone(const llama_sampler * smpl)',
    ),
    samplerFree: declare<(sampler: P) => void>(llama, 'void llama_sampler_free(llama_sampler * smpl)'),
  };
}
