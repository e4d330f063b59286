/**
 * Functions of llama.cpp 0.5.0 (`include/llama.h`, `ggml/include/ggml-backend.h`). Each C prototype is the
 * declaration itself: koffi parses it. The types it speaks of are in `structs.ts`.
 */
import type { KoffiFunc, LibraryHandle } from 'koffi';
import type { Batch, ContextParams, ModelParams, Pointer, QuantizeParams } from './structs.js';

export * from './structs.js';

/** A typed function of a library, from its C prototype. */
// The type is the caller's word for what the prototype says in C.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
export function declare<F extends (...args: never[]) => unknown>(
  library: LibraryHandle,
  prototype: string,
): F {
  return library.func(prototype) as unknown as F;
}

/** Calls a function of a library on another thread, so that this one goes on meanwhile. */
export function inBackground<Arguments extends unknown[], Result>(
  call: (...given: Arguments) => Result,
  ...given: Arguments
): Promise<Result> {
  const { async: start } = call as KoffiFunc<(...all: unknown[]) => Result>;
  return new Promise((resolve, reject) => {
    start(...given, (error: Error | null, result: Result) => {
      if (error === null) resolve(result);
      else reject(error);
    });
  });
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
    deviceType: declare<(device: P) => number>(ggmlBase, 'int ggml_backend_dev_type(void * device)'),
    deviceMemory: declare<(device: P, free: BigUint64Array, total: BigUint64Array) => void>(
      ggmlBase,
      'void ggml_backend_dev_memory(void * device, uint64_t * free, uint64_t * total)',
    ),
    deviceBackend: declare<(device: P) => P>(ggmlBase, 'void * ggml_backend_dev_backend_reg(void * device)'),
    tensorName: declare<(tensor: P) => string>(ggmlBase, 'const char * ggml_get_name(void * tensor)'),
    backendName: declare<(backend: P) => string>(ggmlBase, 'const char * ggml_backend_reg_name(void * reg)'),
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
    modelClasses: declare<(model: P) => number>(
      llama,
      'uint32_t llama_model_n_cls_out(const llama_model * model)',
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
    attachPool: declare<(context: P, single: P, batch: P) => void>(
      llama,
      'void llama_attach_threadpool(llama_context * ctx, void * threadpool, void * threadpool_batch)',
    ),
    detachPool: declare<(context: P) => void>(llama, 'void llama_detach_threadpool(llama_context * ctx)'),
    decode: declare<(context: P, batch: Batch) => number>(
      llama,
      'int32_t llama_decode(llama_context * ctx, llama_batch batch)',
    ),
    synchronize: declare<(context: P) => void>(llama, 'void llama_synchronize(llama_context * ctx)'),
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
    vocabFimPrefix: declare<(vocab: P) => number>(
      llama,
      'llama_token llama_vocab_fim_pre(const llama_vocab * vocab)',
    ),
    vocabFimSuffix: declare<(vocab: P) => number>(
      llama,
      'llama_token llama_vocab_fim_suf(const llama_vocab * vocab)',
    ),
    vocabFimMiddle: declare<(vocab: P) => number>(
      llama,
      'llama_token llama_vocab_fim_mid(const llama_vocab * vocab)',
    ),
    vocabSeparator: declare<(vocab: P) => number>(
      llama,
      'llama_token llama_vocab_sep(const llama_vocab * vocab)',
    ),
    vocabAddEos: declare<(vocab: P) => boolean>(
      llama,
      'bool llama_vocab_get_add_eos(const llama_vocab * vocab)',
    ),
    vocabAddSeparator: declare<(vocab: P) => boolean>(
      llama,
      'bool llama_vocab_get_add_sep(const llama_vocab * vocab)',
    ),
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
