/**
 * What the amounts of a decode (`decode-work.ts`) cost on a machine: prices in milliseconds, learned from a profile. All
 * prices are at least zero, as time is, and are found by least squares of relative errors. What a type was not timed with follows the other types' shape over the batch.
 */
import { quantile } from '../../base/quantile.js';
import { median } from '../../base/statistics.js';
import { nonNegativePrices } from '../learners/non-negative.js';
import { KNOTS, STREAMED_OWN, type Amounts } from './decode-work.js';

/** Prices for one number of threads. */
export interface ThreadPrices {
  readonly threads: number;
  /** [amount] milliseconds each. */
  readonly prices: Readonly<Record<string, number>>;
}

export interface CostProfile {
  readonly format: 1;
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
/** Types' own prices of streaming are held back to those of their family. */
const OWN_RIDGE = 0.2;
const RIDGE = 1e-5;

/** Prices that make the times of the rows. */
export function fitPrices(rows: readonly TimedWork[]): Record<string, number> {
  let prices = new Map<string, number>();
  let weights = rows.map(() => 1);
  for (let round = 0; round < ROUNDS; round++) {
    prices = nonNegativePrices(
      rows.map(({ amounts, ms }, at) => ({ amounts, total: ms, weight: weights[at]! })),
      (name) => (name.startsWith(STREAMED_OWN) ? OWN_RIDGE : RIDGE),
    );
    const found = Object.fromEntries(prices);
    weights = rows.map(
      ({ amounts, ms }) => 1 / Math.max(1, Math.abs(Math.log(priced(amounts, found) / ms)) / USUAL_ERROR),
    );
  }
  return completed(Object.fromEntries(prices), new Set(rows.flatMap(({ amounts }) => [...amounts.keys()])));
}

/** Prices of all knots of every type that has been timed at all. */
function completed(prices: Record<string, number>, timed: ReadonlySet<string>): Record<string, number> {
  const kernels = new Set([...timed].flatMap((name) => /^weights (.+) @\d+$/.exec(name)?.[1] ?? []));
  const priceAt = (kernel: string, at: number): number | undefined => {
    const name = `weights ${kernel} @${KNOTS[at]!}`;
    return timed.has(name) ? (prices[name] ?? 0) : undefined;
  };
  // What a token costs more or less at a knot than at the one before, in the middle of all types.
  const growth = KNOTS.map((knot, at) => {
    if (at === 0) return 1;
    const ratios = [...kernels].flatMap((kernel) => {
      const [here, before] = [priceAt(kernel, at), priceAt(kernel, at - 1)];
      return here === undefined || before === undefined || before === 0 ? [] : [here / before];
    });
    return ratios.length === 0 ? knot / KNOTS[at - 1]! : median(ratios);
  });
  const complete = { ...prices };
  for (const kernel of kernels) {
    let last = priceAt(kernel, 0) ?? 0;
    for (const [at, knot] of KNOTS.entries()) {
      const price = priceAt(kernel, at) ?? last * growth[at]!;
      complete[`weights ${kernel} @${knot}`] = price;
      last = price;
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
    /^(weights|streamed) (\S+)( repacked)? (@\d+)$/.exec(name) ?? [];
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
    format: 1,
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

/** Of the models of each type every third is held out together; a type with one model never is. */
function foldsOf(rows: readonly TimedWork[]): Map<string, number> {
  const byType = new Map<string, Set<string>>();
  for (const { type, model } of rows) byType.set(type, (byType.get(type) ?? new Set()).add(model));
  return new Map(
    [...byType.values()].flatMap((models) =>
      models.size === 1 ? [] : [...models].map((model, at) => [model, at % FOLDS] as const),
    ),
  );
}

const rounded = (prices: Record<string, number>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(prices)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, price]) => [name, Number(price.toPrecision(5))]),
  );
