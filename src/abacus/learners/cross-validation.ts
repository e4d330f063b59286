/** Splitting rows by groups, so that a learner is judged on networks or devices that it never saw. */
import { randomNumbers, shuffled } from '../../base/random.js';
import { predictAll, rowsOf, type Learner, type Table } from './table.js';

/** Which fold each row is left out in, 0 to folds - 1; rows of one group share it. */
export function foldsByGroup(groups: readonly (string | number)[], folds: number, seed: number): Int32Array {
  const order = shuffled([...new Set(groups)], randomNumbers(seed));
  const foldOf = new Map(order.map((group, index) => [group, index % folds]));
  return Int32Array.from(groups, (group) => foldOf.get(group)!);
}

/** Folds of single rows, of the same size but for one. */
export const foldsByRow = (rows: number, folds: number, seed: number): Int32Array =>
  foldsByGroup(
    Array.from({ length: rows }, (_, row) => row),
    folds,
    seed,
  );

/** What each row is predicted by a learner that saw the other folds only. */
export function crossPredict(
  learner: Learner,
  table: Table,
  targets: ArrayLike<number>,
  foldOf: ArrayLike<number>,
  seed: number,
): Float64Array {
  const predictions = new Float64Array(table.rows);
  for (const fold of new Set(Array.from(foldOf))) {
    const known: number[] = [];
    const unknown: number[] = [];
    for (let row = 0; row < table.rows; row++) (foldOf[row] === fold ? unknown : known).push(row);
    const regressor = learner(
      rowsOf(table, known),
      known.map((row) => targets[row]!),
      seed,
    );
    const own = predictAll(regressor, rowsOf(table, unknown));
    unknown.forEach((row, at) => (predictions[row] = own[at]!));
  }
  return predictions;
}
