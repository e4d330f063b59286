/** Lays out the target's batch of a step. */
import { sum } from '../base/statistics.js';
import { position as asPosition, token as asToken } from '../base/types.js';
import { gapsOf, mergeShares } from '../costs/ubatches.js';
import type { TokenBatch } from '../decoder/batch.js';
import type { Proposal } from '../speculation/proposal.js';
import type { KvPool, Slot } from './kv-pool.js';
import type { DecodeItem, PrefillItem } from './schedule.js';
import { addProposal, type Placement } from './tree-batch.js';

/** Known tokens of a request that are in a batch, from `state.computed` on. */
export type PrefillPiece = Pick<PrefillItem, 'state' | 'count'>;

export interface BatchLayout {
  /** [decode item] */
  readonly placements: readonly Placement[];
  /** [prefill item] row of its first token's logits, where the request wants those of its prompt. */
  readonly firstRows: readonly number[];
  /** Streams that hold a token which only fills a gap; they are to forget it after the decode. */
  readonly filled: readonly Slot[];
}

/** Any token: what it leads to is never looked at. */
const FILLING = asToken(0);

/**
 * In the order of sequences: those that follow each other are computed together (`costs/ubatches.ts`), and so are those
 * with a narrow gap between them, since the streams in it compute a token for nothing.
 * @param proposals [decode item]
 * @param most tokens in a batch with gaps filled
 */
export function fillBatch(
  batch: TokenBatch,
  pool: KvPool,
  prefill: readonly PrefillPiece[],
  decode: readonly DecodeItem[],
  proposals: readonly Proposal[],
  most: number,
): BatchLayout {
  const gaps = fillingOf(pool, prefill, decode, proposals, most);
  const placements: Placement[] = [];
  const firstRows: number[] = [];
  const parts = [
    // The end of a prompt stands before the first guesses behind it.
    ...prefill.map((item) => partOf(item.state.slot!, () => firstRows.push(addPrefill(batch, item)))),
    ...gaps.map((slot) =>
      partOf(slot, () => batch.add(FILLING, asPosition(slot.length), slot.sequence, false)),
    ),
    ...decode.map(({ state }, at) =>
      partOf(state.slot!, () => placements.push(addProposal(batch, pool, state, proposals[at]!))),
    ),
  ];
  for (const { add } of parts.sort((a, b) => a.sequence - b.sequence)) add();
  return { placements, firstRows, filled: gaps };
}

const partOf = ({ sequence }: Slot, add: () => void): { sequence: number; add: () => void } => ({
  sequence,
  add,
});

/** Whose streams are to fill gaps of a batch, in ascending order of sequences. */
function fillingOf(
  pool: KvPool,
  prefill: readonly PrefillPiece[],
  decode: readonly DecodeItem[],
  proposals: readonly Proposal[],
  most: number,
): Slot[] {
  const alone = decode.length + prefill.length < 2;
  if (most === 0 || alone || proposals.some(({ length }) => length > 0)) return [];
  const verified = decode.map(({ state }) => ({ sequence: state.slot!.sequence, tokens: 1 }));
  const prompts = prefill.map(({ state, count }) => ({ sequence: state.slot!.sequence, tokens: count }));
  const shares = mergeShares(verified, prompts);
  let room = most - sum(shares, ({ tokens }) => tokens);
  return gapsOf(shares).flatMap((gap) => {
    const slots = gap.flatMap(({ sequence }) => pool.fillable(sequence) ?? []);
    // Half a gap filled is two parts all the same.
    if (slots.length < gap.length || slots.length > room) return [];
    room -= slots.length;
    return slots;
  });
}

function addPrefill(batch: TokenBatch, { state, count }: PrefillPiece): number {
  const { tokens, computed, slot, scoring } = state;
  const firstRow = batch.outputCount;
  for (let at = computed; at < computed + count; at++)
    batch.add(asToken(tokens[at]!), asPosition(at), slot!.sequence, scoring);
  return firstRow;
}
