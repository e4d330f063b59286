/**
 * What the amounts of a decode (`decode-work.ts`) cost on a machine: prices in milliseconds, learned from a profile. All
 * prices are at least zero, as time is, and are found by least squares of relative errors.
 */
import { quantile } from '../../base/quantile.js';
import { nonNegativePrices } from '../learners/non-negative.js';
import { STREAMED_OWN, type Amounts } from './decode-work.js';
import { priceKnots } from './matrix-passes.js';

/** Prices for one number of threads. */
export interface ThreadPrices {
  readonly threads: number;
  /** [amount] milliseconds each. */
  readonly prices: Readonly<Record<string, number>>;
}

/** 2: prices of the passes that kernels make; those of 1 have other names. */
export const PROFILE_FORMAT = 2;

export interface CostProfile {
  readonly format: typeof PROFILE_FORMAT;
  /** The processor's name, as the system gives it. */
  readonly machine: string;
  /** Of the native library. */
  readonly library: string;
  readonly measured: string;
  /** Models and decodes learned from. */
  readonly models: number;
  readonly rows: number;
  /** What decodes of the reference (`profile-plan.ts`) took with one thread, in milliseconds. */
  readonly reference: { readonly one: number; readonly many: number };
  /** Ascending by threads. */
  readonly threads: readonly ThreadPrices[];
  /** Logarithm of the factor within which nine in ten decodes of models that were held out are. */
  readonly intervalLog: number;
  /** Relative error on models that were held out, in the middle. */
  readonly medianError: number;
}

export interface TimedWork {
  /** Rows of one model are held out together. */
  readonly model: string;
  /** Type of the weights: of each some models are held out and some learned from. */
  readonly type: string;
  readonly threads: number;
  readonly amounts: Amounts;
  readonly ms: number;
}

const FOLDS = 3;

/** Rows that are off by more than this, as a logarithm, count less: another program ran beside them (Huber, 1964). */
const USUAL_ERROR = 0.08;
const ROUNDS = 3;
/**
 * By how much a type's own price of streaming, in milliseconds a megabyte, may be expected to differ from its family's: a third of
 * what memory takes. A model a little over what the caches hold would else make a price that is absurd for larger ones.
 */
const OWN_SPREAD = 0.03;

/** Prices that make the times of the rows. */
export function fitPrices(rows: readonly TimedWork[]): Record<string, number> {
  let prices = new Map<string, number>();
  let weights = rows.map(() => 1);
  for (let round = 0; round < ROUNDS; round++) {
    prices = nonNegativePrices(
      rows.map(({ amounts, ms }, at) => ({ amounts, total: ms, weight: weights[at]! })),
      undefined,
      (name) => (name.startsWith(STREAMED_OWN) ? (USUAL_ERROR / OWN_SPREAD) ** 2 : 0),
    );
    const found = Object.fromEntries(prices);
    weights = rows.map(
      ({ amounts, ms }) => 1 / Math.max(1, Math.abs(Math.log(priced(amounts, found) / ms)) / USUAL_ERROR),
    );
  }
  return completed(Object.fromEntries(prices), new Set(rows.flatMap(({ amounts }) => [...amounts.keys()])));
}

/**
 * Prices at all knots of every kernel that has been timed at all: what it was not timed with goes on in proportion, and more
 * tokens never take less.
 */
function completed(prices: Record<string, number>, timed: ReadonlySet<string>): Record<string, number> {
  const kernels = new Set([...timed].flatMap((name) => /^weights (.+) @\w+$/.exec(name)?.[1] ?? []));
  const complete = { ...prices };
  for (const kernel of kernels) {
    const price = (knot: string): string => `weights ${kernel} @${knot}`;
    let [last, lastKnot] = [0, 1];
    for (const knot of priceKnots(kernel)) {
      const tokens = Number(knot);
      // Of the odd token, as of one alone.
      const usual = Number.isNaN(tokens) ? (complete[price('1')] ?? 0) : (last * tokens) / lastKnot;
      const least = Number.isNaN(tokens) ? 0 : last;
      complete[price(knot)] = Math.max(least, timed.has(price(knot)) ? (prices[price(knot)] ?? 0) : usual);
      if (!Number.isNaN(tokens)) [last, lastKnot] = [complete[price(knot)]!, tokens];
    }
  }
  return complete;
}

