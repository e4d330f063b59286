/** Symmetric positive definite systems by Cholesky's factorisation, over row-major typed arrays. */

/**
 * Replaces the lower triangle of `matrix` (size x size) by its factor L with L L^T = matrix.
 * @throws RangeError where the matrix is not positive definite
 */
export function factorise(matrix: Float64Array, size: number): void {
  for (let row = 0; row < size; row++) {
    const rowAt = row * size;
    for (let column = 0; column <= row; column++) {
      const columnAt = column * size;
      let rest = matrix[rowAt + column]!;
      for (let at = 0; at < column; at++) rest -= matrix[rowAt + at]! * matrix[columnAt + at]!;
      if (column < row) matrix[rowAt + column] = rest / matrix[columnAt + column]!;
      else {
        if (!(rest > 0)) throw new RangeError('the matrix is not positive definite');
        matrix[rowAt + row] = Math.sqrt(rest);
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
  // Columns of L^-1 as rows, so that all inner loops run over neighbours.
  const lower = new Float64Array(size * size);
  for (let column = 0; column < size; column++) {
    const base = column * size;
    lower[base + column] = 1 / factor[column * size + column]!;
    for (let row = column + 1; row < size; row++) {
      let total = 0;
      const rowAt = row * size;
      for (let at = column; at < row; at++) total += factor[rowAt + at]! * lower[base + at]!;
      lower[base + row] = -total / factor[rowAt + row]!;
    }
  }
  const inverse = new Float64Array(size * size);
  for (let row = 0; row < size; row++)
    for (let column = 0; column <= row; column++) {
      let total = 0;
      const rowAt = row * size;
      const columnAt = column * size;
      for (let at = row; at < size; at++) total += lower[rowAt + at]! * lower[columnAt + at]!;
      inverse[rowAt + column] = total;
      inverse[columnAt + row] = total;
    }
  return inverse;
}
