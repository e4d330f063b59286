import type { LlamaEngineModel } from '../llama/engine-model.js';
import { type SpeculationMode } from './types.js';
export interface TrialSetting {
    readonly mode: SpeculationMode;
    /** Guesses of `fixed`, and the most of `auto`. */
    readonly length: number;
    /** Requests that run at the same time. */
    readonly parallel: number;
}
/** The last one of the last kind has run beside others, so its texts find cached beginnings. */
export declare const TRIAL_SETTINGS: readonly TrialSetting[];
export interface TrialResult {
    /** Those compared, without the ones they are compared with. */
    readonly answers: number;
    readonly tokens: number;
    readonly accepted: number;
    /** What differed, in words. */
    readonly differing: readonly string[];
}
export declare const nameOfSetting: ({ mode, length, parallel }: TrialSetting) => string;
/** Half of the answers are greedy, the others are drawn at temperature 0.8. */
export declare function tryExactness(model: LlamaEngineModel, prompts: readonly Int32Array[], maxTokens: number, settings?: readonly TrialSetting[], temperatures?: readonly number[]): TrialResult;
/** Prompts that nobody wrote, of 1 to 40 tokens; later parts repeat earlier ones, so that there is something to look up. */
export declare function randomPrompts(count: number, vocabularySize: number, seed: number): Int32Array[];
