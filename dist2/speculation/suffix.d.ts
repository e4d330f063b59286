/**
 * Suffix drafting: what followed the end of the text in earlier outputs, most often, is a good guess for what
 * follows now (Oliaro et al., "SuffixDecoding", NeurIPS 2025). Costs no model; pays where answers repeat
 * themselves from one request to the next. What the text itself holds is prompt lookup's business.
 */
import type { SequenceId } from '../base/types.js';
import { type DraftTask, type Proposer } from './proposer.js';
export interface SuffixOptions {
    /** Most memory of the store of earlier outputs. */
    readonly maxBytes: number;
}
export declare class SuffixProposer implements Proposer {
    #private;
    readonly name = "suffix";
    /** @throws ForetokenError `invalid_option` for a size of store that cannot be. */
    constructor(options: SuffixOptions);
    /** Bytes of the store, and how much is in it. */
    get statistics(): {
        bytes: number;
        tokens: number;
        pending: number;
        nodes: number;
    };
    /**
     * Stores the finished output `tokens[from, to)`. A few of the prompt's last tokens (8, say) belong to it: by
     * them its beginning is found. Copies, and leaves the rest of the work to later steps.
     */
    learn(tokens: Int32Array, from: number, to: number, label: number): void;
    propose(tasks: readonly DraftTask[]): void;
    forgetRequest(requestId: number): void;
    forgetSequence(_sequence: SequenceId): void;
}
