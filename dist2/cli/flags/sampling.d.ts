/** The flags that say how words are chosen, for `serve` (where requests say nothing else) and `generate`. */
import type { Command } from 'commander';
import type { SamplingDefaults } from '../../base/sampling-options.js';
export interface SamplingFlags {
    readonly temp?: number;
    readonly topK?: number;
    readonly topP?: number;
    readonly minP?: number;
    readonly repeatPenalty?: number;
}
/** @param temperature where neither flag nor model's file says one */
export declare function addSamplingFlags(command: Command, temperature: number): Command;
/** What the flags say of how words are chosen. */
export declare function givenSampling({ temp: temperature, topK, topP, minP, repeatPenalty, }: SamplingFlags): Partial<SamplingDefaults>;
