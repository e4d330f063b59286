import { type Summary } from './summary.js';
import type { BenchmarkOptions, BenchmarkRun } from './types.js';
export interface ResultContext extends Pick<BenchmarkOptions, 'endpoint' | 'requestRate' | 'burstiness' | 'maxConcurrency' | 'rampUp' | 'seed' | 'temperature' | 'ignoreEos' | 'extraBody'> {
    readonly model: string;
    readonly datasetName: string;
    readonly startedAt: Date;
}
export declare function resultRecord(context: ResultContext, run: BenchmarkRun, summary: Summary, detailed: boolean): Record<string, unknown>;
export declare function resultFilename(context: ResultContext): string;
