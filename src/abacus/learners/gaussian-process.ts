/**
 * Gaussian process regression (Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, algorithm 2.1).
 * The covariance is a sum of terms, each a Matérn function (5/2) of a distance over some of the columns, so that one
 * term may be about the network, another about the device, a third about both. Predictions for groups left out, such as all rows of a
 * network, come in closed form from one inverse (section 5.4.2, for blocks), which makes choosing settings cheap.
 */
import { factorise, inverseFactorised, solveFactorised } from './cholesky.js';
import { scalingOf, type Regressor, type Scaling, type Table } from './table.js';

/** One term of the covariance, for standardised columns. */
export interface KernelTerm {
  readonly variance: number;
  /** By column: 1 / length scale; 0 leaves the column out. */
  readonly weights: ArrayLike<number>;
}

export interface ProcessOptions {
  readonly terms: readonly KernelTerm[];
  /** Variance of a common constant. */
  readonly constant: number;
  /** Variance of the measurements. */
  readonly noise: number;
}

export interface ProcessModel {
  readonly kind: 'process';
  readonly options: ProcessOptions;
  readonly scaling: Scaling;
  readonly mean: number;
  /** The rows that were learned from, standardised. */
  readonly points: Table;
  readonly weights: Float64Array;
}

const ROOT5 = Math.sqrt(5);

/** The covariance of two standardised rows that begin at `aAt` and `bAt`. */
export function covarianceOf(
  a: Float64Array,
  aAt: number,
  b: Float64Array,
  bAt: number,
  columns: number,
  options: ProcessOptions,
): number {
  let total = options.constant;
  for (const { variance, weights } of options.terms) {
    let square = 0;
    for (let column = 0; column < columns; column++) {
      const weight = weights[column]!;
      if (weight === 0) continue;
      const difference = (a[aAt + column]! - b[bAt + column]!) * weight;
      square += difference * difference;
    }
    const distance = ROOT5 * Math.sqrt(square);
    total += variance * (1 + distance + (distance * distance) / 3) * Math.exp(-distance);
  }
  return total;
}

function standardised(table: Table, { means, deviations }: Scaling): Table {
  const values = table.values.map(
    (value, at) => (value - means[at % table.columns]!) / deviations[at % table.columns]!,
  );
  return { ...table, values };
}

/** The lower triangle of the covariance of all rows, noise included. */
function covariances(points: Table, options: ProcessOptions): Float64Array {
  const { rows, columns, values } = points;
  const matrix = new Float64Array(rows * rows);
  for (let row = 0; row < rows; row++) {
    for (let other = 0; other <= row; other++)
      matrix[row * rows + other] = covarianceOf(
        values,
        row * columns,
        values,
        other * columns,
        columns,
        options,
      );
    matrix[row * rows + row]! += options.noise;
  }
  return matrix;
}

const average = (values: ArrayLike<number>): number => {
  let total = 0;
  for (let at = 0; at < values.length; at++) total += values[at]!;
  return total / values.length;
};

export function learnProcess(
  table: Table,
  targets: ArrayLike<number>,
  options: ProcessOptions,
): ProcessModel {
  const scaling = scalingOf(table);
  const points = standardised(table, scaling);
  const matrix = covariances(points, options);
  factorise(matrix, table.rows);
  const mean = average(targets);
  const weights = solveFactorised(
    matrix,
    table.rows,
    Float64Array.from(targets, (target) => target - mean),
  );
  return { kind: 'process', options, scaling, mean, points, weights };
}

/** The covariance of a row with each row that was learned from. */
export function similarities(
  { points, options, scaling }: Pick<ProcessModel, 'points' | 'options' | 'scaling'>,
  row: ArrayLike<number>,
): Float64Array {
  const { rows, columns, values } = points;
  const { means, deviations } = scaling;
  const own = new Float64Array(columns);
  for (let column = 0; column < columns; column++)
    own[column] = (row[column]! - means[column]!) / deviations[column]!;
  const similar = new Float64Array(rows);
  for (let at = 0; at < rows; at++)
    similar[at] = covarianceOf(own, 0, values, at * columns, columns, options);
  return similar;
}

/** What is predicted for the row with those `similarities`. */
export function processMean({ mean, weights }: ProcessModel, similar: Float64Array): number {
  let total = mean;
  for (let at = 0; at < similar.length; at++) total += weights[at]! * similar[at]!;
  return total;
}

export const processRegressor = (model: ProcessModel): Regressor => ({
  predict: (row) => processMean(model, similarities(model, row)),
});

export interface LeftOut {
  readonly predictions: Float64Array;
  /** The deviations that the process expects. */
  readonly deviations: Float64Array;
}

/** What is predicted for each row from all rows of other groups, for each of several groupings. */
export function leaveGroupsOut(
  table: Table,
  targets: ArrayLike<number>,
  groupings: readonly ArrayLike<number | string>[],
  options: ProcessOptions,
): LeftOut[] {
  const points = standardised(table, scalingOf(table));
  const { rows } = table;
  const matrix = covariances(points, options);
  factorise(matrix, rows);
  const mean = average(targets);
  const centred = Float64Array.from(targets, (target) => target - mean);
  const weights = solveFactorised(matrix, rows, centred.slice());
  const inverse = inverseFactorised(matrix, rows);
  return groupings.map((groups) => {
    const members = new Map<number | string, number[]>();
    for (let row = 0; row < rows; row++) {
      const group = members.get(groups[row]!);
      if (group === undefined) members.set(groups[row]!, [row]);
      else group.push(row);
    }
    const predictions = new Float64Array(rows);
    const deviations = new Float64Array(rows);
    for (const own of members.values()) {
      const size = own.length;
      const block = new Float64Array(size * size);
      for (let at = 0; at < size; at++)
        for (let other = 0; other < size; other++)
          block[at * size + other] = inverse[own[at]! * rows + own[other]!]!;
      factorise(block, size);
      const shift = solveFactorised(
        block,
        size,
        Float64Array.from(own, (row) => weights[row]!),
      );
      const spread = inverseFactorised(block, size);
      own.forEach((row, at) => {
        predictions[row] = mean + centred[row]! - shift[at]!;
        deviations[row] = Math.sqrt(spread[at * size + at]!);
      });
    }
    return { predictions, deviations };
  });
}
