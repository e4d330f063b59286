/**
 * How often a draft's guesses are accepted in a task: Beta posteriors that forget, of the first guess and of later ones.
 * The guesses of one answer go together, so an answer counts as a bounded number of independent guesses at most.
 */
import { normalNumber } from '../../base/random.js';
import type { GuessCount } from '../../engine/guess-counts.js';
import type { AcceptanceRates } from './goodput.js';

/** Guesses that one answer counts as: answers differ by more than the chance of single guesses. */
const MOST_WEIGHT = 20;
/** Kept of what is known at each further answer, so that about the last twenty count. */
const KEPT = 0.95;
/** A prior counts as so many guesses. */
const PRIOR_WEIGHT = 4;

export class TaskAcceptance {
  readonly #prior: AcceptanceRates;
  readonly #weight: number;
  #first = { accepted: 0, refused: 0 };
  #later = { accepted: 0, refused: 0 };
  answers = 0;

  /** @param weight guesses that the prior counts as; undefined: a few, as of what was measured elsewhere */
  constructor(prior: AcceptanceRates, weight: number = PRIOR_WEIGHT) {
    this.#prior = prior;
    this.#weight = weight;
  }

  get mean(): AcceptanceRates {
    return {
      first: this.#mean(this.#first, this.#prior.first),
      later: this.#mean(this.#later, this.#prior.later),
    };
  }

  #mean({ accepted, refused }: Tally, prior: number): number {
    return (accepted + prior * this.#weight) / (accepted + refused + this.#weight);
  }

  /** Drawn from the posterior, in its normal approximation. */
  sample(random: () => number): AcceptanceRates {
    return {
      first: this.#draw(this.#first, this.#prior.first, random),
      later: this.#draw(this.#later, this.#prior.later, random),
    };
  }

  #draw(tally: Tally, prior: number, random: () => number): number {
    const mean = this.#mean(tally, prior);
    const weight = tally.accepted + tally.refused + this.#weight;
    const deviation = Math.sqrt((mean * (1 - mean)) / (weight + 1));
    return Math.min(0.999, Math.max(0.001, mean + deviation * normalNumber(random)));
  }

  /** @param tallies of one answer */
  learn({ first, later }: GuessTallies): void {
    this.answers += 1;
    this.#first = added(this.#first, first);
    this.#later = added(this.#later, later);
  }

  /** An answer of the task went to another draft: what is known of this one ages a little. */
  age(): void {
    const keep = 1 - (1 - KEPT) / 20;
    this.#first = scaled(this.#first, keep);
    this.#later = scaled(this.#later, keep);
  }
}

export interface Tally {
  readonly accepted: number;
  readonly refused: number;
}

export interface GuessTallies {
  readonly first: Tally;
  readonly later: Tally;
}

const scaled = ({ accepted, refused }: Tally, by: number): Tally => ({
  accepted: accepted * by,
  refused: refused * by,
});

function added(known: Tally, more: Tally): Tally {
  const total = more.accepted + more.refused;
  if (total === 0) return known;
  const { accepted, refused } = scaled(more, Math.min(1, MOST_WEIGHT / total));
  const old = scaled(known, KEPT);
  return { accepted: old.accepted + accepted, refused: old.refused + refused };
}

/** Guesses that were reached: those behind a refused one say nothing. Undefined where there is none. */
export function talliesOf({ drafted, accepted }: Readonly<GuessCount>): GuessTallies | undefined {
  const reached = (position: number): number =>
    Math.min(drafted[position] ?? 0, position === 0 ? Infinity : (accepted[position - 1] ?? 0));
  const tally = (from: number, to: number): Tally => {
    let right = 0;
    let refused = 0;
    for (let position = from; position < to; position++) {
      const here = Math.min(accepted[position] ?? 0, reached(position));
      right += here;
      refused += reached(position) - here;
    }
    return { accepted: right, refused };
  };
  const first = tally(0, 1);
  return first.accepted + first.refused === 0 ? undefined : { first, later: tally(1, drafted.length) };
}
