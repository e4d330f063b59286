/**
 * What one step will compute: a pure function of the requests, the options and the room in batch and cache.
 *
 * Rule: a request has known tokens and computed tokens; every step computes some of what is known and
 * perhaps some guesses. Prefill, decode and verification are then one thing.
 */
import { sum } from '../base/statistics.js';
import type { Decoder } from '../decoder/decoder.js';
import { piecesOf, type PromptPiece } from './tiled-prompt.js';
import type { RequestState } from './request-state.js';
import { MOST_GUESSES } from './speculation-mode.js';

/** A piece of a prompt (or of what a preemption took) to compute. */
export interface PrefillItem {
  readonly state: RequestState;
  /** Known tokens to compute, from `state.computed` on; never the last known one. */
  readonly count: number;
  /** In this order; all but the rest are computed by themselves before the batch of the step. */
  readonly ahead: readonly PromptPiece[];
  /** Tokens at its end that are in the batch. */
  readonly rest: number;
}

/** The next token of a request, and guesses beyond it. */
export interface DecodeItem {
  readonly state: RequestState;
  /** Most guesses in a row that its text, the batch and the cache have room for. */
  readonly room: number;
  /**
   * Most tokens to verify behind its last one, guessed or not: where equal lengths are computed together, a request
   * near its limit is filled up to what the others have, and what lies beyond the limit is never looked at.
   */
  readonly padRoom: number;
}

/** Both lists in the order of sequences. Identity: tokens of the step = prefillTokens + (1 + guesses) over the decode items. */
export interface Schedule {
  readonly prefill: readonly PrefillItem[];
  /** Includes requests whose last piece of prompt is in `prefill`. */
  readonly decode: readonly DecodeItem[];
  readonly prefillTokens: number;
  /** True when the KV cache had no room for a request's next token or next piece of prompt. */
  readonly starved: boolean;
}

/**
 * @param running those that compute, in order of admission
 * @param prefillChunk most tokens of prompts
 * @param reserve sets KV cells aside for a request; false when there are none to be had
 * @param turn counts the steps that computed prompts
 */
export function scheduleStep(
  running: readonly RequestState[],
  prefillChunk: number,
  decoder: Pick<Decoder, 'exactRows' | 'sequenceCapacity' | 'tile' | 'vocabularySize'> & {
    readonly batch: { readonly capacity: number };
  },
  reserve: (state: RequestState, count: number) => boolean,
  turn = 0,
): Schedule {
  const decoding = running.filter((state) => state.pending === 1 && state.known < state.limit);
  // A next token comes before anybody's prompt and before any guess.
  let ready = decoding.filter((state) => reserve(state, 1));
  const starved = ready.length < decoding.length;
  const { capacity } = decoder.batch;
  const chunk = Math.min(prefillChunk, capacity);
  const prompts = inTurn(running, turn);
  const chunkOf = (state: RequestState): number =>
    state.scoring ? scoredChunk(chunk, decoder.vocabularySize) : chunk;
  const planned = planPrefill(prompts, chunk, chunkOf, decoder.tile, reserve);
  const { items: prefill, prefillTokens, blocked } = planned;
  const complete = prefill.filter(
    ({ state, count }) => state.pending - count === 1 && state.known < state.limit,
  );
  ready = [...ready, ...complete.map(({ state }) => state).filter((state) => reserve(state, 1))];
  prefill.sort((a, b) => sequenceOf(a) - sequenceOf(b));
  ready.sort((a, b) => a.slot!.sequence - b.slot!.sequence);

  const rows = Math.min(capacity, Math.max(decoder.exactRows, ready.length));
  const share = ready.length > 0 ? Math.floor(rows / ready.length) - 1 : 0;
  const decode = ready.map((state): DecodeItem => {
    // The verification itself yields one token, so guesses beyond the last but one are never used. For the first
    // token somebody waits: it is not held up by a draft that reads the prompt.
    const padRoom = Math.max(0, Math.min(share, MOST_GUESSES, decoder.sequenceCapacity - state.known));
    const most = Math.min(padRoom, state.limit - state.known - 1);
    const room = state.outputTokens === 0 ? 0 : Math.max(0, most);
    return { state, room, padRoom };
  });
  return { prefill, decode, prefillTokens, starved: starved || blocked };
}

/** Most memory for logits of a prompt's tokens, bytes: the library keeps what it once took. */
const SCORED_BYTES = 64 * 2 ** 20;

/** A prompt whose logits are wanted goes in pieces whose logits fit. */
const scoredChunk = (chunk: number, vocabularySize: number): number =>
  Math.max(1, Math.min(chunk, Math.floor(SCORED_BYTES / (4 * vocabularySize))));

const sequenceOf = ({ state }: PrefillItem): number => state.slot!.sequence;

/**
 * Prompts that are not in the cache yet, in the order in which they are computed: in every other step the one
 * with least left is first, so that a short prompt does not wait behind a long one, and in the others the one
 * that was admitted first, so that short ones cannot keep a long one from ever ending.
 */
function inTurn(running: readonly RequestState[], turn: number): RequestState[] {
  const prompts = running.filter((state) => state.pending > 1);
  const oldest = prompts[0];
  prompts.sort((a, b) => a.pending - b.pending);
  if (oldest === undefined || turn % 2 === 0) return prompts;
  return [oldest, ...prompts.filter((state) => state !== oldest)];
}

/**
 * Prompts are cut at multiples of the chunk and where tiled tokens begin and end, and the last token is left to the decode
 * batch: what a prompt's cache holds must not depend on what else was running. A step computes one whole piece, or
 * several that are no longer together: between steps others decode, and who has hung up is let go.
 */
function planPrefill(
  prompts: readonly RequestState[],
  chunk: number,
  chunkOf: (state: RequestState) => number,
  tile: Decoder['tile'],
  reserve: (state: RequestState, count: number) => boolean,
): { items: PrefillItem[]; prefillTokens: number; blocked: boolean } {
  const items: PrefillItem[] = [];
  let prefillTokens = 0;
  for (const state of prompts) {
    const pieces = piecesOf(state, tile, [state.computed, state.known - 1], chunkOf(state));
    const count = sum(pieces, (piece) => piece.count);
    if (items.length > 0 && prefillTokens + count > chunk) break;
    // Nobody must take the cells for which one that is before it waits.
    if (!reserve(state, count)) return { items, prefillTokens, blocked: true };
    const last = pieces.at(-1)!;
    const ahead = last.tiled ? pieces : pieces.slice(0, -1);
    items.push({ state, count, ahead, rest: last.tiled ? 0 : last.count });
    prefillTokens += count;
  }
  return { items, prefillTokens, blocked: false };
}
