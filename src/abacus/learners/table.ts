/** Numbers by rows and columns over one typed array, and what learners have in common. */

/** Row after row. */
export interface Table {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/** A learned function of one row. */
export interface Regressor {
  /** @param row as many numbers as the table that was learned from has columns */
  predict(row: ArrayLike<number>): number;
}

/** Learns from a table and one target a row. The same seed gives the same regressor. */
export type Learner = (table: Table, targets: ArrayLike<number>, seed: number) => Regressor;

/** @throws RangeError for rows of different lengths */
export function tableOf(rows: readonly ArrayLike<number>[]): Table {
  const columns = rows[0]?.length ?? 0;
  const values = new Float64Array(rows.length * columns);
  rows.forEach((row, index) => {
    if (row.length !== columns)
      throw new RangeError(`row ${index} has ${row.length} columns, not ${columns}`);
    values.set(row, index * columns);
  });
  return { rows: rows.length, columns, values };
}

export const rowOf = ({ columns, values }: Table, row: number): Float64Array =>
  values.subarray(row * columns, (row + 1) * columns);

/** The rows of those indices, in that order. */
export function rowsOf(table: Table, indices: ArrayLike<number>): Table {
  const values = new Float64Array(indices.length * table.columns);
  for (let at = 0; at < indices.length; at++) values.set(rowOf(table, indices[at]!), at * table.columns);
  return { rows: indices.length, columns: table.columns, values };
}

export const predictAll = (regressor: Regressor, table: Table): Float64Array =>
  Float64Array.from({ length: table.rows }, (_, row) => regressor.predict(rowOf(table, row)));

/** Mean and deviation of every column; a column that never changes has deviation 1. */
export interface Scaling {
  readonly means: Float64Array;
  readonly deviations: Float64Array;
}

export function scalingOf({ rows, columns, values }: Table): Scaling {
  const means = new Float64Array(columns);
  const deviations = new Float64Array(columns);
  for (let at = 0; at < values.length; at++) means[at % columns]! += values[at]! / rows;
  for (let at = 0; at < values.length; at++)
    deviations[at % columns]! += (values[at]! - means[at % columns]!) ** 2 / rows;
  return { means, deviations: deviations.map((square) => (square > 1e-20 ? Math.sqrt(square) : 1)) };
}
