export * from './structs.js';
/** A typed function of a library, from its C prototype. */
// The type is the caller's word for what the prototype says in C.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
export function declare(library, prototype) {
    return library.func(prototype);
}
/** Calls a function of a library on another thread, so that this one goes on meanwhile. */
export function inBackground(call, ...given) {
    const { async: start } = call;
    return new Promise((resolve, reject) => {
        start(...given, (error, result) => {
            if (error === null)
                resolve(result);
            else
                reject(error);
        });
    });
}
/** The functions of libllama and ggml that Foretoken calls. */
export function declareLlama(llama, ggml, ggmlBase) {
    return {
        // Library.
        version: declare(llama, 'const char * llama_version(void)'),
        backendInit: declare(llama, 'void llama_backend_init(void)'),
        loadBackends: declare(ggml, 'void ggml_backend_load_all_from_path(const char * dir_path)'),
        loadBackend: declare(ggml, 'void * ggml_backend_load(const char * path)'),
        backendCount: declare(ggml, 'size_t ggml_backend_reg_count(void)'),
        deviceCount: declare(ggml, 'size_t ggml_backend_dev_count(void)'),
        deviceAt: declare(ggml, 'void * ggml_backend_dev_get(size_t index)'),
        deviceName: declare(ggmlBase, 'const char * ggml_backend_dev_name(void * device)'),
        deviceDescription: declare(ggmlBase, 'const char * ggml_backend_dev_description(void * device)'),
        deviceType: declare(ggmlBase, 'int ggml_backend_dev_type(void * device)'),
        deviceMemory: declare(ggmlBase, 'void ggml_backend_dev_memory(void * device, uint64_t * free, uint64_t * total)'),
        deviceBackend: declare(ggmlBase, 'void * ggml_backend_dev_backend_reg(void * device)'),
        backendName: declare(ggmlBase, 'const char * ggml_backend_reg_name(void * reg)'),
        logSet: declare(llama, 'void llama_log_set(void * log_callback, void * user_data)'),
        systemInfo: declare(llama, 'const char * llama_print_system_info(void)'),
        // Model.
        modelDefaults: declare(llama, 'llama_model_params llama_model_default_params(void)'),
        modelLoad: declare(llama, 'llama_model * llama_model_load_from_file(const char * path_model, llama_model_params params)'),
        modelFree: declare(llama, 'void llama_model_free(llama_model * model)'),
        modelVocab: declare(llama, 'const llama_vocab * llama_model_get_vocab(const llama_model * model)'),
        modelContextTrain: declare(llama, 'int32_t llama_model_n_ctx_train(const llama_model * model)'),
        modelWidth: declare(llama, 'int32_t llama_model_n_embd(const llama_model * model)'),
        modelWidthOut: declare(llama, 'int32_t llama_model_n_embd_out(const llama_model * model)'),
        modelClasses: declare(llama, 'uint32_t llama_model_n_cls_out(const llama_model * model)'),
        modelLayers: declare(llama, 'int32_t llama_model_n_layer(const llama_model * model)'),
        modelHeads: declare(llama, 'int32_t llama_model_n_head(const llama_model * model)'),
        modelHeadsKv: declare(llama, 'int32_t llama_model_n_head_kv(const llama_model * model)'),
        modelBytes: declare(llama, 'uint64_t llama_model_size(const llama_model * model)'),
        modelParameters: declare(llama, 'uint64_t llama_model_n_params(const llama_model * model)'),
        modelDescription: declare(llama, 'int32_t llama_model_desc(const llama_model * model, uint8_t * buf, size_t buf_size)'),
        modelIsRecurrent: declare(llama, 'bool llama_model_is_recurrent(const llama_model * model)'),
        modelIsHybrid: declare(llama, 'bool llama_model_is_hybrid(const llama_model * model)'),
        modelHasEncoder: declare(llama, 'bool llama_model_has_encoder(const llama_model * model)'),
        modelHasDecoder: declare(llama, 'bool llama_model_has_decoder(const llama_model * model)'),
        modelMetadata: declare(llama, 'int32_t llama_model_meta_val_str(const llama_model * model, const char * key, uint8_t * buf, size_t buf_size)'),
        modelChatTemplate: declare(llama, 'const char * llama_model_chat_template(const llama_model * model, const char * name)'),
        quantizeDefaults: declare(llama, 'llama_model_quantize_params llama_model_quantize_default_params(void)'),
        quantize: declare(llama, 'uint32_t llama_model_quantize(const char * fname_inp, const char * fname_out, const llama_model_quantize_params * params)'),
        // LoRA adapters.
        adapterLoad: declare(llama, 'llama_adapter_lora * llama_adapter_lora_init(llama_model * model, const char * path_lora)'),
        adapterFree: declare(llama, 'void llama_adapter_lora_free(llama_adapter_lora * adapter)'),
        setAdapters: declare(llama, 'int32_t llama_set_adapters_lora(llama_context * ctx, uint64_t * adapters, size_t n_adapters, float * scales)'),
        // Context.
        contextDefaults: declare(llama, 'llama_context_params llama_context_default_params(void)'),
        contextInit: declare(llama, 'llama_context * llama_init_from_model(llama_model * model, llama_context_params params)'),
        contextFree: declare(llama, 'void llama_free(llama_context * ctx)'),
        contextCells: declare(llama, 'uint32_t llama_n_ctx(const llama_context * ctx)'),
        contextSequenceCells: declare(llama, 'uint32_t llama_n_ctx_seq(const llama_context * ctx)'),
        contextBatch: declare(llama, 'uint32_t llama_n_batch(const llama_context * ctx)'),
        contextMicroBatch: declare(llama, 'uint32_t llama_n_ubatch(const llama_context * ctx)'),
        contextSequences: declare(llama, 'uint32_t llama_n_seq_max(const llama_context * ctx)'),
        contextPooling: declare(llama, 'int llama_pooling_type(const llama_context * ctx)'),
        contextMemory: declare(llama, 'llama_memory_t llama_get_memory(const llama_context * ctx)'),
        setThreads: declare(llama, 'void llama_set_n_threads(llama_context * ctx, int32_t n_threads, int32_t n_threads_batch)'),
        attachPool: declare(llama, 'void llama_attach_threadpool(llama_context * ctx, void * threadpool, void * threadpool_batch)'),
        detachPool: declare(llama, 'void llama_detach_threadpool(llama_context * ctx)'),
        decode: declare(llama, 'int32_t llama_decode(llama_context * ctx, llama_batch batch)'),
        synchronize: declare(llama, 'void llama_synchronize(llama_context * ctx)'),
        logits: declare(llama, 'float * llama_get_logits(llama_context * ctx)'),
        embeddings: declare(llama, 'float * llama_get_embeddings(llama_context * ctx)'),
        sequenceEmbedding: declare(llama, 'float * llama_get_embeddings_seq(llama_context * ctx, llama_seq_id seq_id)'),
        // Memory: the KV cache.
        memoryClear: declare(llama, 'void llama_memory_clear(llama_memory_t mem, bool data)'),
        memoryRemove: declare(llama, 'bool llama_memory_seq_rm(llama_memory_t mem, llama_seq_id seq_id, llama_pos p0, llama_pos p1)'),
        memoryCopy: declare(llama, 'void llama_memory_seq_cp(llama_memory_t mem, llama_seq_id seq_id_src, llama_seq_id seq_id_dst, llama_pos p0, llama_pos p1)'),
        memoryLast: declare(llama, 'llama_pos llama_memory_seq_pos_max(llama_memory_t mem, llama_seq_id seq_id)'),
        // State of one sequence.
        stateSize: declare(llama, 'size_t llama_state_seq_get_size(llama_context * ctx, llama_seq_id seq_id)'),
        stateGet: declare(llama, 'size_t llama_state_seq_get_data(llama_context * ctx, uint8_t * dst, size_t size, llama_seq_id seq_id)'),
        stateSet: declare(llama, 'size_t llama_state_seq_set_data(llama_context * ctx, const uint8_t * src, size_t size, llama_seq_id dest_seq_id)'),
        // Vocabulary.
        vocabType: declare(llama, 'int llama_vocab_type(const llama_vocab * vocab)'),
        vocabSize: declare(llama, 'int32_t llama_vocab_n_tokens(const llama_vocab * vocab)'),
        vocabText: declare(llama, 'const char * llama_vocab_get_text(const llama_vocab * vocab, llama_token token)'),
        vocabAttributes: declare(llama, 'int llama_vocab_get_attr(const llama_vocab * vocab, llama_token token)'),
        vocabIsEog: declare(llama, 'bool llama_vocab_is_eog(const llama_vocab * vocab, llama_token token)'),
        vocabBos: declare(llama, 'llama_token llama_vocab_bos(const llama_vocab * vocab)'),
        vocabEos: declare(llama, 'llama_token llama_vocab_eos(const llama_vocab * vocab)'),
        vocabEot: declare(llama, 'llama_token llama_vocab_eot(const llama_vocab * vocab)'),
        vocabFimPrefix: declare(llama, 'llama_token llama_vocab_fim_pre(const llama_vocab * vocab)'),
        vocabFimSuffix: declare(llama, 'llama_token llama_vocab_fim_suf(const llama_vocab * vocab)'),
        vocabFimMiddle: declare(llama, 'llama_token llama_vocab_fim_mid(const llama_vocab * vocab)'),
        vocabSeparator: declare(llama, 'llama_token llama_vocab_sep(const llama_vocab * vocab)'),
        vocabAddEos: declare(llama, 'bool llama_vocab_get_add_eos(const llama_vocab * vocab)'),
        vocabAddSeparator: declare(llama, 'bool llama_vocab_get_add_sep(const llama_vocab * vocab)'),
        vocabAddBos: declare(llama, 'bool llama_vocab_get_add_bos(const llama_vocab * vocab)'),
        tokenize: declare(llama, 'int32_t llama_tokenize(const llama_vocab * vocab, const uint8_t * text, int32_t text_len, llama_token * tokens, int32_t n_tokens_max, bool add_special, bool parse_special)'),
        tokenToPiece: declare(llama, 'int32_t llama_token_to_piece(const llama_vocab * vocab, llama_token token, uint8_t * buf, int32_t length, int32_t lstrip, bool special)'),
        // Samplers.
        samplerChain: declare(llama, 'llama_sampler * llama_sampler_chain_init(llama_sampler_chain_params params)'),
        samplerAdd: declare(llama, 'void llama_sampler_chain_add(llama_sampler * chain, llama_sampler * smpl)'),
        samplerGreedy: declare(llama, 'llama_sampler * llama_sampler_init_greedy(void)'),
        samplerDist: declare(llama, 'llama_sampler * llama_sampler_init_dist(uint32_t seed)'),
        samplerTopK: declare(llama, 'llama_sampler * llama_sampler_init_top_k(int32_t k)'),
        samplerTopP: declare(llama, 'llama_sampler * llama_sampler_init_top_p(float p, size_t min_keep)'),
        samplerMinP: declare(llama, 'llama_sampler * llama_sampler_init_min_p(float p, size_t min_keep)'),
        samplerTemperature: declare(llama, 'llama_sampler * llama_sampler_init_temp(float t)'),
        samplerPenalties: declare(llama, 'llama_sampler * llama_sampler_init_penalties(int32_t n_vocab, int32_t penalty_last_n, float penalty_repeat, float penalty_freq, float penalty_present)'),
        samplerApply: declare(llama, 'void llama_sampler_apply(llama_sampler * smpl, void * cur_p)'),
        samplerAccept: declare(llama, 'void llama_sampler_accept(llama_sampler * smpl, llama_token token)'),
        samplerReset: declare(llama, 'void llama_sampler_reset(llama_sampler * smpl)'),
        samplerClone: declare(llama, 'llama_sampler * llama_sampler_clone(const llama_sampler * smpl)'),
        samplerFree: declare(llama, 'void llama_sampler_free(llama_sampler * smpl)'),
    };
}
//# sourceMappingURL=declarations.js.map