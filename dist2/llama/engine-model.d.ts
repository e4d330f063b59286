import type { Token } from '../base/types.js';
import type { EngineModel } from '../decoder/decoder.js';
import { LlamaDecoder } from './context.js';
import type { CacheType, Exactness } from './invariance.js';
import { type CacheShape } from './memory.js';
import type { Gpu } from './packages.js';
import { Vocabulary } from './vocabulary.js';
export interface EngineModelOptions {
    readonly modelPath: string;
    readonly draftPath: string | undefined;
    /** Tokens of context over all requests together; 0 = chosen from the model and `parallel`. */
    readonly contextSize: number;
    /** Requests that run at the same time. */
    readonly parallel: number;
    readonly batchSize: number;
    readonly microBatchSize: number;
    /** 0 = physical cores, or one where a GPU computes everything. */
    readonly threads: number;
    readonly gpu: Gpu;
    readonly gpuLayers: number;
    /** Name of the only GPU to use; undefined: all. */
    readonly device?: string | undefined;
    /** Attention in one kernel where the backend has one (undefined, too), or as products of matrices. */
    readonly flashAttention?: 'auto' | 'disabled' | undefined;
    /**
     * One pool of KV cells for all sequences; false or undefined: a stream for each.
     *
     * In a stream of its own a text's cells are always in order, so the same text gives the same numbers, bit by
     * bit; in a pool they lie where there was room, and sums over them round differently. One pool shares the
     * cells of common beginnings, but every token looks at the cells of all. EPYC Genoa, demo model, 2 threads,
     * 128 tokens in each sequence, one or four tokens a sequence, ms in one pool / in streams: 4 sequences
     * 3.0 / 2.9 and 8.1 / 7.1; 8 sequences 4.9 / 4.6 and 17 / 18; 16 sequences 12.9 / 12.5 and 54 / 39.
     */
    readonly kvUnified: boolean | undefined;
    /** Types of the KV cache's keys and values; undefined: those that make texts exact, where that is asked for, or else F16. */
    readonly cacheTypeK?: CacheType | undefined;
    readonly cacheTypeV?: CacheType | undefined;
    readonly loraPaths: readonly string[];
    /**
     * Make logits independent of batching to the last bit, where kernels allow (`target.ts`); the default on the
     * processor.
     */
    readonly exact?: boolean | undefined;
}
/** Sizes of the KV cache: see `EngineModelOptions`. */
export declare function planContext(options: Pick<EngineModelOptions, 'contextSize' | 'parallel' | 'kvUnified' | 'cacheTypeK' | 'cacheTypeV'>, model: {
    readonly contextTrain: number;
    readonly canTruncate: boolean;
    readonly cacheShape?: CacheShape;
}, freeBytes?: number): {
    readonly unified: boolean;
    readonly maxSequences: number;
    readonly branchSequences: number;
    readonly contextSize: number;
};
export declare class LlamaEngineModel implements EngineModel {
    #private;
    readonly decoder: LlamaDecoder;
    readonly draft: LlamaDecoder | undefined;
    readonly vocabulary: Vocabulary;
    readonly embeddingWidth: number;
    /** As in `EngineInfo`. */
    readonly ranks: boolean;
    /** What is promised of texts. */
    readonly exactness: Exactness;
    /** Why, in words for the operator. */
    readonly exactnessReason: string;
    /** False where the weights were left as they are in the file, for the sake of exactness. */
    readonly repacked: boolean;
    private constructor();
    /**
     * @param onProgress told how much of the target is loaded, 0 to 1
     * @throws ForetokenError `file_not_found`, `invalid_gguf`, `unsupported_architecture`, `vocabulary_mismatch`,
     *   `out_of_memory`, `library_unavailable`.
     */
    static load(options: EngineModelOptions, onProgress?: (progress: number) => void): LlamaEngineModel;
    isEndOfGeneration(token: Token): boolean;
    tokenBytes(token: Token): Uint8Array;
    tokenize(text: string): Int32Array;
    embed(tokens: Int32Array): Float32Array;
    /** The embedding of a text, a piece at a time: see `Embedder`. */
    embedInPieces(tokens: Int32Array): Generator<void, Float32Array, void>;
    dispose(): void;
}
