/** The report of a step, made of what its phases have returned. */
import { sum } from '../base/statistics.js';
import { countGuesses, guessTotals, type GuessCounts } from './guess-counts.js';
import type { GuessingRecord } from './guessing-phases.js';
import type { KvPool } from './kv-pool.js';
import type { Schedule } from './schedule.js';
import type { Speculator } from './speculator.js';
import type { StepReport } from './types.js';

/** How queue, cache and proposers are after the step. */
interface Gauges {
  readonly running: number;
  readonly waiting: number;
  readonly pool: Pick<KvPool, 'inUse' | 'cached' | 'free'>;
  readonly speculator: Pick<Speculator, 'timing' | 'proposers'>;
}

/** @param predictedMs as `StepReport` has it */
export function reportOf(
  { proposals, committed, stepMs, planMs }: GuessingRecord,
  { prefillTokens, decode }: Schedule,
  predictedMs: number | undefined,
  { running, waiting, pool, speculator }: Gauges,
  more: Pick<StepReport, 'preemptions' | 'plan'>,
): StepReport {
  const { targetMs, targetDecodes, batchTokens, draftMs, draftDecodes } = speculator.timing;
  const { guesses, drafts } = guessesOf(proposals, committed);
  const { draftTokens, acceptedTokens } = guessTotals(guesses);
  // Field by field: after a decode nothing of this is in the caches, and spread objects took 45 µs of every step.
  return {
    stepMs,
    targetMs,
    draftMs,
    planMs,
    predictedMs,
    batchTokens,
    prefillTokens,
    draftTokens,
    acceptedTokens,
    committedTokens: sum(committed, (got) => got?.tokens.length ?? 0),
    running,
    waiting,
    cellsInUse: pool.inUse,
    cellsCached: pool.cached,
    cellsFree: pool.free,
    preemptions: more.preemptions,
    targetDecodes,
    draftDecodes,
    decodingRequests: decode.length,
    drafts,
    guesses,
    plan: more.plan,
    proposerErrors: speculator.proposers.takeFailures(),
  };
}

/** What was verified, and how many proposals had guesses. */
function guessesOf(
  proposals: GuessingRecord['proposals'],
  committed: GuessingRecord['committed'],
): { readonly guesses: GuessCounts; readonly drafts: number } {
  const guesses: GuessCounts = {};
  let drafts = 0;
  proposals.forEach((proposal, at) => {
    const got = committed[at];
    if (got === undefined || proposal.length === 0) return;
    countGuesses(guesses, proposal, got.path);
    if (proposal.guesses > 0) drafts += 1;
  });
  return { guesses, drafts };
}
