/**
 * Rows of an output head for tokens that it lacks, from those that it has: a row is near a linear function of its token's
 * input vector, since both began as projections of the target's, and that function is found by least squares.
 */
import { factorise, solveFactorised } from '../abacus/learners/cholesky.js';

/** Of the mean of the matrix' diagonal, so that directions that no vector has do no harm. */
const RIDGE = 1e-3;

/**
 * @param head [known, width] @param known token of each of its rows @param vectors [vocabulary, width] of all tokens
 * @returns [wanted, width]
 */
export function guessedRows(
  head: Float32Array,
  known: Int32Array,
  vectors: Float32Array,
  wanted: Int32Array,
  width: number,
): Float32Array {
  if (wanted.length === 0) return new Float32Array();
  const squares = new Float64Array(width * width);
  /** By the row's number: afterwards what each number of a vector counts in it. */
  const products = Array.from({ length: width }, () => new Float64Array(width));
  known.forEach((token, row) => {
    for (let i = 0; i < width; i++) {
      const value = vectors[token * width + i]!;
      for (let j = 0; j < width; j++) {
        squares[i * width + j]! += value * vectors[token * width + j]!;
        products[j]![i]! += value * head[row * width + j]!;
      }
    }
  });
  let ridge = 0;
  for (let i = 0; i < width; i++) ridge += (RIDGE * squares[i * width + i]!) / width;
  for (let i = 0; i < width; i++) squares[i * width + i]! += ridge || 1;
  factorise(squares, width);
  for (const product of products) solveFactorised(squares, width, product);
  const rows = new Float32Array(wanted.length * width);
  wanted.forEach((token, row) => {
    for (let i = 0; i < width; i++) {
      const value = vectors[token * width + i]!;
      for (let j = 0; j < width; j++) rows[row * width + j]! += value * products[j]![i]!;
    }
  });
  return rows;
}
