/**
 * Verification of token trees in one batch (Miao et al., "SpecInfer", ASPLOS 2024). Every path from the root to
 * a leaf is a sequence: the main chain is in the request's own, each other leaf in one lent for the step, which
 * shares the cells of the text. A node belongs to the sequences of all leaves below it, so that it is computed
 * once and sees just its ancestors. Afterwards the path that stands becomes the request's own, by bookkeeping
 * alone, and all other nodes are forgotten.
 */
import { type SequenceId } from '../base/types.js';
import type { TokenBatch } from '../decoder/batch.js';
import { type Proposal } from '../speculation/proposal.js';
import type { KvPool } from './kv-pool.js';
import type { RequestState } from './request-state.js';
/** A proposal in the batch. */
export interface Placement {
    /** What is verified of it. */
    readonly proposal: Proposal;
    /** Row of the logits after the last known token; that of node n is `firstRow + 1 + n`. */
    readonly firstRow: number;
    /** [node] a sequence that holds the path to the node, the request's own where that does. */
    readonly holders: readonly SequenceId[];
}
/** Adds a request's last known token and its guesses, but for side branches that no sequence can be lent to. */
export declare function addProposal(batch: TokenBatch, pool: KvPool, state: RequestState, proposed: Proposal): Placement;
/**
 * After a decode: keeps the path that stands in the cache, and of it no more than belongs to the first `length`
 * tokens of the text.
 * @param path nodes that stand, from the root on
 */
export declare function keepPath(pool: KvPool, state: RequestState, { holders }: Placement, path: readonly number[], length: number): void;
