/** Symmetric positive definite systems by Cholesky's factorisation, over row-major typed arrays. */

/** Rows computed together: all loops below are of products of four rows with two others. */
const TALL = 4;
const WIDE = 2;
/** Products of rows `first` to `first + 3` of `a` with rows `other` and `other + 1` of `b`, by turns for each of the four. */
const products = new Float64Array(TALL * WIDE);

/**
 * Works out `products` over the columns from `from` to `to`. A number that was read serves several products, and sums do not
 * wait for each other: three times as fast as one product after another. Rows beyond the last are the last once more.
 */
function multiply(
  a: Float64Array,
  first: number,
  b: Float64Array,
  other: number,
  size: number,
  from: number,
  to: number,
): void {
  const last = size - 1;
  const a0 = first * size;
  const a1 = Math.min(first + 1, last) * size;
  const a2 = Math.min(first + 2, last) * size;
  const a3 = Math.min(first + 3, last) * size;
  const b0 = other * size;
  const b1 = Math.min(other + 1, last) * size;
  let [p00, p01, p10, p11, p20, p21, p30, p31] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let at = from; at < to; at++) {
    const x = b[b0 + at]!;
    const y = b[b1 + at]!;
    const v0 = a[a0 + at]!;
    const v1 = a[a1 + at]!;
    const v2 = a[a2 + at]!;
    const v3 = a[a3 + at]!;
    p00 += v0 * x;
    p01 += v0 * y;
    p10 += v1 * x;
    p11 += v1 * y;
    p20 += v2 * x;
    p21 += v2 * y;
    p30 += v3 * x;
    p31 += v3 * y;
  }
  products[0] = p00;
  products[1] = p01;
  products[2] = p10;
  products[3] = p11;
  products[4] = p20;
  products[5] = p21;
  products[6] = p30;
  products[7] = p31;
}

/**
 * Replaces the lower triangle of `matrix` (size x size) by its factor L with L L^T = matrix.
 * @throws RangeError where the matrix is not positive definite
 */
export function factorise(matrix: Float64Array, size: number): void {
  for (let first = 0; first < size; first += TALL) {
    const end = Math.min(first + TALL, size);
    for (let column = 0; column < first; column += WIDE) {
      multiply(matrix, first, matrix, column, size, 0, column);
      const at = column * size + column;
      const next = at + size;
      for (let row = first; row < end; row++) {
        const own = row * size + column;
        const product = WIDE * (row - first);
        matrix[own] = (matrix[own]! - products[product]!) / matrix[at]!;
        matrix[own + 1] =
          (matrix[own + 1]! - products[product + 1]! - matrix[own] * matrix[next]!) / matrix[next + 1]!;
      }
    }
    for (let row = first; row < end; row++)
      for (let column = first; column <= row; column++) {
        let rest = matrix[row * size + column]!;
        for (let at = 0; at < column; at++) rest -= matrix[row * size + at]! * matrix[column * size + at]!;
        if (column < row) matrix[row * size + column] = rest / matrix[column * size + column]!;
        else {
          if (!(rest > 0)) throw new RangeError('the matrix is not positive definite');
          matrix[row * size + row] = Math.sqrt(rest);
        }
      }
  }
}

/** Solves L L^T x = right, given the factor; `right` becomes x. */
export function solveFactorised(factor: Float64Array, size: number, right: Float64Array): Float64Array {
  for (let row = 0; row < size; row++) {
    let rest = right[row]!;
    for (let at = 0; at < row; at++) rest -= factor[row * size + at]! * right[at]!;
    right[row] = rest / factor[row * size + row]!;
  }
  for (let row = size - 1; row >= 0; row--) {
    right[row]! /= factor[row * size + row]!;
    const value = right[row]!;
    for (let at = 0; at < row; at++) right[at]! -= factor[row * size + at]! * value;
  }
  return right;
}

/** The inverse of L L^T as a full symmetric matrix. */
export function inverseFactorised(factor: Float64Array, size: number): Float64Array {
  // Columns of L^-1 as rows, so that all inner loops run over neighbours; zero up to the diagonal.
  const lower = new Float64Array(size * size);
  for (let first = 0; first < size; first += TALL) {
    const end = Math.min(first + TALL, size);
    for (let row = first; row < size; row += WIDE) {
      multiply(lower, first, factor, row, size, first, row);
      const rowAt = row * size;
      for (let column = first; column < end; column++) {
        const own = column * size + row;
        const product = WIDE * (column - first);
        lower[own] = (Number(column === row) - products[product]!) / factor[rowAt + row]!;
        if (row + 1 === size) continue;
        const nextAt = rowAt + size + row;
        lower[own + 1] =
          (Number(column === row + 1) - products[product + 1]! - factor[nextAt]! * lower[own]) /
          factor[nextAt + 1]!;
      }
    }
  }
  const inverse = new Float64Array(size * size);
  for (let first = 0; first < size; first += TALL)
    for (let row = first; row < size; row += WIDE) {
      multiply(lower, first, lower, row, size, row, size);
      for (let column = first; column < Math.min(first + TALL, size); column++)
        for (let own = row; own < Math.min(row + WIDE, size); own++) {
          const total = products[WIDE * (column - first) + own - row]!;
          inverse[own * size + column] = total;
          inverse[column * size + own] = total;
        }
    }
  return inverse;
}
