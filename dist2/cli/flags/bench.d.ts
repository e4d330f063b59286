/** The flags of `bench`, named as those of vLLM's `bench serve`, and what they mean together. */
import { type Command } from 'commander';
import { type DatasetName, type DatasetOptions } from '../../benchmark/datasets.js';
import { type GoodputObjectives, type Metric } from '../../benchmark/summary.js';
import type { BenchmarkOptions, RampUp } from '../../benchmark/types.js';
export interface BenchFlags {
    readonly baseUrl: string;
    readonly endpoint: string;
    readonly model?: string;
    readonly apiKey?: string;
    readonly speculation?: Readonly<Record<string, unknown>>;
    readonly temp: number;
    readonly ignoreEos?: boolean;
    readonly datasetName: DatasetName;
    readonly datasetPath?: string;
    readonly task: readonly string[];
    readonly numPrompts?: number;
    readonly outputLen?: number;
    readonly randomInputLen?: number;
    readonly randomPrefixLen?: number;
    readonly seed: number;
    readonly requestRate?: number;
    readonly burstiness?: number;
    readonly maxConcurrency?: number;
    readonly rampUpStrategy?: RampUp['strategy'];
    readonly rampUpStartRps?: number;
    readonly rampUpEndRps?: number;
    readonly numWarmups: number;
    readonly percentileMetrics: readonly Metric[];
    readonly metricPercentiles: readonly number[];
    readonly goodput?: GoodputObjectives;
    readonly saveResult?: boolean;
    readonly saveDetailed?: boolean;
    readonly resultDir?: string;
    readonly resultFilename?: string;
}
export declare function addBenchFlags(command: Command): Command;
export type BenchSetup = Omit<BenchmarkOptions, 'prompts' | 'signal' | 'onProgress'>;
/** @throws ForetokenError `invalid_option` where flags contradict each other */
export declare function benchSetup(flags: BenchFlags): {
    readonly setup: BenchSetup;
    readonly dataset: DatasetOptions;
};
