/**
 * Least squares of relative errors with weights that are not negative, for sums of which every part is a time: coordinate
 * descent, as in Friedman, Hastie and Tibshirani, "Regularization paths for generalized linear models via coordinate descent",
 * 2010, section 2, without its penalty.
 */

/** How much of each kind of work a row has, by name. */
export type Amounts = ReadonlyMap<string, number>;

export interface AmountsRow {
  readonly amounts: Amounts;
  /** What all of them together take; above zero. */
  readonly total: number;
  /** How much the row counts; absent: 1. */
  readonly weight?: number;
}

const ROUNDS = 400;
/** Prices that have moved less than this share of a row's total are done. */
const DONE = 1e-6;
/** Keeps columns that hardly differ from each other apart. */
const RIDGE = 1e-5;

/**
 * [name] the price of one unit, at least zero.
 * @param ridgeOf share by which a price is held back, for names of which little is known
 * @param penaltyOf what the square of a price counts beside the squares of the rows' relative errors: the variance of the
 *   errors over that of the price
 */
export function nonNegativePrices(
  rows: readonly AmountsRow[],
  ridgeOf: (name: string) => number = () => RIDGE,
  penaltyOf: (name: string) => number = () => 0,
): Map<string, number> {
  const columns = new Map<string, { rows: number[]; values: number[]; square: number }>();
  const importance = rows.map(({ weight = 1 }) => Math.sqrt(weight));
  rows.forEach(({ amounts, total }, row) => {
    for (const [name, amount] of amounts) {
      const column = columns.get(name) ?? { rows: [], values: [], square: 0 };
      columns.set(name, column);
      column.rows.push(row);
      const value = (importance[row]! * amount) / total;
      column.values.push(value);
      column.square += value ** 2;
    }
  });
  const residual = Float64Array.from(importance);
  const prices = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    let moved = 0;
    for (const [name, column] of columns) {
      let gradient = 0;
      column.rows.forEach((row, at) => (gradient += residual[row]! * column.values[at]!));
      const before = prices.get(name) ?? 0;
      const held = column.square * (1 + ridgeOf(name)) + penaltyOf(name);
      const after = Math.max(0, (gradient + column.square * before) / held);
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
  return prices;
}
