import type { BenchmarkPrompt } from './types.js';
export declare const DATASETS: readonly ["heldout", "spec-bench", "sharegpt", "custom", "random"];
export type DatasetName = (typeof DATASETS)[number];
export interface DatasetOptions {
    readonly name: DatasetName;
    /** Of every dataset but `random`. */
    readonly path: string | undefined;
    /** Only these; empty for all. */
    readonly tasks: readonly string[];
    /** Requests to make; undefined: as many as there are, but no more than `DEFAULT_PROMPTS`. */
    readonly count: number | undefined;
    /** Most tokens of each answer; undefined: what the dataset says, or else its usual length. */
    readonly outputTokens: number | undefined;
    /** Of `random`: tokens of a prompt, about, and of the beginning that all have in common. */
    readonly inputTokens: number;
    readonly prefixTokens: number;
    /** Of random words, and of ShareGPT's order. */
    readonly seed: number;
}
export interface Dataset {
    readonly prompts: readonly BenchmarkPrompt[];
    /** Different prompts among them; where more were asked for, they are repeated in the same order. */
    readonly distinct: number;
}
export declare const DEFAULT_PROMPTS = 100;
/** @throws ForetokenError `file_not_found`, `invalid_dataset`, `invalid_option` */
export declare function loadDataset(options: DatasetOptions): Dataset;
