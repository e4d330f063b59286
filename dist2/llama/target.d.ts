import { LlamaDecoder, type ContextOptions } from './context.js';
import { type CacheType, type Exactness } from './invariance.js';
import { LlamaModel } from './model.js';
import type { Gpu } from './packages.js';
export interface TargetOptions {
    readonly modelPath: string;
    readonly batchSize: number;
    readonly microBatchSize: number;
    readonly threads: number;
    readonly gpu: Gpu;
    readonly gpuLayers: number;
    readonly device?: string | undefined;
    readonly flashAttention?: 'auto' | 'disabled' | undefined;
    readonly kvUnified: boolean | undefined;
    /** Types of the KV cache's keys and values; undefined: those that make texts exact, where that is asked for, or else F16. */
    readonly cacheTypeK?: CacheType | undefined;
    readonly cacheTypeV?: CacheType | undefined;
    readonly loraPaths: readonly string[];
    readonly exact?: boolean | undefined;
}
/** What is promised of texts, and why. */
export interface ExactnessFound {
    readonly exactness: Exactness;
    /** In words for the operator. */
    readonly reason: string;
}
/** Of the sizes of a context, what depends on the loaded model. */
export type PlanContext = (model: LlamaModel) => Required<Pick<ContextOptions, 'contextSize' | 'maxSequences' | 'branchSequences' | 'unified'>>;
export interface Target extends ExactnessFound {
    readonly model: LlamaModel;
    readonly decoder: LlamaDecoder;
    /** For a draft's context beside it. */
    readonly context: ContextOptions;
    /** False where the weights were left as they are in the file, for the sake of exactness. */
    readonly repacked: boolean;
    /** In the order in which they are disposed of. */
    readonly owned: readonly {
        dispose(): void;
    }[];
}
/** @throws ForetokenError as `LlamaModel.load`, `LlamaDecoder` and `LoraAdapter.load` */
export declare function loadTarget(options: TargetOptions, plan: PlanContext, onProgress: (progress: number) => void): Target;
/** The default where the processor computes everything. */
export declare const isExactAsked: (options: Pick<TargetOptions, "exact" | "gpuLayers">) => boolean;
