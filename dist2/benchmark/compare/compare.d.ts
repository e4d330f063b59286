import { type Calibration, type CellPlan, type RateWish } from './plan.js';
import type { ComparedServer } from './server.js';
import { type Setting } from './settings.js';
import { type CompareResult } from './types.js';
import type { BenchmarkPrompt } from '../types.js';
export interface ComparisonOptions {
    readonly server: ComparedServer;
    /** Undefined: the usual ones, of the draft model where the server has one. */
    readonly settings: readonly Setting[] | undefined;
    readonly rates: readonly RateWish[];
    readonly repeats: number;
    readonly secondsPerRun: number;
    /** Undefined: no ramp. */
    readonly rampSeconds: number | undefined;
    readonly prompts: readonly BenchmarkPrompt[];
    readonly seed: number;
    readonly temperature: number;
    readonly outputTokens: number;
    readonly withSuffix: boolean;
    /** For the record. */
    readonly version: string;
    readonly serverFlags: readonly string[] | null;
    readonly signal: AbortSignal;
}
/** Told before each run. */
export type OnProgress = (done: number, total: number, what: {
    readonly load: string;
    readonly setting: string;
}) => void;
export declare class Comparison {
    #private;
    constructor(options: ComparisonOptions);
    /**
     * Finds out what the server can do, warms it up and plans the matrix.
     * @throws ForetokenError `invalid_option` for a setting that the server refuses, `server_unreachable`
     */
    prepare(): Promise<void>;
    get settings(): readonly Setting[];
    get cells(): readonly CellPlan[];
    get calibration(): Calibration;
    /** Of the whole matrix, ramps included. */
    get estimatedSeconds(): number;
    /** Whether a cell has more requests, over its repeats, than there are prompts for it. */
    get repeatsPrompts(): boolean;
    /** Runs the matrix and the ramps; ends early, without an error, when the signal says so. */
    run(onProgress: OnProgress): Promise<void>;
    /** What was measured so far. */
    result(): CompareResult;
}
