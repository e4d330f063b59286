/** Lays out the target's batch of a step. */
import { position as asPosition, token as asToken } from '../base/types.js';
import type { TokenBatch } from '../decoder/batch.js';
import type { Proposal } from '../speculation/proposal.js';
import type { KvPool } from './kv-pool.js';
import type { DecodeItem, PrefillItem } from './schedule.js';
import { addProposal, type Placement } from './tree-batch.js';

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
export function fillBatch(
  batch: TokenBatch,
  pool: KvPool,
  prefill: readonly PrefillItem[],
  decode: readonly DecodeItem[],
  proposals: readonly Proposal[],
): BatchLayout {
  const firstRows: number[] = [];
  const placements = decode.map(({ state }, at) => {
    const { sequence } = state.slot!;
    for (let next = prefill[firstRows.length]; next !== undefined; next = prefill[firstRows.length]) {
      if (next.state.slot!.sequence > sequence) break;
      firstRows.push(addPrefill(batch, next));
    }
    return addProposal(batch, pool, state, proposals[at]!);
  });
  for (const item of prefill.slice(firstRows.length)) firstRows.push(addPrefill(batch, item));
  return { placements, firstRows };
}

function addPrefill(batch: TokenBatch, { state, count }: PrefillItem): number {
  const { tokens, computed, slot, scoring } = state;
  const firstRow = batch.outputCount;
  for (let at = computed; at < computed + count; at++)
    batch.add(asToken(tokens[at]!), asPosition(at), slot!.sequence, scoring);
  return firstRow;
}
