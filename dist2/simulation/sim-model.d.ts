/**
 * The machine of a simulation: a target and a draft over one virtual clock, with the true costs, noise on them
 * and the mishaps that are to happen.
 */
import type { EngineModel } from '../decoder/decoder.js';
import { type CostTable } from '../costs/cost-table.js';
import type { Phase } from '../engine/core.js';
import { VirtualClock } from './clock.js';
import type { BesideMs } from './h200.js';
import { DraftTruth } from './draft-truth.js';
import { SimDecoder } from './sim-decoder.js';
import { type SimRequest, type Workload } from './workload.js';
/** How the times of single decodes scatter. */
export interface TimeNoise {
    /** Standard deviation of the logarithm of a decode's time. */
    readonly sigma: number;
    /** Share of the decodes that take `outlierFactor` times as long. */
    readonly outliers: number;
    readonly outlierFactor: number;
}
export declare const NO_NOISE: TimeNoise;
/** Happens once, at the target's decode of this number (counted from 0). */
export type Mishap = {
    readonly kind: 'stall';
    readonly decode: number;
    readonly factor: number;
} | {
    readonly kind: 'clock';
    readonly decode: number;
    readonly jumpMs: number;
};
export interface MachineOptions {
    readonly costs: CostTable;
    /** What several sequences cost beside that, where it is known; no planner knows it from the start. */
    readonly besideMs?: BesideMs | undefined;
    readonly noise: TimeNoise;
    readonly mishaps: readonly Mishap[];
    /** Requests that run at the same time. */
    readonly parallel: number;
    readonly batchSize: number;
    /** One pool of KV cells; otherwise a batch of several requests is computed in parts (`costs/ubatches.ts`). */
    readonly unified: boolean;
    /** Without a draft, only lookup and suffix can guess. */
    readonly draft: boolean;
}
export declare class SimModel implements EngineModel {
    #private;
    readonly clock: VirtualClock;
    readonly truth: DraftTruth;
    readonly decoder: SimDecoder;
    readonly draft: SimDecoder | undefined;
    readonly embeddingWidth = 4;
    constructor(workload: Workload, options: MachineOptions);
    /** The engine begins with a part of a step: looking for guesses and planning take time of their own. */
    worked(phase: Phase): void;
    isEndOfGeneration(token: number): boolean;
    tokenBytes(token: number): Uint8Array;
    embed(): Float32Array;
    dispose(): void;
}
export type { SimRequest };
