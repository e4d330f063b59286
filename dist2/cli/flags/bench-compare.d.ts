/** The flags of `bench compare`, and what they mean together. */
import { Command } from 'commander';
import { type RateWish } from '../../benchmark/compare/plan.js';
import { type Setting } from '../../benchmark/compare/settings.js';
export interface BenchCompareFlags {
    readonly baseUrl?: string;
    readonly apiKey?: string;
    readonly settings?: readonly Setting[];
    readonly requestRates?: readonly RateWish[];
    readonly repeats?: number;
    readonly secondsPerRun?: number;
    readonly ramp?: boolean;
    readonly rampSeconds?: number;
    readonly quick?: boolean;
    readonly datasetPath?: string;
    readonly task: readonly string[];
    readonly outputLen?: number;
    readonly temp: number;
    readonly seed: number;
    readonly withSuffix?: boolean;
    readonly resultDir?: string;
    readonly resultFilename?: string;
}
export declare function addBenchCompareFlags(command: Command): Command;
/** What the command line and the environment say of the server, as flags of `serve`. */
export declare function serveArguments(command: Command): string[];
export interface BenchCompareSetup {
    readonly settings: readonly Setting[] | undefined;
    readonly rates: readonly RateWish[];
    readonly repeats: number;
    readonly secondsPerRun: number;
    readonly rampSeconds: number | undefined;
    readonly outputTokens: number;
}
/** @throws ForetokenError `invalid_option` where flags contradict each other */
export declare function benchCompareSetup(flags: BenchCompareFlags, command: Command): BenchCompareSetup;