/** Milliseconds of amounts at these prices. @returns undefined where an amount has no price */
export function priced(amounts: Amounts, prices: Readonly<Record<string, number>>): number {
  let ms = 0;
  for (const [name, amount] of amounts) ms += amount * (prices[priceName(name, prices)] ?? 0);
  return ms;
}

/** Types that were not timed cost about as much as these. */
const LIKE: Readonly<Record<string, string>> = {
  IQ1_S: 'IQ2_XXS',
  IQ1_M: 'IQ2_XXS',
  IQ2_XS: 'IQ2_XXS',
  IQ2_S: 'IQ2_XXS',
  IQ3_XXS: 'IQ3_S',
  MXFP4: 'IQ4_NL',
  NVFP4: 'IQ4_NL',
  Q1_0: 'Q4_0',
  Q2_0: 'Q4_0',
  TQ1_0: 'Q2_K',
  TQ2_0: 'Q2_K',
};

function priceName(name: string, prices: Readonly<Record<string, number>>): string {
  if (name in prices) return name;
  const [, what = '', type = '', repacked = '', knot = ''] =
    /^(weights|streamed) (\S+)( repacked)? (@\w+)$/.exec(name) ?? [];
  for (const like of [
    `${type} ${knot}`,
    `${LIKE[type] ?? 'Q4_K'}${repacked} ${knot}`,
    `${LIKE[type] ?? 'Q4_K'} ${knot}`,
  ])
    if (`${what} ${like}` in prices) return `${what} ${like}`;
  return name;
}

/** Learns a profile, and says how far off it is for models that it has not seen. */
export function fitProfile(
  rows: readonly TimedWork[],
  about: Pick<CostProfile, 'machine' | 'library' | 'measured' | 'reference'>,
): CostProfile {
  const counts = [...new Set(rows.map(({ threads }) => threads))].sort((a, b) => a - b);
  const models = [...new Set(rows.map(({ model }) => model))];
  const folds = foldsOf(rows);
  const errors: number[] = [];
  for (const threads of counts)
    for (let fold = 0; fold < FOLDS; fold++) {
      const own = rows.filter((row) => row.threads === threads);
      const isHeldOut = ({ model }: TimedWork): boolean => folds.get(model) === fold;
      const prices = fitPrices(own.filter((row) => !isHeldOut(row)));
      for (const row of own.filter(isHeldOut)) errors.push(Math.log(priced(row.amounts, prices) / row.ms));
    }
  const sizes = errors.map(Math.abs).filter(Number.isFinite);
  return {
    format: PROFILE_FORMAT,
    ...about,
    models: models.length,
    rows: rows.length,
    threads: counts.map((threads) => ({
      threads,
      prices: rounded(fitPrices(rows.filter((row) => row.threads === threads))),
    })),
    intervalLog: Number(quantile(sizes, 0.9).toPrecision(4)),
    medianError: Number(quantile(sizes, 0.5).toPrecision(4)),
  };
}

/**
 * Of the models of each type every third is held out together; a type with one model never is. Types begin at another of their models
 * each, for the first ones are all small, the second ones all deep and narrow, and without a whole such class prices would have to
 * be guessed as they never are.
 */
function foldsOf(rows: readonly TimedWork[]): Map<string, number> {
  const byType = new Map<string, Set<string>>();
  for (const { type, model } of rows) byType.set(type, (byType.get(type) ?? new Set()).add(model));
  return new Map(
    [...byType.values()].flatMap((models, first) =>
      models.size === 1 ? [] : [...models].map((model, at) => [model, (first + at) % FOLDS] as const),
    ),
  );
}

const rounded = (prices: Record<string, number>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(prices)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, price]) => [name, Number(price.toPrecision(5))]),
  );
