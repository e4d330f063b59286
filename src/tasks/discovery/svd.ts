/**
 * The leading directions of sparse rows, and the rows in them at length 1: truncated SVD by random projection with
 * power iterations (Halko, Martinsson and Tropp 2011, algorithms 4.4 and 5.1). Latent semantic analysis in short.
 */
import { fillNormal, randomNumbers } from '../../base/random.js';
import { symmetricEigen } from './eigen.js';
import type { SparseRow } from './tf-idf.js';

/** Points in a space of `width` dimensions, one behind the other. */
export interface Points {
  readonly count: number;
  readonly width: number;
  readonly values: Float32Array;
}

/** Directions beyond those that are wanted, and rounds of power iteration: for exactness where values lie close. */
const OVERSAMPLING = 8;
const ROUNDS = 6;

/** The rows in their `width` leading directions, or fewer where there are fewer rows or columns. */
export function reduce(rows: readonly SparseRow[], columns: number, width: number, seed = 1): Points {
  const inner = Math.min(width + OVERSAMPLING, rows.length, columns);
  const kept = Math.min(width, inner);
  // [column][direction]; every product is one pass over the non-zeros.
  let basis = fillNormal(new Float32Array(columns * inner), 1, randomNumbers(seed));
  orthonormalise(basis, columns, inner);
  for (let round = 0; round < ROUNDS; round += 1) {
    basis = timesTransposed(rows, times(rows, basis, inner), columns, inner);
    orthonormalise(basis, columns, inner);
  }
  const projected = times(rows, basis, inner);
  // Rows within the basis: its own leading directions are the eigenvectors of a small matrix.
  const gram = new Float64Array(inner * inner);
  for (let row = 0; row < rows.length; row += 1)
    for (let i = 0; i < inner; i += 1)
      for (let j = 0; j < inner; j += 1)
        gram[i * inner + j]! += projected[row * inner + i]! * projected[row * inner + j]!;
  const vectors = symmetricEigen(gram, inner);
  const values = new Float32Array(rows.length * kept);
  for (let row = 0; row < rows.length; row += 1) {
    for (let k = 0; k < kept; k += 1) {
      let sum = 0;
      for (let i = 0; i < inner; i += 1) sum += projected[row * inner + i]! * vectors[k * inner + i]!;
      values[row * kept + k] = sum;
    }
  }
  return atLengthOne({ count: rows.length, width: kept, values });
}

/** The same points, each divided by its length; those near 0 stay. */
export function atLengthOne(points: Points): Points {
  const { count, width, values } = points;
  for (let row = 0; row < count; row += 1) {
    const own = values.subarray(row * width, (row + 1) * width);
    let squares = 0;
    for (const value of own) squares += value * value;
    if (squares > 1e-12) for (let k = 0; k < width; k += 1) own[k]! /= Math.sqrt(squares);
  }
  return points;
}

function times(rows: readonly SparseRow[], basis: Float32Array, inner: number): Float32Array {
  const product = new Float32Array(rows.length * inner);
  rows.forEach(({ columns, values }, row) => {
    const to = row * inner;
    for (let at = 0; at < columns.length; at += 1) {
      const from = columns[at]! * inner;
      const value = values[at]!;
      for (let k = 0; k < inner; k += 1) product[to + k]! += value * basis[from + k]!;
    }
  });
  return product;
}

function timesTransposed(
  rows: readonly SparseRow[],
  left: Float32Array,
  width: number,
  inner: number,
): Float32Array {
  const product = new Float32Array(width * inner);
  rows.forEach(({ columns, values }, row) => {
    const from = row * inner;
    for (let at = 0; at < columns.length; at += 1) {
      const to = columns[at]! * inner;
      const value = values[at]!;
      for (let k = 0; k < inner; k += 1) product[to + k]! += value * left[from + k]!;
    }
  });
  return product;
}

/** Gram and Schmidt, twice for exactness; what lies in the others' span becomes zero. */
function orthonormalise(basis: Float32Array, length: number, inner: number): void {
  for (let k = 0; k < inner; k += 1) {
    for (let pass = 0; pass < 2; pass += 1)
      for (let other = 0; other < k; other += 1) {
        let dot = 0;
        for (let i = 0; i < length; i += 1) dot += basis[i * inner + k]! * basis[i * inner + other]!;
        for (let i = 0; i < length; i += 1) basis[i * inner + k]! -= dot * basis[i * inner + other]!;
      }
    let squares = 0;
    for (let i = 0; i < length; i += 1) squares += basis[i * inner + k]! ** 2;
    const scale = squares > 1e-10 ? 1 / Math.sqrt(squares) : 0;
    for (let i = 0; i < length; i += 1) basis[i * inner + k]! *= scale;
  }
}
