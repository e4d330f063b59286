/**
 * What the amounts of a decode (`decode-work.ts`) cost on a machine: prices in milliseconds, learned from a profile. All
 * prices are at least zero, as time is, and are found by least squares of relative errors (coordinate descent, as in
 * Friedman, Hastie and Tibshirani, "Regularization paths for generalized linear models via coordinate descent", 2010,
 * section 2, without its penalty). What a type was not timed with follows the other types' shape over the batch.
 */
import { quantile } from '../../base/quantile.js';
import { median } from '../../base/statistics.js';
import { KNOTS, type Amounts } from './decode-work.js';

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
  readonly threads: number;
  readonly amounts: Amounts;
  readonly ms: number;
}

const ROUNDS = 400;
/** Prices that have moved less than this share of a row's time are done. */
const DONE = 1e-6;
const FOLDS = 5;
/** Keeps columns that hardly differ from each other apart. */
const RIDGE = 1e-5;

/** Prices that make the times of the rows. */
export function fitPrices(rows: readonly TimedWork[]): Record<string, number> {
  const columns = new Map<string, { rows: number[]; values: number[]; square: number }>();
  rows.forEach(({ amounts, ms }, row) => {
    for (const [name, amount] of amounts) {
      const column = columns.get(name) ?? { rows: [], values: [], square: 0 };
      columns.set(name, column);
      column.rows.push(row);
      column.values.push(amount / ms);
      column.square += (amount / ms) ** 2;
    }
  });
  const residual = new Float64Array(rows.length).fill(1);
  const prices = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    let moved = 0;
    for (const [name, column] of columns) {
      let gradient = 0;
      column.rows.forEach((row, at) => (gradient += residual[row]! * column.values[at]!));
      const before = prices.get(name) ?? 0;
      const after = Math.max(0, (gradient + column.square * before) / (column.square * (1 + RIDGE)));
      if (after === before) continue;
      prices.set(name, after);
      const step = after - before;
      column.rows.forEach((row, at) => {
        const change = step * column.values[at]!;
        residual[row]! -= change;
        moved = Math.max(moved, Math.abs(change));
      });
    }
    if (moved < DONE) break;
  }
  return completed(Object.fromEntries(prices), new Set(columns.keys()));
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
  if (name in prices || !name.startsWith('weights ')) return name;
  const [, type = '', repacked = '', knot = ''] = /^weights (\S+)( repacked)? (@\d+)$/.exec(name) ?? [];
  for (const like of [
    `${type} ${knot}`,
    `${LIKE[type] ?? 'Q4_K'}${repacked} ${knot}`,
    `${LIKE[type] ?? 'Q4_K'} ${knot}`,
  ])
    if (`weights ${like}` in prices) return `weights ${like}`;
  return name;
}

/** Learns a profile, and says how far off it is for models that it has not seen. */
export function fitProfile(
  rows: readonly TimedWork[],
  about: Pick<CostProfile, 'machine' | 'library' | 'measured' | 'reference'>,
): CostProfile {
  const counts = [...new Set(rows.map(({ threads }) => threads))].sort((a, b) => a - b);
  const models = [...new Set(rows.map(({ model }) => model))];
  const errors: number[] = [];
  for (const threads of counts)
    for (let fold = 0; fold < FOLDS; fold++) {
      const own = rows.filter((row) => row.threads === threads);
      const isHeldOut = (row: TimedWork): boolean => models.indexOf(row.model) % FOLDS === fold;
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

const rounded = (prices: Record<string, number>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(prices)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, price]) => [name, Number(price.toPrecision(5))]),
  );
