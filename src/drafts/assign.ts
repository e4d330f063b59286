/**
 * Which draft serves which task: for each task the candidate with the highest token goodput that the planner itself
 * expects of it on this machine (TaskSpec, arXiv 2505.08600, assigns drafts to tasks by predicted gain; here gain and
 * cost are one figure). The acceptance by position was measured on held-out prompts of the task.
 */
import { ONLY_DRAFT, tableOf, type ModelCosts } from '../costs/cost-table.js';
import { PRIOR_STEP_COSTS } from '../costs/prior-costs.js';
import { planGuesses } from '../planning/planner.js';
import type { PlanOption } from '../planning/types.js';
import type { LookupAgreement } from './measure-on.js';
import type { Assignment, Candidate } from './registry/entry.js';

/** As `--draft-max` is where nobody says otherwise. */
const MOST_GUESSES = 16;
/** Tokens in the cache of a request of which nothing else is known. */
export const USUAL_CONTEXT = 256;
/** A draft of its own must promise so much more than the next simpler candidate, or measuring noise would choose. */
const LEAST_GAIN = 1.01;

export interface Goodput {
  /** Expected tokens a second of one stream. */
  readonly tokenGoodput: number;
  /** Guesses in a row that promise most; 0 for none. */
  readonly length: number;
}

/** What one stream comes to with the best number of guesses, by the planner's own arithmetic. */
export function goodputOf(
  target: ModelCosts,
  survival: readonly number[],
  draft: ModelCosts | undefined,
  context = USUAL_CONTEXT,
): Goodput {
  const costs = tableOf(target, draft === undefined ? {} : { [ONLY_DRAFT]: draft }, PRIOR_STEP_COSTS);
  const option: PlanOption = {
    source: draft === undefined ? 'lookup' : 'draft',
    survival: monotone(extended(survival)),
    // After a step of which all guesses were accepted it lacks two tokens, after others one.
    catchUp: draft === undefined ? 0 : 1,
    catchUpShare: 1,
  };
  const { forecast, choices } = planGuesses({
    requests: [{ id: 0, sequence: 0, context, fixed: false, options: [option] }],
    prefill: [],
    prefillTokenCells: 0,
    unified: true,
    costs,
  });
  return { tokenGoodput: (1000 * forecast.tokens) / forecast.ms, length: choices[0]!.length };
}

/** Looking up has a guess at some places only; the others are computed one by one. */
export function lookupGoodput(
  target: ModelCosts,
  { coverage, survival }: Pick<LookupAgreement, 'coverage' | 'survival'>,
  context = USUAL_CONTEXT,
): Goodput {
  const none = goodputOf(target, [], undefined, context);
  const found = goodputOf(target, survival, undefined, context);
  const tokens = 1 + sumOf(monotone(extended(survival)).slice(0, found.length));
  // Per step: its tokens, and its time.
  const stepMs = (1000 * tokens) / found.tokenGoodput;
  const plainMs = 1000 / none.tokenGoodput;
  const ms = coverage * stepMs + (1 - coverage) * plainMs;
  return { tokenGoodput: (1000 * (coverage * tokens + 1 - coverage)) / ms, length: found.length };
}

export interface DraftCandidate {
  readonly id: string;
  /** [k] share of places at which the next k + 1 tokens were all guessed. */
  readonly survival: readonly number[];
  readonly costs: ModelCosts;
}

/** @param drafts simpler ones first: the general draft before specialists */
export function assign(
  target: ModelCosts,
  drafts: readonly DraftCandidate[],
  lookup: Pick<LookupAgreement, 'coverage' | 'survival'>,
  at: number,
): Assignment {
  const none: Candidate = { draft: 'none', right: undefined, ...goodputOf(target, [], undefined) };
  const looked: Candidate = { draft: 'lookup', right: lookup.survival[0], ...lookupGoodput(target, lookup) };
  const guessed = drafts.map(({ id, survival, costs }): Candidate => ({
    draft: id,
    right: survival[0],
    ...goodputOf(target, survival, costs),
  }));
  const candidates = [none, looked, ...guessed];
  let best = none;
  for (const candidate of candidates)
    if (candidate.tokenGoodput > best.tokenGoodput * LEAST_GAIN) best = candidate;
  return {
    draft: best === none || best === looked ? null : best.draft,
    candidates: [...candidates].sort((a, b) => b.tokenGoodput - a.tokenGoodput),
    reason: reasonOf(best, none),
    at,
  };
}

function reasonOf({ draft, right, length, tokenGoodput }: Candidate, none: Candidate): string {
  if (draft === 'none') return `no guesses pay: ${none.tokenGoodput.toFixed(0)} tokens/s without`;
  const times = (tokenGoodput / none.tokenGoodput).toFixed(2);
  return `${Math.round(100 * (right ?? 0))} % of first guesses right, ${length} in a row: ${tokenGoodput.toFixed(0)} tokens/s expected, ${times} times as fast as without`;
}

/** Beyond what was measured it goes on as between the last two. */
function extended(survival: readonly number[]): number[] {
  const all = [...survival];
  while (all.length > 0 && all.length < MOST_GUESSES) {
    const last = all.at(-1)!;
    const before = all.at(-2) ?? 1;
    all.push(before === 0 ? 0 : last * Math.min(1, last / before));
  }
  return all;
}

/** Shares are counted at places of their own near a text's end, so that noise may let them rise. */
function monotone(survival: readonly number[]): number[] {
  let least = 1;
  return survival.map((share) => (least = Math.min(least, share)));
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
