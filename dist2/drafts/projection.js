/**
 * Principal components of a matrix's rows by orthogonal iteration (Golub and Van Loan, "Matrix Computations",
 * 8.2): the directions in which a target's token vectors differ most. A narrow draft starts from them.
 */
import { fillNormal } from '../base/random.js';
/** Rows looked at to find the directions; the whole vocabulary is then projected. */
const SAMPLE_ROWS = 8192;
const ITERATIONS = 6;
/** Scales all numbers so that the root of their mean square is `rms`. */
export function scaleToRms(values, rms) {
    let sum = 0;
    for (const value of values)
        sum += value * value;
    const factor = sum === 0 ? 0 : rms / Math.sqrt(sum / values.length);
    for (let i = 0; i < values.length; i++)
        values[i] = values[i] * factor;
    return values;
}
/**
 * `matrix` [rows, from] projected onto its `to` strongest directions: [rows, to]. Where `to` is not less than
 * `from`, the rows keep their numbers and get zeros after them.
 */
export function project(matrix, rows, from, to, random) {
    const projected = new Float32Array(rows * to);
    if (to >= from) {
        for (let row = 0; row < rows; row++)
            projected.set(matrix.subarray(row * from, (row + 1) * from), row * to);
        return projected;
    }
    const basis = principalDirections(matrix, rows, from, to, random);
    for (let row = 0; row < rows; row++)
        for (let k = 0; k < to; k++)
            projected[row * to + k] = dot(matrix, row * from, basis, k * from, from);
    return projected;
}
/** Orthonormal [count, width]. */
function principalDirections(matrix, rows, width, count, random) {
    const covariance = sampleCovariance(matrix, rows, width);
    let basis = fillNormal(new Float32Array(count * width), 1, random);
    orthonormalize(basis, count, width);
    for (let iteration = 0; iteration < ITERATIONS; iteration++) {
        const next = new Float32Array(count * width);
        for (let k = 0; k < count; k++)
            for (let i = 0; i < width; i++)
                next[k * width + i] = dot(covariance, i * width, basis, k * width, width);
        orthonormalize(next, count, width);
        basis = next;
    }
    return basis;
}
/** Of evenly chosen rows; not centred, because the mean is a direction that matters too. [width, width] */
function sampleCovariance(matrix, rows, width) {
    const covariance = new Float32Array(width * width);
    const stride = Math.max(1, Math.floor(rows / SAMPLE_ROWS));
    for (let row = 0; row < rows; row += stride) {
        const values = matrix.subarray(row * width, (row + 1) * width);
        for (let i = 0; i < width; i++) {
            const factor = values[i];
            for (let j = 0; j <= i; j++)
                covariance[i * width + j] += factor * values[j];
        }
    }
    for (let i = 0; i < width; i++)
        for (let j = 0; j < i; j++)
            covariance[j * width + i] = covariance[i * width + j];
    return covariance;
}
/** Modified Gram and Schmidt, in place. */
function orthonormalize(basis, count, width) {
    for (let k = 0; k < count; k++) {
        for (let earlier = 0; earlier < k; earlier++) {
            const share = dot(basis, k * width, basis, earlier * width, width);
            for (let i = 0; i < width; i++)
                basis[k * width + i] -= share * basis[earlier * width + i];
        }
        const norm = Math.sqrt(dot(basis, k * width, basis, k * width, width)) || 1;
        for (let i = 0; i < width; i++)
            basis[k * width + i] /= norm;
    }
}
function dot(a, startA, b, startB, length) {
    let sum = 0;
    for (let i = 0; i < length; i++)
        sum += a[startA + i] * b[startB + i];
    return sum;
}
//# sourceMappingURL=projection.js.map