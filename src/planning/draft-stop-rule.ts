/**
 * What drafting promises to a request alone when it is ended as soon as it no longer pays: after each guess its
 * signal tells how likely it stands, and what is unlikely is not verified. A plan that reckons with the mean of all
 * guesses knows nothing of that and gives up where half of the guesses are nearly sure and the others are dropped.
 *
 * An optimal stopRule problem (Chow, Robbins, Siegmund, "Great Expectations: The Theory of Optimal DraftStopRule", 1971),
 * solved backwards from the longest chain on a grid of survivals.
 */
import type { SignalDistribution } from '../acceptance/signal-distribution.js';

/** What a chain of guesses costs, by its length. */
export interface ChainCosts {
  /** [guess] milliseconds to draft it. */
  readonly draftMs: readonly number[];
  /** [guess] milliseconds that the target needs for it, all before it being verified. */
  readonly verifyMs: readonly number[];
}

/** Expected beyond a step without guesses. */
export interface Promised {
  /** Guesses that stand. */
  readonly tokens: number;
  readonly ms: number;
  /** Of these, in the draft model. */
  readonly draftMs: number;
  /** Guesses that are verified. */
  readonly guesses: number;
}

/** Survivals from 0 to 1 in so many equal steps, straight lines in between. */
const GRID = 20;
/** Numbers of a state: those of `Promised`. */
const STRIDE = 4;
const ROW = (GRID + 2) * STRIDE;

/** The best way to draft for a request alone, at a given price of time. */
export class DraftStopRule {
  readonly #price: number;
  readonly #most: number;
  /** [depth][survival] what going on promises. */
  readonly #states: Float64Array;

  /**
   * @param signalDistributions [position, the last for all later ones]
   * @param costs as many guesses as there may be
   * @param price tokens that a millisecond must bring
   */
  constructor(
    signalDistributions: readonly SignalDistribution[],
    { draftMs, verifyMs }: ChainCosts,
    price: number,
  ) {
    this.#price = price;
    this.#most = draftMs.length;
    this.#states = new Float64Array((this.#most + 1) * ROW);
    let leastMs = Infinity;
    for (let depth = this.#most - 1; depth >= 0; depth--) {
      leastMs = Math.min(leastMs, verifyMs[depth]!);
      // What is less likely than the cheapest guess must be pays nowhere.
      const least = Math.max(0, Math.ceil(price * leastMs * GRID));
      const distribution = signalDistributions[Math.min(depth, signalDistributions.length - 1)]!;
      // Nothing but 1 is asked for at the beginning.
      for (let step = depth === 0 ? GRID : least; step <= GRID; step++)
        this.#solve(depth, step, distribution, draftMs[depth]!, verifyMs[depth]!);
    }
  }

  /** What drafting from the beginning promises; no tokens where it does not pay. */
  get promised(): Promised {
    const at = GRID * STRIDE;
    const [tokens, ms, draftMs, guesses] = this.#states.subarray(at, at + STRIDE);
    return { tokens: tokens!, ms: ms!, draftMs: draftMs!, guesses: guesses! };
  }

  /**
   * What going on is worth, in tokens less what its time must bring; 0 where it does not pay.
   * @param depth guesses made
   * @param survival P(all of them stand)
   */
  worth(depth: number, survival: number): number {
    if (depth >= this.#most) return 0;
    const place = survival * GRID;
    return this.#between(depth, place, 0) - this.#price * this.#between(depth, place, 1);
  }

  #solve(
    depth: number,
    step: number,
    { shares, stands }: SignalDistribution,
    draftMs: number,
    verifyMs: number,
  ): void {
    const states = this.#states;
    const price = this.#price;
    const next = (depth + 1) * ROW;
    let tokens = 0;
    let ms = draftMs;
    let drafting = draftMs;
    let guesses = 0;
    for (let bin = 0; bin < shares.length; bin++) {
      // As `#between` does, for four numbers at once: this runs some thousand times a plan.
      const place = step * stands[bin]!;
      const low = Math.floor(place);
      const above = place - low;
      const below = 1 - above;
      const at = next + low * STRIDE;
      const more = place / GRID + below * states[at]! + above * states[at + STRIDE]!;
      const moreMs = verifyMs + below * states[at + 1]! + above * states[at + STRIDE + 1]!;
      if (more <= price * moreMs) continue;
      const share = shares[bin]!;
      tokens += share * more;
      ms += share * moreMs;
      drafting += share * (below * states[at + 2]! + above * states[at + STRIDE + 2]!);
      guesses += share * (1 + below * states[at + 3]! + above * states[at + STRIDE + 3]!);
    }
    if (tokens <= price * ms) return;
    const at = depth * ROW + step * STRIDE;
    states[at] = tokens;
    states[at + 1] = ms;
    states[at + 2] = drafting;
    states[at + 3] = guesses;
  }

  /** A number of a state between two points of the grid. */
  #between(depth: number, place: number, number: number): number {
    const low = Math.floor(place);
    const at = depth * ROW + low * STRIDE + number;
    const value = this.#states[at]!;
    return value + (place - low) * (this.#states[at + STRIDE]! - value);
  }
}
