import { type RampShape } from './ramp.js';
import { type ModelStats } from './stats.js';
import type { RampRunRecord } from './types.js';
import type { BenchmarkOptions, BenchmarkPrompt, BenchmarkRun } from '../types.js';
export interface RampRunOptions {
    readonly shape: RampShape;
    readonly setting: string;
    readonly repeat: number;
    readonly stats: () => Promise<ModelStats>;
    readonly parallel: number;
    readonly saturationRps: number;
    /** Of the arrivals. */
    readonly seed: number;
    readonly promptsFor: (count: number) => readonly BenchmarkPrompt[];
    readonly benchmark: (load: Pick<BenchmarkOptions, 'prompts' | 'requestRate' | 'maxConcurrency' | 'seed'> & Partial<Pick<BenchmarkOptions, 'arrivalsMs'>>) => Promise<BenchmarkRun>;
}
export declare function runRamp(options: RampRunOptions): Promise<RampRunRecord>;
