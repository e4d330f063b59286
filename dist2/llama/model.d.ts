import { LoadMode, type Pointer } from './declarations.js';
import { type Computing } from './devices.js';
import { NativeHandle } from './handle.js';
import { type Library } from './library.js';
import type { CacheShape } from './memory.js';
import type { Gpu } from './packages.js';
import { type LoadTask } from './model-trial.js';
export interface ModelLoadOptions {
    readonly gpu?: Gpu;
    /** Layers computed on the GPU; negative is all. */
    readonly gpuLayers?: number;
    /** Name of the only GPU to use, as the library calls it; undefined: all. */
    readonly device?: string | undefined;
    /** Read the vocabulary and the metadata only. */
    readonly vocabOnly?: boolean;
    /** `none` copies the weights into memory that may be written to (training); `mmap` is the default. */
    readonly loadMode?: keyof typeof LoadMode;
    /** Rearrange weights for faster kernels where there are such; the default. Needs memory for a copy. */
    readonly repackWeights?: boolean;
    /** Called with 0..1 while the file is read, on this thread; false gives up. */
    readonly onProgress?: (progress: number) => boolean;
}
export declare class LlamaModel {
    #private;
    readonly library: Library;
    readonly path: string;
    /** How it was loaded. */
    readonly task: LoadTask;
    readonly vocabOnly: boolean;
    /** What computes it; `gpuLayers` there is 0 where the processor computes all. */
    readonly computing: Computing;
    readonly handle: NativeHandle;
    /** Trained context length. */
    readonly contextTrain: number;
    /** Width of the hidden state. */
    readonly width: number;
    /** Width of the embeddings it puts out. */
    readonly embeddingWidth: number;
    /** It judges how well a document answers a query, and gives scores where others give embeddings. */
    readonly ranks: boolean;
    readonly layers: number;
    /** Bytes of all tensors. */
    readonly bytes: number;
    readonly parameters: number;
    /** False where a state is folded into one vector and no token can be taken back. */
    readonly canTruncate: boolean;
    /** Of its KV cache, for models whose layers are all alike. */
    readonly cacheShape: CacheShape;
    private constructor();
    /**
     * Looks at a file, and tries it in a child process where it is not known yet. `load` does so, too; after this it
     * need not wait.
     * @throws ForetokenError as `load`
     */
    static check(path: string, options?: ModelLoadOptions): {
        library: Library;
        task: LoadTask;
    };
    /**
     * @throws ForetokenError `file_not_found`, `invalid_gguf`, `unsupported_architecture`, `out_of_memory`,
     *   `library_unavailable`, `gpu_unavailable`, `cancelled` (by `onProgress`).
     */
    static load(path: string, options?: ModelLoadOptions): LlamaModel;
    /**
     * The vocabulary and the metadata only, read on another thread.
     * @throws ForetokenError as `load`
     */
    static loadVocabulary(path: string): Promise<LlamaModel>;
    /**
     * Loads a file whatever it holds, for the child process that tries it.
     * @returns undefined when the library refuses it
     * @throws ForetokenError `gpu_unavailable`, `cancelled`
     */
    static loadUntried(library: Library, path: string, options: ModelLoadOptions): LlamaModel | undefined;
    get pointer(): Pointer;
    /** Value of a metadata key as text; undefined when there is none (or it is an array). */
    metadata(key: string): string | undefined;
    /** The model's own chat template. */
    get chatTemplate(): string | undefined;
    /** The library's words for the model: architecture, size, quantisation. */
    get description(): string;
    /** Frees the model once its contexts and vocabularies are disposed of too. */
    dispose(): void;
}
/** What can be told from the file's head, in better words than the library has. */
export declare function checkHead(path: string): void;
