/** Eigenvectors of a small symmetric matrix, by Jacobi's rotations (Golub and Van Loan, Matrix Computations, 8.5). */

const SWEEPS = 30;

/** @returns the eigenvectors one behind the other, of the greatest eigenvalue first; `matrix` is overwritten */
export function symmetricEigen(matrix: Float64Array, size: number): Float64Array {
  const vectors = new Float64Array(size * size);
  for (let i = 0; i < size; i += 1) vectors[i * size + i] = 1;
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    let off = 0;
    let whole = 0;
    for (let i = 0; i < size; i += 1)
      for (let j = 0; j < size; j += 1) {
        whole += matrix[i * size + j]! ** 2;
        if (i !== j) off += matrix[i * size + j]! ** 2;
      }
    if (off <= 1e-20 * whole) break;
    for (let p = 0; p < size; p += 1)
      for (let q = p + 1; q < size; q += 1) rotate(matrix, vectors, size, p, q);
  }
  const order = Array.from({ length: size }, (_, i) => i).sort(
    (a, b) => matrix[b * size + b]! - matrix[a * size + a]!,
  );
  const sorted = new Float64Array(size * size);
  order.forEach((from, to) => {
    for (let i = 0; i < size; i += 1) sorted[to * size + i] = vectors[i * size + from]!;
  });
  return sorted;
}

/** Makes the element of row `p` and column `q` zero. */
function rotate(matrix: Float64Array, vectors: Float64Array, size: number, p: number, q: number): void {
  const element = matrix[p * size + q]!;
  if (element === 0) return;
  const tau = (matrix[q * size + q]! - matrix[p * size + p]!) / (2 * element);
  const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = t * c;
  for (let k = 0; k < size; k += 1) {
    const left = matrix[k * size + p]!;
    const right = matrix[k * size + q]!;
    matrix[k * size + p] = c * left - s * right;
    matrix[k * size + q] = s * left + c * right;
  }
  for (let k = 0; k < size; k += 1) {
    const upper = matrix[p * size + k]!;
    const lower = matrix[q * size + k]!;
    matrix[p * size + k] = c * upper - s * lower;
    matrix[q * size + k] = s * upper + c * lower;
    const left = vectors[k * size + p]!;
    const right = vectors[k * size + q]!;
    vectors[k * size + p] = c * left - s * right;
    vectors[k * size + q] = s * left + c * right;
  }
}
