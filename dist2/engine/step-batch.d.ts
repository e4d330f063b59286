import type { TokenBatch } from '../decoder/batch.js';
import type { Proposal } from '../speculation/proposal.js';
import type { KvPool } from './kv-pool.js';
import type { DecodeItem, PrefillItem } from './schedule.js';
import { type Placement } from './tree-batch.js';
export interface BatchLayout {
    /** [decode item] */
    readonly placements: readonly Placement[];
    /** [prefill item] row of its first token's logits, where the request wants those of its prompt. */
    readonly firstRows: readonly number[];
}
/**
 * In the order of sequences: those that follow each other are computed together (`costs/ubatches.ts`).
 * @param proposals [decode item]
 */
export declare function fillBatch(batch: TokenBatch, pool: KvPool, prefill: readonly PrefillItem[], decode: readonly DecodeItem[], proposals: readonly Proposal[]): BatchLayout;
