/** How far off a Gaussian process expects to be (Rasmussen and Williams, 2006, equation 2.26), from the nearest rows alone. */
import { factorise, solveFactorised } from './cholesky.js';
import { covarianceOf, type ProcessModel } from './gaussian-process.js';

/** Rows that the deviation of a prediction is worked out from: all further ones hardly lower it. */
const NEIGHBOURS = 40;

/**
 * The deviation that the process expects of a row's logarithm, from its nearest rows alone (the whole inverse would not fit a
 * small file).
 * @param similar the row's covariance with each known row (`similarities`)
 * @param leftOut rows that are not to be looked at
 */
export function expectedDeviation(
  { points, options }: Pick<ProcessModel, 'points' | 'options'>,
  similar: Float64Array,
  leftOut?: (index: number) => boolean,
): number {
  const { columns, values } = points;
  const known = Array.from(similar.keys());
  const near = nearest(leftOut === undefined ? known : known.filter((at) => !leftOut(at)), similar);
  const size = near.length;
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++)
      matrix[i * size + j] = covarianceOf(
        values,
        near[i]! * columns,
        values,
        near[j]! * columns,
        columns,
        options,
      );
    matrix[i * size + i]! += options.noise;
  }
  factorise(matrix, size);
  const right = Float64Array.from(near, (at) => similar[at]!);
  const solved = solveFactorised(matrix, size, right.slice());
  const prior = options.constant + options.terms.reduce((total, { variance }) => total + variance, 0);
  const explained = right.reduce((total, value, at) => total + value * solved[at]!, 0);
  return Math.sqrt(Math.max(options.noise, prior - explained + options.noise));
}

/** The `NEIGHBOURS` most similar of `rows`, most similar first. */
function nearest(rows: readonly number[], similar: Float64Array): number[] {
  const bySimilarity = (a: number, b: number): number => similar[b]! - similar[a]!;
  // Sorting all of them would take longer than all else: what cannot be among the nearest is left out first.
  const least =
    Float64Array.from(rows, (at) => similar[at]!)
      .sort()
      .at(-NEIGHBOURS) ?? -Infinity;
  return rows
    .filter((at) => similar[at]! >= least)
    .sort(bySimilarity)
    .slice(0, NEIGHBOURS);
}
