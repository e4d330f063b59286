/**
 * Which tasks a draft of their own would pay for: it must save, within a day of the traffic that the journal shows, the
 * minutes that its training takes. What it would gain is predicted from the guesses that are refused now: training on
 * the task alone has taken a known share of them away before. Afterwards the prediction is held against what came of it.
 */
import { countText } from '../base/count-text.js';
import type { ModelCosts } from '../costs/cost-table.js';
import { median } from '../base/statistics.js';
import { goodputOf } from './assign.js';
import type { Decision } from './registry/entry.js';

/**
 * Of the guesses that a general draft has refused, the share that is still refused after a short training on the task alone,
 * where nothing has been measured yet. The demo target's seven tasks had 0.75 to 0.96, median 0.87, after 0.4 minutes each.
 */
export const USUAL_REFUSED_SHARE = 0.85;
/** Fewest texts of a task that training and measuring can share. */
export const LEAST_TASK_TEXTS = 40;
/** Latest results that say what training takes away. */
const LATEST = 24;

export interface TrainingCandidate {
  readonly task: string;
  /** Prompts with or without answers that there are of it. */
  readonly texts: number;
  /** Output tokens a day; undefined where no journal says. */
  readonly tokensPerDay: number | undefined;
  /** [k] of the best draft that the task has now, on held-out prompts. */
  readonly survival: readonly number[];
  readonly costs: ModelCosts;
  /** That training, and making what it learns from, would take. */
  readonly minutes: number;
}

/** Share of refused guesses that training leaves, by what it has left before. */
export function refusedShare(decisions: readonly Decision[]): number {
  const shares = decisions
    .filter(({ before, after }) => after !== undefined && before < 0.995)
    .slice(-LATEST)
    .map(({ before, after }) => (1 - after!) / (1 - before));
  return shares.length < 3 ? USUAL_REFUSED_SHARE : Math.min(1, Math.max(0.2, median(shares)));
}

/** @param all train whatever has texts enough, paid back or not */
export function decide(
  candidate: TrainingCandidate,
  target: ModelCosts,
  refused: number,
  { all, at }: { readonly all: boolean; readonly at: number },
): Decision {
  const { task, texts, tokensPerDay, survival, costs, minutes } = candidate;
  const before = survival[0] ?? 0;
  const better = improved(survival, refused);
  const expected = better[0] ?? 0;
  const savedMinutes =
    tokensPerDay === undefined ? undefined : savedMinutesOf(target, costs, survival, better, tokensPerDay);
  const base = { task, before, expected, minutes, savedMinutes, at };
  if (texts < LEAST_TASK_TEXTS)
    return {
      ...base,
      train: false,
      reason: `too little data: ${countText(texts, 'prompt')} of at least ${LEAST_TASK_TEXTS}`,
    };
  const words = `${percent(before)} of first guesses are right, ${percent(expected)} expected after ${minutes.toFixed(1)} min`;
  if (savedMinutes === undefined)
    return { ...base, train: true, reason: `${words}; how much traffic there is, is not known` };
  const day = `${words}, which would save ${savedMinutes.toFixed(1)} min a day`;
  if (savedMinutes >= minutes) return { ...base, train: true, reason: `${day}: repaid within a day` };
  return all
    ? { ...base, train: true, reason: `${day}: not repaid within a day, and asked for all the same` }
    : { ...base, train: false, reason: `${day}: not repaid within a day` };
}

/** The same decision, with what came of it. @param survival of the draft that was trained, undefined where none was kept */
export function judged(
  decision: Decision,
  { tokensPerDay, survival: was, costs }: Pick<TrainingCandidate, 'tokensPerDay' | 'survival' | 'costs'>,
  trained: { readonly survival: readonly number[]; readonly costs: ModelCosts },
  target: ModelCosts,
  spentMinutes: number,
): Decision {
  const after = Math.min(1, trained.survival[0] ?? 0);
  const done = { ...decision, after, spentMinutes };
  if (tokensPerDay === undefined) return done;
  const reallySavedMinutes = Math.max(
    0,
    minutesOf(tokensPerDay, goodputOf(target, was, costs).tokenGoodput) -
      minutesOf(tokensPerDay, goodputOf(target, trained.survival, trained.costs).tokenGoodput),
  );
  return { ...done, reallySavedMinutes, right: reallySavedMinutes >= spentMinutes };
}

/** [k] when of the guesses refused at each position only this share still is. */
function improved(survival: readonly number[], refused: number): number[] {
  let [before, after] = [1, 1];
  return survival.map((share) => {
    const rate = before === 0 ? 0 : Math.min(1, share / before);
    before = share;
    after *= 1 - (1 - rate) * refused;
    return after;
  });
}

function savedMinutesOf(
  target: ModelCosts,
  costs: ModelCosts,
  before: readonly number[],
  after: readonly number[],
  tokensPerDay: number,
): number {
  const now = goodputOf(target, before, costs).tokenGoodput;
  const then = goodputOf(target, after, costs).tokenGoodput;
  return minutesOf(tokensPerDay, now) - minutesOf(tokensPerDay, then);
}

const minutesOf = (tokens: number, tokensPerSecond: number): number => tokens / tokensPerSecond / 60;
const percent = (share: number): string => `${Math.round(100 * share)} %`;
