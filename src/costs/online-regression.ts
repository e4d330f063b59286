/**
 * Learns a cost that is a sum of terms, `exp(pace) * (v0 * a0 + v1 * a1 + ...)`, from what decodes really took:
 * amounts `a` are known for each observation, values `v` and the pace are learned, and how sure they are.
 *
 * An extended Kalman filter on the logarithm of the time (Welch and Bishop, "An Introduction to the Kalman Filter",
 * 1995): its state is the pace of the machine, which other processes, heat and clock rates change for all terms alike,
 * and a correction of each value, in log space, so that values stay positive. Where it starts is the prior, and
 * corrections that nothing confirms drift back to it (an Ornstein-Uhlenbeck process): what a bad moment made dear would
 * otherwise stay dear, for nobody would try it again. Noise is Student's t (the weights of Lange, Little and Taylor,
 * "Robust Statistical Modeling Using the t Distribution", JASA 84, 1989), so a single outlier moves nothing; several in
 * a row on one side are a machine that has changed its pace.
 *
 * Tuned on the machines of cost-model.test.ts and the simulator's curves.
 */

/** Standard deviation of a correction before anything was observed, and where it returns to; log. */
const VALUE_DEVIATION = 0.1;
/** The same of the pace: something else may run here from the start. */
const PACE_DEVIATION = 0.5;
/** Correlation of the corrections of neighbouring sizes of a curve: what makes one dear makes the next dear. */
const NEIGHBOURS = 0.8;
/** Share of a correction that is left after one observation: half of it after 700. */
const KEEP = 2 ** (-1 / 700);
/** Corrections drift back in steps of so many observations. */
const DRIFT_EVERY = 32;
/** How far the pace wanders from one observation to the next; log. */
const PACE_STEP = 0.003;
/** Degrees of freedom of the noise. */
const FREEDOM = 4;
/** Standard deviation of the noise before it is known, and its bounds; log. */
const NOISE = 0.05;
const LEAST_NOISE = 0.02;
const MOST_NOISE = 0.2;
const NOISE_GAIN = 0.02;
/** So many residuals in a row, each so many deviations off on the same side, are a change of pace. */
const STREAK = 4;
const SURPRISE = 2.5;
/**
 * Of so many first observations those that took far longer than thought are left out: they pay for pages and caches that nobody
 * has touched yet and for JavaScript that is not compiled yet, and that does not come again. The first decodes of a draft
 * of SmolLM2 for sampled text took 28, 6.4, 4.4, 0.7 ms where 0.3 were expected; learned from, they had the draft cost 7 ms
 * a token, so that it was not asked again for minutes.
 */
const EARLY = 8;
/** Log; of the very first any that is slower is left out, but of all eight that would let noise alone make costs too low. */
const FAR = Math.log(1.5);
const MOST_PACE = Math.log(1000);
const MOST_CORRECTION = Math.log(30);
/** Smallest value, milliseconds: a value of zero could never be corrected. */
const LEAST_VALUE = 1e-6;

export class OnlineRegression {
  /** [term] milliseconds at pace 0. */
  readonly values: Float64Array;
  /** [term] of the observation at hand; set by the caller before `learn`. */
  readonly amounts: Float64Array;
  readonly #initial: Float64Array;
  /** Pace first, then the correction of each term. */
  readonly #state: Float64Array;
  /** [row * size + column] covariance of the state. */
  readonly #covariance: Float64Array;
  readonly #prior: Float64Array;
  /** How the logarithm of the time follows the state, and what the covariance makes of that. */
  readonly #slope: Float64Array;
  readonly #spread: Float64Array;
  /** [term] pace + correction when last published. */
  readonly #published: Float64Array;
  readonly #size: number;
  #noise = NOISE ** 2;
  /** Residuals in a row on one side, and the smallest of them. */
  #streak = 0;
  #least = 0;
  #untilDrift = DRIFT_EVERY;
  #seen = 0;

  /**
   * @param initial [term] milliseconds
   * @param sizes how many of the first terms are the sizes of one curve, in order
   */
  constructor(initial: readonly number[], sizes = 0) {
    this.#size = initial.length + 1;
    this.#initial = Float64Array.from(initial, (value) => Math.max(value, LEAST_VALUE));
    this.values = this.#initial.slice();
    this.amounts = new Float64Array(initial.length);
    this.#published = new Float64Array(initial.length);
    this.#state = new Float64Array(this.#size);
    this.#slope = new Float64Array(this.#size);
    this.#spread = new Float64Array(this.#size);
    this.#prior = priorOf(this.#size, sizes);
    this.#covariance = this.#prior.slice();
  }

  /** Log factor on all values, beside the one the caller gives. */
  get pace(): number {
    return this.#state[0]!;
  }

  /** [term] how much is known of a value, beside others: the inverse of its variance. */
  weight(term: number): number {
    return 1 / this.#covariance[(term + 1) * (this.#size + 1)]!;
  }

