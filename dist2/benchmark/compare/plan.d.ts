import type { BenchmarkPrompt } from '../types.js';
/** A load on the server: either arrivals at a rate, or one request after the other. */
export interface CellPlan {
    readonly id: string;
    /** `rate`: an open loop at `requestRate`; `idle`: a closed loop of one request at a time. */
    readonly kind: 'rate' | 'idle';
    /** `all`, or the only task of the prompts. */
    readonly task: string;
    /** Requests a second; Infinity: all at once. Undefined for `idle`. */
    readonly requestRate: number | undefined;
    /** Requests of one run. */
    readonly requests: number;
}
/** Requests a second, or a share of what the server can do at most. */
export type RateWish = {
    readonly requestsPerSecond: number;
} | {
    readonly shareOfSaturation: number;
};
export declare const DEFAULT_RATES: readonly RateWish[];
/** What `off` does on this machine, on which the plan rests. */
export interface Calibration {
    /** Mean latency of a request that has the server to itself. */
    readonly idleLatencyMs: number;
    /** Requests a second with all slots busy all the time. */
    readonly saturationRps: number;
}
/** Cells in the order of their load, tasks last. Rates that come to the same are measured once. */
export declare function planCells(options: {
    readonly rates: readonly RateWish[];
    readonly tasks: readonly string[];
    readonly secondsPerRun: number;
    readonly calibration: Calibration;
}): CellPlan[];
export declare const rateText: (rate: number) => string;
/** Seconds that a cell's run takes, with what is still to be answered when the last request has come. */
export declare function estimatedSeconds(cell: CellPlan, { idleLatencyMs, saturationRps }: Calibration): number;
/** Prompts of a cell's run: other ones at every repeat, as far as there are, and for all settings the same. */
export declare function promptsOf(cell: Pick<CellPlan, 'task' | 'requests'>, repeat: number, pool: readonly BenchmarkPrompt[]): BenchmarkPrompt[];
/** A number that is the same for the same parts and else quite another (FNV-1a, Fowler/Noll/Vo). */
export declare function seedOf(...parts: readonly (string | number)[]): number;
export interface Block<T> {
    readonly cell: CellPlan;
    readonly repeat: number;
    readonly setting: T;
    /** Of arrivals and of sampling; the same for every setting. */
    readonly seed: number;
}
/** Every cell with every setting in turn, and all of that again at each repeat: a slow hour then hits all alike. */
export declare function planBlocks<T>(cells: readonly CellPlan[], settings: readonly T[], repeats: number, seed: number): Block<T>[];
