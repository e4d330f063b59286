/**
 * Corrects a cost that is a sum of terms, `exp(pace) * (v0 * a0 + v1 * a1 + ...)`, from what decodes really
 * took: amounts `a` are known for each observation, values `v` and the pace are learned.
 *
 * The pace, common to all values, is what other processes, heat and clock rates change. It follows the median
 * of the last `WINDOW` log residuals, so that single outliers move nothing and a lasting change is learned
 * within a few dozen observations. What the pace cannot explain corrects the values, slowly: a normalised step
 * of gradient descent on the log residual (each value by its share of the prediction), clipped as in Huber's
 * loss. Values are corrected in log space, so they stay positive. What all residuals have in common is the pace's
 * and no value's, and values leak a little towards where they started, or pace and values would drift apart in
 * opposite directions: hiccups only ever add, so the mean of the residuals lies above their median.
 */

/** Residuals that the pace is taken from: 4 of 9 may be anything. */
const WINDOW = 9;
/** Share of the way to the median that the pace goes with each observation. */
const PACE_GAIN = 0.15;
/** A median further away counts as this far (log; 7x). */
const PACE_CLIP = 2;
const MOST_PACE = Math.log(1000);

/** Share of a residual that the values take up with each observation. */
const VALUE_GAIN = 0.08;
/** A residual further away counts as this far (log; 22 %): an outlier moves a value by 1.6 %. */
const VALUE_CLIP = 0.2;
/** Pull to the start, as a share of the gain: a lasting correction by a third is made but for 0.3 %. */
const LEAK = 0.01;
const MOST_CORRECTION = Math.log(30);
/**
 * A value that is not observed goes back to where it started, half-way within some 700 observations of others: what
 * a bad moment made dear would otherwise stay dear, for nobody would ever try it again.
 */
const FADE_AFTER = 32;
const FADE = 2 ** (-FADE_AFTER / 700);

const UNSEEN_WEIGHT = 1;
const MOST_WEIGHT = 128;

/** Share of the way that what all residuals have in common follows each of them. */
const COMMON_GAIN = 0.02;

/** When so many residuals in a row lie this far (log) on one side, it is the pace that is wrong. */
const STREAK = 4;
const ONE_SIDED = 0.1;
/** Smallest value, milliseconds: a value of zero could never be corrected. */
const LEAST_VALUE = 1e-6;

export class OnlineRegression {
  /** [term] milliseconds at pace 0. */
  readonly values: Float64Array;
  /** [term] of the observation at hand; set by the caller before `predict` or `learn`. */
  readonly amounts: Float64Array;
  /** Log factor on all values, beside the one the caller gives. */
  pace = 0;

  /** [term] how much is known of a value, beside others: observations, few of which are long ago. */
  readonly weights: Float64Array;

  readonly #initial: Float64Array;
  /** [term] log of value over initial value. */
  readonly #corrections: Float64Array;
  /** [term] pace + correction when last published. */
  readonly #published: Float64Array;
  readonly #recent = new Float64Array(WINDOW);
  readonly #sorted = new Float64Array(WINDOW);
  #next = 0;
  /** Side of the latest residual, and how many in a row lie there. */
  #side = 0;
  #streak = 0;
  /** [term] observed since values last faded. */
  readonly #seen: Uint8Array;
  #untilFade = FADE_AFTER;
  /** Mean of the clipped residuals. */
  #common = 0;

  /** @param initial [term] milliseconds */
  constructor(initial: readonly number[]) {
    this.weights = new Float64Array(initial.length).fill(UNSEEN_WEIGHT);
    this.#initial = Float64Array.from(initial, (value) => Math.max(value, LEAST_VALUE));
    this.values = this.#initial.slice();
    this.amounts = new Float64Array(initial.length);
    this.#corrections = new Float64Array(initial.length);
    this.#published = new Float64Array(initial.length);
    this.#seen = new Uint8Array(initial.length);
  }

  /**
   * Learns from one observation of the amounts.
   * @param ms > 0
   * @param outerPace log factor that is learned elsewhere
   * @returns the furthest that a value concerned has moved (log) since `markPublished`
   */
  learn(ms: number, outerPace = 0): number {
    const { amounts, values } = this;
    let sum = 0;
    for (let term = 0; term < amounts.length; term++) sum += amounts[term]! * values[term]!;
    if (!(sum > 0)) return 0;
    const residual = Math.log(ms / sum) - outerPace;
    this.#recent[this.#next] = residual;
    this.#next = (this.#next + 1) % WINDOW;
    const sorted = this.#sort();
    const away = clip(sorted[WINDOW >> 1]! - this.pace, PACE_CLIP);
    this.pace = clip(this.pace + PACE_GAIN * away, MOST_PACE);
    const off = residual - this.pace;
    const side = off > ONE_SIDED ? 1 : off < -ONE_SIDED ? -1 : 0;
    this.#streak = side === this.#side ? this.#streak + 1 : 1;
    this.#side = side;
    if (--this.#untilFade === 0) this.#fade();
    if (side !== 0 && this.#streak >= STREAK) return this.#correct(sum, 0);
    const clipped = clip(off, VALUE_CLIP);
    this.#common += COMMON_GAIN * (clipped - this.#common);
    return this.#correct(sum, clipped - this.#common);
  }

  /** Moves each value by its share of the prediction `sum`; see `learn` for what it returns. */
  #correct(sum: number, residual: number): number {
    const { amounts, values } = this;
    let squares = 0;
    for (let term = 0; term < amounts.length; term++) {
      squares += ((amounts[term]! * values[term]!) / sum) ** 2;
    }
    let furthest = 0;
    for (let term = 0; term < amounts.length; term++) {
      if (amounts[term] === 0) continue;
      this.#seen[term] = 1;
      this.weights[term] = Math.min(MOST_WEIGHT, this.weights[term]! + 1);
      if (residual !== 0) {
        const share = (amounts[term]! * values[term]!) / sum;
        const gain = (VALUE_GAIN * share) / squares;
        const before = this.#corrections[term]!;
        const correction = clip(before + gain * (residual - LEAK * share * before), MOST_CORRECTION);
        this.#corrections[term] = correction;
        values[term] = this.#initial[term]! * Math.exp(correction);
      }
      const moved = Math.abs(this.pace + this.#corrections[term]! - this.#published[term]!);
      if (moved > furthest) furthest = moved;
    }
    return furthest;
  }

  #fade(): void {
    this.#untilFade = FADE_AFTER;
    for (let term = 0; term < this.values.length; term++) {
      if (this.#seen[term] === 0 && this.#corrections[term] !== 0) {
        this.#corrections[term]! *= FADE;
        this.values[term] = this.#initial[term]! * Math.exp(this.#corrections[term]!);
        this.weights[term] = UNSEEN_WEIGHT + FADE * (this.weights[term]! - UNSEEN_WEIGHT);
      }
    }
    this.#seen.fill(0);
  }

  markPublished(): void {
    for (let term = 0; term < this.values.length; term++)
      this.#published[term] = this.pace + this.#corrections[term]!;
  }

  /** The recent residuals in ascending order. */
  #sort(): Float64Array {
    const sorted = this.#sorted;
    for (let index = 0; index < WINDOW; index++) {
      const value = this.#recent[index]!;
      let at = index;
      for (; at > 0 && sorted[at - 1]! > value; at--) sorted[at] = sorted[at - 1]!;
      sorted[at] = value;
    }
    return sorted;
  }
}

function clip(value: number, most: number): number {
  return value > most ? most : value < -most ? -most : value;
}
