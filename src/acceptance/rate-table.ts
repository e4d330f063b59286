/**
 * A table of success rates that learns online: cells in rows, with what is known of the work in general (its
 * parent) for all that it has not seen itself.
 *
 * Each cell is the mean of its own decayed trials and of `pseudo` trials at the parent's rate, after the
 * parent's log-odds were shifted and scaled, all by the same two numbers, to fit the table's trials best: a few
 * trials in a few cells tell something about all others (empirical Bayes; Gelman et al., "Bayesian Data
 * Analysis", ch. 5; the fit is Platt's, "Probabilistic Outputs for Support Vector Machines", 1999).
 * Where rates must rise along a row, neighbours that contradict each other are pooled (`base/isotonic-regression.ts`).
 */
import { logOddsOf, probabilityOf } from './log-odds.js';
import { IsotonicRegression } from '../base/isotonic-regression.js';

/** Estimates that others build on. */
export interface Rates {
  /** [row * columns + column] log-odds; current after `refresh`. */
  readonly logOdds: Float64Array;
  /** Rises when `logOdds` changes. */
  readonly version: number;
  /** Brings `logOdds` up to date with what was observed. */
  refresh(): void;
}

export interface RateTableOptions {
  readonly columns: number;
  /** Whether rates rise or fall along a row by their nature, or may do either. */
  readonly trend: 'rising' | 'falling' | 'free';
  /** Observations after which an observation counts half. */
  readonly halfLife: number;
  /** Trials that the parent's rate is worth. */
  readonly pseudo: number;
}

/**
 * Shift and scale are taken to have standard deviations of 1 (in log-odds) and 0.25 about 0 and 1: precisions
 * 1 and 16.
 */
const SHIFT_PRECISION = 1;
const SCALE_PRECISION = 16;
/** A scale stays within these: a signal never changes its direction. */
const LEAST_SCALE = 0.1;
const MOST_SCALE = 3;
/** Steps of Newton's method from the fit before; each moves the shift by no more than `LONGEST_STEP`. */
const NEWTON_STEPS = 2;
const LONGEST_STEP = 2;
/** Estimates are computed anew when more than one in so many of the trials they rest on is new. */
const REFRESH_SHARE = 16;
/** Weights grow instead of old counts shrinking; at this size all are scaled back. */
const LARGEST_GAIN = 1e9;

/** Rates that do not change. */
export function fixedRates(probabilities: readonly number[]): Rates {
  return {
    logOdds: Float64Array.from(probabilities, logOddsOf),
    version: 0,
    refresh: () => undefined,
  };
}

/** The same rates, all so much likelier. @param shift log-odds */
export function shiftedRates(rates: Rates, shift: number): Rates {
  const logOdds = rates.logOdds.map((each) => each + shift);
  let { version } = rates;
  return {
    logOdds,
    get version() {
      return version;
    },
    refresh() {
      rates.refresh();
      if (rates.version === version) return;
      ({ version } = rates);
      rates.logOdds.forEach((each, cell) => (logOdds[cell] = each + shift));
    },
  };
}

export class RateTable implements Rates {
  readonly logOdds: Float64Array;
  version = 0;
  readonly #parent: Rates;
  readonly #options: RateTableOptions;
  readonly #growth: number;
  /** [cell] decayed trials and successes, in units of `#gain`. */
  readonly #trials: Float64Array;
  readonly #successes: Float64Array;
  #total = 0;
  #gain = 1;
  /** Since the last refresh. */
  #fresh = 0;
  #parentVersion = 0;
  /** The parent's log-odds times scale plus shift are those of this table, as far as it knows. */
  #shift = 0;
  #scale = 1;

  constructor(parent: Rates, options: RateTableOptions) {
    const cells = parent.logOdds.length;
    parent.refresh();
    this.logOdds = parent.logOdds.slice();
    this.#parent = parent;
    this.#parentVersion = parent.version;
    this.#options = options;
    this.#growth = 2 ** (1 / options.halfLife);
    this.#trials = new Float64Array(cells);
    this.#successes = new Float64Array(cells);
  }

  observe(cell: number, success: boolean): void {
    this.#gain *= this.#growth;
    this.#trials[cell]! += this.#gain;
    this.#total += this.#gain;
    if (success) this.#successes[cell]! += this.#gain;
    this.#fresh += 1;
    if (this.#gain > LARGEST_GAIN) this.#rescale();
  }

  refresh(): void {
    this.#parent.refresh();
    const stale = this.#fresh * REFRESH_SHARE * this.#gain > this.#total;
    if (!stale && this.#parentVersion === this.#parent.version) return;
    this.#fresh = 0;
    this.#parentVersion = this.#parent.version;
    this.version += 1;
    this.#fit();
    this.#blend();
  }

  #rescale(): void {
    for (let cell = 0; cell < this.#trials.length; cell++) {
      this.#trials[cell]! /= this.#gain;
      this.#successes[cell]! /= this.#gain;
    }
    this.#total /= this.#gain;
    this.#gain = 1;
  }

  /** The likeliest shift and scale: logistic regression on the parent's log-odds, with a normal prior. */
  #fit(): void {
    const parents = this.#parent.logOdds;
    for (let step = 0; step < NEWTON_STEPS; step++) {
      let shiftSlope = -SHIFT_PRECISION * this.#shift;
      let scaleSlope = -SCALE_PRECISION * (this.#scale - 1);
      let shiftShift = SHIFT_PRECISION;
      let scaleScale = SCALE_PRECISION;
      let shiftScale = 0;
      for (let cell = 0; cell < this.#trials.length; cell++) {
        const trials = this.#trials[cell]! / this.#gain;
        if (trials === 0) continue;
        const rate = this.#parentRate(cell);
        const excess = this.#successes[cell]! / this.#gain - trials * rate;
        const information = trials * rate * (1 - rate);
        const parent = parents[cell]!;
        shiftSlope += excess;
        scaleSlope += excess * parent;
        shiftShift += information;
        shiftScale += information * parent;
        scaleScale += information * parent * parent;
      }
      const determinant = shiftShift * scaleScale - shiftScale * shiftScale;
      const shiftStep = (scaleScale * shiftSlope - shiftScale * scaleSlope) / determinant;
      const scaleStep = (shiftShift * scaleSlope - shiftScale * shiftSlope) / determinant;
      const share = Math.min(1, LONGEST_STEP / Math.abs(shiftStep));
      this.#shift += share * shiftStep;
      this.#scale = Math.min(MOST_SCALE, Math.max(LEAST_SCALE, this.#scale + share * scaleStep));
    }
  }

  #parentRate(cell: number): number {
    return probabilityOf(this.#parent.logOdds[cell]! * this.#scale + this.#shift);
  }

  #blend(): void {
    const { pseudo, trend, columns } = this.#options;
    for (let row = 0; row < this.#trials.length; row += columns) {
      pool.clear();
      for (let column = 0; column < columns; column++) {
        const cell = row + (trend === 'falling' ? columns - 1 - column : column);
        const trials = this.#trials[cell]! / this.#gain + pseudo;
        const rate = (this.#successes[cell]! / this.#gain + pseudo * this.#parentRate(cell)) / trials;
        pool.add(rate, trials, trend !== 'free');
      }
      for (let column = 0; column < columns; column++) {
        const cell = row + (trend === 'falling' ? columns - 1 - column : column);
        this.logOdds[cell] = logOddsOf(pool.mean(column));
      }
    }
  }
}

/** One for all tables: it is empty between calls. */
const pool = new IsotonicRegression();
