/**
 * Directions in which two views of the same texts go together: canonical correlation analysis (Hotelling 1936), with the
 * ridge of Vinod (1976), each direction as long as its correlation.
 *
 * The views are how prompts begin and end, where instructions stand, and what lies between. Ways to ask for one
 * kind of work change whatever the text is about, and what it is about changes whatever is asked; both tell of the kind of
 * work. So parts of tasks (templates, topics) are shorter in these directions than tasks are.
 */
import { symmetricEigen } from './eigen.js';
import { atLengthOne, type Points } from './svd.js';

/** Added to the variance of each direction, in mean variances: chance makes rare words of few texts go together. */
const RIDGE = 0.3;
/** The same of points of length 1: a view that all texts have alike says nothing, not what rounding says. */
const LEAST_VARIANCE = 1e-4;

/** @returns the points that both views say together, at length 1, in at most `most` directions */
export function sharedDirections(one: Points, other: Points, most: number): Points {
  const [a, b] = [whitened(one), whitened(other)];
  const { count } = one;
  const width = Math.min(most, a.width, b.width);
  const together = new Float64Array(a.width * b.width);
  for (let row = 0; row < count; row += 1)
    for (let i = 0; i < a.width; i += 1)
      for (let j = 0; j < b.width; j += 1)
        together[i * b.width + j]! += (a.values[row * a.width + i]! * b.values[row * b.width + j]!) / count;
  const gram = new Float64Array(a.width * a.width);
  for (let i = 0; i < a.width; i += 1)
    for (let k = 0; k < a.width; k += 1)
      for (let j = 0; j < b.width; j += 1)
        gram[i * a.width + k]! += together[i * b.width + j]! * together[k * b.width + j]!;
  const directions = symmetricEigen(gram, a.width);
  const values = new Float32Array(count * width);
  for (let c = 0; c < width; c += 1) {
    const own = directions.subarray(c * a.width, (c + 1) * a.width);
    // As long as the correlation.
    const opposite = new Float64Array(b.width);
    for (let i = 0; i < a.width; i += 1)
      for (let j = 0; j < b.width; j += 1) opposite[j]! += own[i]! * together[i * b.width + j]!;
    const correlation = Math.hypot(...opposite);
    for (let row = 0; row < count; row += 1) {
      let sum = 0;
      for (let i = 0; i < a.width; i += 1) sum += correlation * own[i]! * a.values[row * a.width + i]!;
      for (let j = 0; j < b.width; j += 1) sum += opposite[j]! * b.values[row * b.width + j]!;
      values[row * width + c] = sum;
    }
  }
  return atLengthOne({ count, width, values });
}

/** Centred, and of the same variance in every direction but for the ridge. */
function whitened({ count, width, values }: Points): { width: number; values: Float64Array } {
  const centred = new Float64Array(count * width);
  for (let d = 0; d < width; d += 1) {
    let mean = 0;
    for (let row = 0; row < count; row += 1) mean += values[row * width + d]! / count;
    for (let row = 0; row < count; row += 1) centred[row * width + d] = values[row * width + d]! - mean;
  }
  const covariance = new Float64Array(width * width);
  for (let row = 0; row < count; row += 1)
    for (let i = 0; i < width; i += 1)
      for (let j = 0; j < width; j += 1)
        covariance[i * width + j]! += (centred[row * width + i]! * centred[row * width + j]!) / count;
  let trace = 0;
  for (let d = 0; d < width; d += 1) trace += covariance[d * width + d]!;
  const axes = symmetricEigen(covariance, width);
  const turned = new Float64Array(count * width);
  for (let k = 0; k < width; k += 1) {
    let squares = 0;
    for (let row = 0; row < count; row += 1) {
      let sum = 0;
      for (let d = 0; d < width; d += 1) sum += centred[row * width + d]! * axes[k * width + d]!;
      turned[row * width + k] = sum;
      squares += (sum * sum) / count;
    }
    const deviation = Math.sqrt(squares + (RIDGE * trace) / width + LEAST_VARIANCE);
    for (let row = 0; row < count; row += 1) turned[row * width + k]! /= deviation;
  }
  return { width, values: turned };
}
