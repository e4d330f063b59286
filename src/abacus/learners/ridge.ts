/** Ridge regression: least squares with a penalty on the weights of standardised columns. */
import { factorise, solveFactorised } from './cholesky.js';
import { scalingOf, type Regressor, type Table } from './table.js';

export interface RidgeModel {
  readonly kind: 'ridge';
  readonly intercept: number;
  readonly weights: readonly number[];
}

/** @param penalty in units of rows: 1 counts as much as one row of deviation 1 */
export function learnRidge(table: Table, targets: ArrayLike<number>, penalty = 1): RidgeModel {
  const { rows, columns, values } = table;
  const { means, deviations } = scalingOf(table);
  let targetMean = 0;
  for (let row = 0; row < rows; row++) targetMean += targets[row]! / rows;
  const gram = new Float64Array(columns * columns);
  const right = new Float64Array(columns);
  const scaled = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      scaled[column] = (values[row * columns + column]! - means[column]!) / deviations[column]!;
    for (let column = 0; column < columns; column++) {
      right[column]! += scaled[column]! * (targets[row]! - targetMean);
      for (let other = 0; other <= column; other++)
        gram[column * columns + other]! += scaled[column]! * scaled[other]!;
    }
  }
  for (let column = 0; column < columns; column++) gram[column * columns + column]! += penalty;
  factorise(gram, columns);
  const weights = solveFactorised(gram, columns, right).map((weight, column) => weight / deviations[column]!);
  const intercept = weights.reduce((rest, weight, column) => rest - weight * means[column]!, targetMean);
  return { kind: 'ridge', intercept, weights: [...weights] };
}

export const ridgeRegressor = ({ intercept, weights }: RidgeModel): Regressor => ({
  predict: (row) => weights.reduce((total, weight, column) => total + weight * row[column]!, intercept),
});
