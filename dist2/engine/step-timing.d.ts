/**
 * Times steps against what the table of costs foretold, so that it stays true. Between decodes nothing of this is
 * in the processor's caches, and what takes a microsecond in a loop takes twenty (demo model, EPYC Genoa): so once
 * the costs are known, only every other step is looked at, of those without guesses every eighth, and none where
 * nobody plans.
 */
import type { TokenBatch } from '../decoder/batch.js';
import type { DecodeCosts } from './types.js';
import { type CostTable } from '../costs/cost-table.js';
import { CostModel } from '../costs/cost-model.js';
export declare class StepTiming {
    #private;
    readonly latency: CostModel;
    /** Tokens of the target's latest decode. */
    previousTokens: number;
    /** Milliseconds of this step that the draft model took. */
    draftMs: number;
    /** Decodes of the draft model in this step. */
    draftDecodes: number;
    /** @param active whether anybody plans with the costs */
    constructor(costs: CostTable, unified: boolean, active: boolean);
    /** @param paused whether nothing is guessed in this step */
    begin(paused: boolean): void;
    /** A decode of the draft model and the choice of guesses after it have taken this long. */
    drafted(tokens: number, tokenCells: number, ms: number): void;
    /** A decode of the target has taken this long. */
    decoded(batch: TokenBatch, ms: number): void;
    /** What decodes cost, as is known now; undefined where nobody plans with it. */
    get costs(): DecodeCosts | undefined;
    /** What a step takes longer when guesses are looked for and none are made, milliseconds. */
    get lookMs(): number;
    /**
     * The step is over.
     * @param guessed whether any guess was verified
     * @returns what it was predicted to take, milliseconds; undefined when it was not looked at
     */
    ended(guessed: boolean, stepMs: number): number | undefined;
}
