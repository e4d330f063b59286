/** The target, its optional draft and their contexts, as the engine thread owns them. */
import { ForetokenError } from '../base/errors.js';
import { LlamaDecoder } from './context.js';
import { Embedder } from './embeddings.js';
import { availableBytes, cacheBytesPerToken } from './memory.js';
import { LlamaModel } from './model.js';
import { loadTarget } from './target.js';
import { Vocabulary, vocabularyDifference } from './vocabulary.js';
/** Context given to each request when none is asked for: as the model was trained, but no more than this. */
const DEFAULT_CONTEXT_PER_REQUEST = 4096;
/** Where memory is short it is less, so that all of it takes no more than this share of what is free, but not less than: */
const MOST_OF_MEMORY = 0.5;
const LEAST_CONTEXT_PER_REQUEST = 512;
/** Sequences for each running request in one pool, so that finished ones can stay as a prefix cache. */
const SEQUENCES_PER_REQUEST = 4;
const MOST_CACHED_SEQUENCES = 64;
/**
 * Sequences for side branches of token trees, for each of as many requests as are likely to have trees: with
 * more of them, a step is full without. (The library has 256 sequences, and the decoder needs one of them.)
 */
const BRANCHES_PER_REQUEST = 4;
const MOST_BRANCHES = 16;
const MOST_SEQUENCES = 255;
/** Sizes of the KV cache: see `EngineModelOptions`. */
export function planContext(options, model, freeBytes = availableBytes()) {
    const { parallel } = options;
    const unified = options.kvUnified ?? false;
    // A recurrent model has one state a sequence and cannot reuse a prefix, so spare sequences are of no use.
    const spare = unified && model.canTruncate;
    const maxSequences = spare
        ? Math.max(parallel, Math.min(MOST_CACHED_SEQUENCES, SEQUENCES_PER_REQUEST * parallel))
        : parallel;
    const branchSequences = spare
        ? Math.max(0, Math.min(BRANCHES_PER_REQUEST * parallel, MOST_BRANCHES, MOST_SEQUENCES - maxSequences))
        : 0;
    const usual = Math.min(model.contextTrain, DEFAULT_CONTEXT_PER_REQUEST);
    const bytes = model.cacheShape === undefined || !model.canTruncate
        ? 0
        : cacheBytesPerToken(model.cacheShape, options.cacheTypeK, options.cacheTypeV);
    // Cells come in blocks of 256.
    const fitting = bytes === 0 ? usual : 256 * Math.floor((MOST_OF_MEMORY * freeBytes) / bytes / parallel / 256);
    const perRequest = Math.min(usual, Math.max(fitting, LEAST_CONTEXT_PER_REQUEST));
    const contextSize = options.contextSize > 0 ? options.contextSize : perRequest * parallel;
    return { unified, maxSequences, branchSequences, contextSize };
}
export class LlamaEngineModel {
    decoder;
    draft;
    vocabulary;
    embeddingWidth;
    /** As in `EngineInfo`. */
    ranks;
    /** What is promised of texts. */
    exactness;
    /** Why, in words for the operator. */
    exactnessReason;
    /** False where the weights were left as they are in the file, for the sake of exactness. */
    repacked;
    #embedder;
    /** In the order in which they are disposed of. */
    #owned;
    constructor(target, draft, vocabulary, owned) {
        const { decoder } = target;
        this.decoder = decoder;
        this.exactness = target.exactness;
        this.exactnessReason = target.reason;
        this.repacked = target.repacked;
        this.draft = draft;
        this.vocabulary = vocabulary;
        this.#embedder = new Embedder(decoder.model, { threads: () => decoder.threadsInUse });
        this.embeddingWidth = this.#embedder.width;
        this.ranks = decoder.model.ranks;
        this.#owned = [this.#embedder, ...owned];
    }
    /**
     * @param onProgress told how much of the target is loaded, 0 to 1
     * @throws ForetokenError `file_not_found`, `invalid_gguf`, `unsupported_architecture`, `vocabulary_mismatch`,
     *   `out_of_memory`, `library_unavailable`.
     */
    static load(options, onProgress = () => undefined) {
        const target = loadTarget(options, (model) => planContext(options, model), onProgress);
        const { decoder } = target;
        const owned = [...target.owned];
        const own = (object) => {
            owned.unshift(object);
            return object;
        };
        try {
            const { gpu, gpuLayers, device } = options;
            const vocabulary = own(Vocabulary.of(target.model));
            let draft;
            if (options.draftPath !== undefined) {
                const draftModel = own(LlamaModel.load(options.draftPath, { gpu, gpuLayers, device }));
                const draftVocabulary = Vocabulary.of(draftModel);
                const difference = vocabularyDifference(vocabulary, draftVocabulary);
                draftVocabulary.dispose();
                if (difference !== undefined)
                    throw new ForetokenError('vocabulary_mismatch', `The draft ${options.draftPath} cannot guess for ${options.modelPath}: ${difference}.`, { param: 'draft' });
                // As many cells as the target has, so that a draft never runs out before it.
                // In one pool, for there a batch is computed at once, however many tokens each sequence has in it.
                const { cellCount } = decoder;
                const sizes = { ...target.context, unified: true, contextSize: cellCount, branchSequences: 0 };
                draft = own(new LlamaDecoder(draftModel, sizes));
            }
            draft?.warmUp();
            return new LlamaEngineModel(target, draft, vocabulary, owned);
        }
        catch (error) {
            for (const object of owned)
                object.dispose();
            throw error;
        }
    }
    isEndOfGeneration(token) {
        return this.vocabulary.isEndOfGeneration(token);
    }
    tokenBytes(token) {
        return this.vocabulary.tokenBytes(token);
    }
    tokenize(text) {
        return this.vocabulary.tokenize(text);
    }
    embed(tokens) {
        return this.#embedder.embed(tokens);
    }
    /** The embedding of a text, a piece at a time: see `Embedder`. */
    embedInPieces(tokens) {
        return this.#embedder.embedInPieces(tokens);
    }
    dispose() {
        for (const object of this.#owned)
            object.dispose();
    }
}
//# sourceMappingURL=engine-model.js.map