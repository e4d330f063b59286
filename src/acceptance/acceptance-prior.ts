/**
 * What is taken for granted about guesses before any was verified, and how signals are binned.
 *
 * Measured with the bundled target and draft on 280 held-out prompts of seven tasks. Of a draft's first
 * guesses with a margin of 0, 0.25, 0.5, 1, 1.5, 2, 3, 4, 6, 8 nats or more stood, greedy: .27 .28 .49 .62 .70
 * .77 .91 .97 .99 .99, at T = 0.8: .25 .24 .34 .46 .54 .62 .79 .92 .97 .99; that is log-odds of about
 * 0.9 * margin - 1, at later positions hardly different, and alike in all tasks. Of second choices, where the
 * first was wrong, about .36 were accepted at small margins and .25 at large ones. For suffix the rates found are the prior, for
 * lookup those of 309 answers of SmolLM2; with the same signal they are the same at all positions.
 */
import { probabilityOf } from './log-odds.js';
import type { GuessSource } from '../speculation/proposal.js';

/** Positions told apart; later ones are as the last. */
export const POSITIONS = 16;

/** Nats between a draft's first and second choice from which each bin begins. */
const MARGIN_BINS = [0, 0.25, 0.5, 1, 1.5, 2, 3, 4, 6, 8] as const;
const MARGIN_CENTRES = [0.125, 0.375, 0.75, 1.25, 1.75, 2.5, 3.5, 5, 7, 9] as const;
/** Of lookup and suffix: odds of the continuation, more with the length of the match. */
const CONTINUATION_BINS = [0, 0.5, 1, 2, 3.4, 4, 5, 6, 8, 12, 16, 32] as const;
/** Classes of positions that signals are told apart by: 0, 1, 2 and 3, 4 and more. */
const CLASSES = 4;

export interface SourcePrior {
  /** [position] P(stands | all before it stand) when its signal is not known yet. */
  readonly byPosition: readonly number[];
  /** [bin] least signal. */
  readonly bins: readonly number[];
  /** Whether a greater signal speaks for or against the guess. */
  readonly trend: 'rising' | 'falling';
  /** [class of positions * bins + bin] P(stands | all before it stand, signal). */
  readonly bySignal: readonly number[];
  /**
   * Log-odds added where the text is sampled: the noise decides for both, but for a target that is less sure of a token than
   * of none it picks what the guess is not. Measured along 140 sampled (T = 0.8) and as many greedy answers of SmolLM2 to the
   * bundled tasks' held-out prompts (`bench/record-guesses.mjs`): of a draft's guesses .365 instead of .607 are right, of
   * another's .244 instead of .438 (log-odds -0.98, -0.88; by task -0.4 to -2.0), of lookup's first .62 instead of .81, and
   * with the same signal .71, .85, .91 instead of .81, .91, .95.
   */
  readonly sampled: number;
}

export const PRIORS: Readonly<Record<GuessSource, SourcePrior>> = {
  lookup: {
    byPosition: positions([0.6, 0.7, 0.76, 0.79, 0.84, 0.87]),
    bins: CONTINUATION_BINS,
    trend: 'rising',
    bySignal: classes([0.19, 0.26, 0.45, 0.58, 0.69, 0.77, 0.81, 0.89, 0.935, 0.98, 0.985, 0.99]),
    sampled: -0.7,
  },
  suffix: {
    byPosition: positions([0.3, 0.5, 0.55, 0.6]),
    bins: CONTINUATION_BINS,
    trend: 'rising',
    bySignal: classes([0.11, 0.18, 0.33, 0.42, 0.42, 0.56, 0.56, 0.72, 0.8, 0.87, 0.94, 0.95]),
    sampled: -0.7,
  },
  draft: {
    // Less than the bundled draft's .79 .86 .87 .90: others are not trained for their target.
    byPosition: positions([0.7, 0.76, 0.79, 0.81]),
    bins: MARGIN_BINS,
    trend: 'rising',
    bySignal: classes(MARGIN_CENTRES.map((margin) => probabilityOf(0.9 * Math.min(margin, 6) - 1))),
    sampled: -1,
  },
  alternative: {
    byPosition: positions([0.33]),
    bins: MARGIN_BINS,
    trend: 'falling',
    bySignal: classes(MARGIN_CENTRES.map((margin) => 0.37 - 0.02 * Math.min(margin, 6))),
    sampled: 0,
  },
  grammar: {
    byPosition: positions([0.85, 0.9]),
    // Little known, once in a state, the end of what is forced, forced, in this state or style again, certain.
    bins: [0, 4, 6, 7, 8, 12, 32],
    trend: 'rising',
    bySignal: classes([0.5, 0.5, 0.82, 0.85, 0.95, 0.95, 0.995]),
    sampled: 0,
  },
};

/** The same for all classes of positions. */
function classes(rates: readonly number[]): number[] {
  return Array.from({ length: CLASSES }, () => rates).flat();
}

/** As given for the first positions, and as the last of these for the others. */
function positions(first: readonly number[]): number[] {
  return Array.from({ length: POSITIONS }, (_, position) => first[Math.min(position, first.length - 1)]!);
}

/** Cell of a position; any number is taken for the nearest position there is. */
export function positionCell(position: number): number {
  if (!(position > 0)) return 0;
  return position < POSITIONS ? Math.floor(position) : POSITIONS - 1;
}

/** Cell of a signal at a position; what is no number counts as the least signal. */
export function signalCell(bins: readonly number[], position: number, signal: number): number {
  let bin = 0;
  while (bin + 1 < bins.length && signal >= bins[bin + 1]!) bin += 1;
  return classOf(position) * bins.length + bin;
}

/** Class of a position, by which signals are told apart. */
function classOf(position: number): number {
  const cell = positionCell(position);
  return cell < 2 ? cell : cell < 4 ? 2 : CLASSES - 1;
}
