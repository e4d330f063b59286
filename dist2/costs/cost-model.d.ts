import { type CostTable, type TargetWork } from './cost-table.js';
export declare class CostModel {
    #private;
    constructor(initial: CostTable);
    /** Immutable; another one when costs have moved. */
    get table(): CostTable;
    /** Observations left out because they cannot be true: not a number, zero, negative, endless. */
    get ignored(): number;
    /** A decode of the target has taken `ms`. */
    observeTarget(work: TargetWork, ms: number): void;
    /** One decode of the draft model has taken `ms`, the `first` of its step or not; nothing without one. */
    observeDraft(tokens: number, tokenCells: number, ms: number, first?: boolean): void;
    /** A step has taken `ms` outside all decodes, when `rows` rows of logits were sampled from. */
    observeOverhead(rows: number, guessed: boolean, ms: number): void;
}
