import type { Gpu, LibraryFiles } from './packages.js';
/** What the child is asked to do; sent to it as JSON. */
export interface ProbeTask {
    readonly files: LibraryFiles;
    /** What the library is for; it matters to a model only. */
    readonly gpu?: Gpu;
    readonly model?: ModelTask;
}
/** A model to load, as it is to be loaded afterwards. */
export interface ModelTask {
    readonly path: string;
    /** LoRA adapters to load with it. */
    readonly adapters?: readonly string[];
    readonly vocabOnly: boolean;
    readonly gpu: Gpu;
    /** Layers computed on the GPU; negative is all. */
    readonly gpuLayers: number;
    readonly device?: string | undefined;
    readonly threads: number;
}
export type ModelOutcome = 'sound' | 'not loaded' | 'adapter not loaded' | 'no numbers';
/** What the child found; on its stdout as JSON. */
export interface ProbeResult {
    readonly version: string;
    /** Defaults that tell whether the structs are laid out as declared. */
    readonly contextSize: number;
    readonly batchSize: number;
    readonly microBatchSize: number;
    readonly backends: number;
    /** Of the model, where there was one to try. */
    readonly outcome?: ModelOutcome;
}
/** @throws ForetokenError `library_unavailable` when the library cannot be used. */
export declare function probe(files: LibraryFiles, folder?: string): void;
/** What a probe found that this version of Foretoken cannot work with; undefined when all is well. */
export declare function contradiction(result: ProbeResult): string | undefined;
export interface ChildReport {
    readonly result?: ProbeResult;
    /** Why there is no result, on one line. */
    readonly problem: string;
    /** Killed from outside, as systems do that are out of memory. */
    readonly killed: boolean;
    /** The library's log. */
    readonly log: string;
}
/** Why a model does not load: what the library logs about it, last lines first in importance. */
export declare function reasonIn(child: ChildReport): string;
/** Runs the child to its end; blocks as long. */
export declare function runChild(task: ProbeTask, timeoutMs: number): ChildReport;
/** Changes whenever the outcome of a probe might. */
export declare function fingerprint(files: LibraryFiles): string;
