/**
 * Prompt lookup: when the last tokens of a text occurred before in it, what followed then is a good guess for
 * what follows now (Saxena, "Prompt Lookup Decoding", 2023). Costs no model; an index per request is kept up
 * to date as tokens arrive.
 */
import type { SequenceId } from '../base/types.js';
import { type DraftTask, type Proposer } from './proposer.js';
export interface LookupOptions {
    /** Shortest n-gram that is trusted, >= 1. */
    readonly minNgram: number;
}
export declare class LookupProposer implements Proposer {
    #private;
    readonly name = "lookup";
    constructor(options: LookupOptions);
    propose(tasks: readonly DraftTask[]): void;
    forgetRequest(requestId: number): void;
    forgetSequence(_sequence: SequenceId): void;
}
