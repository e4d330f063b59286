/**
 * Stacking (Wolpert, Neural Networks 5, 1992; Breiman, Machine Learning 24, 1996): learners are mixed with weights that
 * are not negative and add up to 1, chosen for the least absolute error of their predictions for rows left out. A learner that does not help gets
 * weight 0, so this is also the choice among them.
 */

/**
 * The weights for the least mean absolute error, by coordinate descent from equal shares: shares move between pairs of learners in
 * ever smaller steps. The error is convex in the weights, and ties go to what is more even.
 * @param predictions by learner and row, for rows that the learner did not see
 */
export function mixingWeights(
  predictions: readonly ArrayLike<number>[],
  targets: ArrayLike<number>,
): Float64Array {
  const count = predictions.length;
  const weights = new Float64Array(count).fill(1 / count);
  const errorOf = (candidate: Float64Array): number => {
    let total = 0;
    for (let row = 0; row < targets.length; row++) {
      let mixed = 0;
      for (let at = 0; at < count; at++) mixed += candidate[at]! * predictions[at]![row]!;
      total += Math.abs(mixed - targets[row]!);
    }
    return total;
  };
  let best = errorOf(weights);
  for (let step = 0.25; step > 0.01; step /= 2) {
    let improved = true;
    while (improved) {
      improved = false;
      for (let from = 0; from < count; from++)
        for (let to = 0; to < count; to++) {
          const moved = Math.min(step, weights[from]!);
          if (from === to || moved === 0) continue;
          const candidate = weights.slice();
          candidate[from]! -= moved;
          candidate[to]! += moved;
          const error = errorOf(candidate);
          if (error < best * (1 - 1e-6)) {
            best = error;
            weights.set(candidate);
            improved = true;
          }
        }
    }
  }
  return weights;
}
