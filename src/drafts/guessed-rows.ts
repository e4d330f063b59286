/**
 * Rows of an output head for tokens that it lacks, from those that it has: a row is near a linear function of its token's
 * input vector, since both began as projections of the target's, and that function is found by least squares.
 */

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
  const products = new Float64Array(width * width);
  known.forEach((token, row) => {
    for (let i = 0; i < width; i++) {
      const value = vectors[token * width + i]!;
      for (let j = 0; j < width; j++) {
        squares[i * width + j]! += value * vectors[token * width + j]!;
        products[i * width + j]! += value * head[row * width + j]!;
      }
    }
  });
  let ridge = 0;
  for (let i = 0; i < width; i++) ridge += (RIDGE * squares[i * width + i]!) / width;
  for (let i = 0; i < width; i++) squares[i * width + i]! += ridge || 1;
  solve(squares, products, width);
  const rows = new Float32Array(wanted.length * width);
  wanted.forEach((token, row) => {
    for (let i = 0; i < width; i++) {
      const value = vectors[token * width + i]!;
      for (let j = 0; j < width; j++) rows[row * width + j]! += value * products[i * width + j]!;
    }
  });
  return rows;
}

/** Solves a x = b in place of b; a, symmetric and positive definite, becomes its Cholesky factor. All [n, n]. */
function solve(a: Float64Array, b: Float64Array, n: number): void {
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!;
      a[i * n + j] = i === j ? Math.sqrt(sum) : sum / a[j * n + j]!;
    }
  for (let column = 0; column < n; column++) {
    for (let i = 0; i < n; i++) {
      let sum = b[i * n + column]!;
      for (let k = 0; k < i; k++) sum -= a[i * n + k]! * b[k * n + column]!;
      b[i * n + column] = sum / a[i * n + i]!;
    }
    for (let i = n - 1; i >= 0; i--) {
      let sum = b[i * n + column]!;
      for (let k = i + 1; k < n; k++) sum -= a[k * n + i]! * b[k * n + column]!;
      b[i * n + column] = sum / a[i * n + i]!;
    }
  }
}