  /**
   * Learns from one observation of the amounts.
   * @param ms > 0
   * @param outerPace log factor that is learned elsewhere
   * @returns the furthest that a value concerned has moved (log) since `markPublished`
   */
  learn(ms: number, outerPace = 0): number {
    const sum = this.#aim();
    if (!(sum > 0)) return 0;
    this.#drift();
    const residual = Math.log(ms / sum) - outerPace - this.pace;
    const seen = this.#seen++;
    if (seen < EARLY && residual > (seen === 0 ? 0 : FAR)) return 0;
    let variance = this.#variance();
    if (this.#changedPace(residual, variance + this.#noise)) {
      this.#covariance[0]! += 4 * this.#least ** 2;
      this.#streak = 0;
      variance = this.#variance();
    }
    const surprise = residual ** 2 / (variance + this.#noise);
    const noise = (this.#noise * (FREEDOM + surprise)) / (FREEDOM + 1);
    this.#noise += NOISE_GAIN * (Math.min(residual ** 2, 4 * this.#noise) - this.#noise);
    this.#noise = Math.min(MOST_NOISE ** 2, Math.max(LEAST_NOISE ** 2, this.#noise));
    this.#update(residual, variance + noise);
    return this.#moved();
  }

  markPublished(): void {
    for (let term = 0; term < this.values.length; term++)
      this.#published[term] = this.pace + this.#state[term + 1]!;
  }

  /** Fills the slope for the amounts at hand; their sum at pace 0, milliseconds. */
  #aim(): number {
    const { amounts, values } = this;
    let sum = 0;
    for (let term = 0; term < amounts.length; term++) sum += amounts[term]! * values[term]!;
    this.#slope[0] = 1;
    for (let term = 0; term < amounts.length; term++)
      this.#slope[term + 1] = (amounts[term]! * values[term]!) / sum;
    return sum;
  }

  /** Of the prediction; leaves in `#spread` what each part of the state has to do with it. */
  #variance(): number {
    let variance = 0;
    for (let row = 0; row < this.#size; row++) {
      let spread = 0;
      for (let column = 0; column < this.#size; column++)
        spread += this.#covariance[row * this.#size + column]! * this.#slope[column]!;
      this.#spread[row] = spread;
      variance += this.#slope[row]! * spread;
    }
    return variance;
  }

  #changedPace(residual: number, variance: number): boolean {
    if (Math.abs(residual) < SURPRISE * Math.sqrt(variance)) this.#streak = 0;
    else {
      const goesOn = this.#streak > 0 && Math.sign(residual) === Math.sign(this.#least);
      this.#least = goesOn && Math.abs(this.#least) < Math.abs(residual) ? this.#least : residual;
      this.#streak = goesOn ? this.#streak + 1 : 1;
    }
    return this.#streak >= STREAK;
  }

  #update(residual: number, variance: number): void {
    const size = this.#size;
    for (let row = 0; row < size; row++) {
      const gain = this.#spread[row]! / variance;
      const most = row === 0 ? MOST_PACE : MOST_CORRECTION;
      this.#state[row] = Math.min(most, Math.max(-most, this.#state[row]! + gain * residual));
      for (let column = 0; column < size; column++)
        this.#covariance[row * size + column]! -= gain * this.#spread[column]!;
    }
    this.#setValues();
  }

  /** The pace wanders; corrections drift back. */
  #drift(): void {
    this.#covariance[0]! += PACE_STEP ** 2;
    this.#untilDrift -= 1;
    if (this.#untilDrift > 0) return;
    this.#untilDrift = DRIFT_EVERY;
    const size = this.#size;
    const keep = KEEP ** DRIFT_EVERY;
    for (let row = 0; row < size; row++) {
      if (row > 0) this.#state[row]! *= keep;
      for (let column = 0; column < size; column++)
        this.#relax(row * size + column, (row > 0 ? keep : 1) * (column > 0 ? keep : 1), row * column > 0);
    }
    this.#setValues();
  }

  #relax(at: number, keep: number, drifts: boolean): void {
    this.#covariance[at]! *= keep;
    if (drifts) this.#covariance[at]! += (1 - keep) * this.#prior[at]!;
  }

  #setValues(): void {
    for (let term = 0; term < this.values.length; term++)
      this.values[term] = this.#initial[term]! * Math.exp(this.#state[term + 1]!);
  }

  #moved(): number {
    let furthest = 0;
    for (let term = 0; term < this.values.length; term++) {
      if (this.amounts[term] === 0) continue;
      furthest = Math.max(furthest, Math.abs(this.pace + this.#state[term + 1]! - this.#published[term]!));
    }
    return furthest;
  }
}

/** [row * size + column] covariance before anything was observed. */
function priorOf(size: number, sizes: number): Float64Array {
  const prior = new Float64Array(size * size);
  prior[0] = PACE_DEVIATION ** 2;
  for (let row = 1; row < size; row++)
    for (let column = 1; column < size; column++) {
      const curve = row <= sizes && column <= sizes;
      const correlation = row === column ? 1 : curve ? NEIGHBOURS ** Math.abs(row - column) : 0;
      prior[row * size + column] = correlation * VALUE_DEVIATION ** 2;
    }
  return prior;
}
