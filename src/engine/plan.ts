/**
 * What one step will compute: a pure function of the requests, the options and the room in batch and cache.
 *
 * Rule: a request has known tokens and computed tokens; every step computes some of what is known and
 * perhaps some guesses. Prefill, decode and verification are then one thing.
 */
import type { RequestState } from './request-state.js';
import type { EngineOptions, SpeculationMode } from './types.js';

/** One request's part of a step. */
export interface PlanItem {
  readonly state: RequestState;
  /** Known tokens to compute, from `state.computed` on; >= 1. */
  readonly count: number;
  /** True when that completes what is known, so that a token can be sampled. */
  readonly samples: boolean;
  /** Most guesses to verify besides; 0 where there is no speculation. */
  readonly guesses: number;
  /** Which proposers may guess. */
  readonly mode: SpeculationMode;
  /** The guesses; filled by the proposers, at most `guesses` of them. */
  readonly proposal: number[];
  /** Row of the logits after the last known token; set when the batch is filled, -1 where none is wanted. */
  firstRow: number;
}

/** Identities: batchTokens = prefillTokens + decodeTokens + guesses over all items. */
export interface StepPlan {
  readonly items: readonly PlanItem[];
  /** Prompt tokens (or tokens recomputed after a preemption). */
  readonly prefillTokens: number;
  /** True when the KV cache had no room for a request's next token, or for anything at all. */
  readonly starved: boolean;
}

/** Most guesses a request may ask for. */
export const MAX_DRAFT_LENGTH = 64;

/** @param reserve sets KV cells aside for a request; false when there are none to be had */
export function planStep(
  running: readonly RequestState[],
  options: EngineOptions,
  batchCapacity: number,
  reserve: (state: RequestState, count: number) => boolean,
): StepPlan {
  const items: PlanItem[] = [];
  const decoding = running.filter((state) => state.pending === 1);
  let free = batchCapacity;
  let starved = false;

  // Requests that only need their next token come first; each also guesses what its share of the batch allows.
  const share = decoding.length > 0 ? Math.floor(batchCapacity / decoding.length) - 1 : 0;
  for (const state of decoding) {
    if (free === 0) break;
    const { mode, guesses } = speculationOf(state, options, Math.min(share, free - 1));
    const granted = guesses > 0 && reserve(state, 1 + guesses) ? guesses : 0;
    if (granted === 0 && !reserve(state, 1)) {
      starved = true;
      continue;
    }
    items.push(itemOf(state, 1, granted, mode));
    free -= 1 + granted;
  }

  // What is left goes to prompts, oldest first; bounded while others decode, so that nobody waits for long.
  let prefillTokens = 0;
  let chunk = decoding.length > 0 ? Math.min(free, options.prefillChunk) : free;
  for (const state of running) {
    if (chunk === 0) break;
    if (state.pending === 1) continue;
    const count = Math.min(state.pending, chunk);
    if (!reserve(state, count)) continue;
    items.push(itemOf(state, count, 0, 'off'));
    chunk -= count;
    prefillTokens += count;
  }
  return { items, prefillTokens, starved: starved || (items.length === 0 && running.length > 0) };
}

function itemOf(state: RequestState, count: number, guesses: number, mode: SpeculationMode): PlanItem {
  return { state, count, samples: count === state.pending, guesses, mode, proposal: [], firstRow: -1 };
}

function speculationOf(
  state: RequestState,
  options: EngineOptions,
  room: number,
): { mode: SpeculationMode; guesses: number } {
  const wish = state.request.speculation;
  const engineMode = options.speculation.mode;
  // The engine's `off` is the operator's word; its other modes are only the default for `auto`.
  const mode = engineMode === 'off' ? 'off' : wish.mode === 'auto' ? engineMode : wish.mode;
  if (mode === 'off') return { mode, guesses: 0 };
  const length = Math.min(wish.maxTokens ?? options.speculation.draftLength, MAX_DRAFT_LENGTH);
  // The verification itself yields one token, so guesses beyond the last but one are never used.
  return { mode, guesses: Math.max(0, Math.min(length, room, state.limit - state.known - 1)) };
}
