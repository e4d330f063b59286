/**
 * Split conformal prediction (Vovk, Gammerman and Shafer, Algorithmic Learning in a Random World, 2005; normalised as in
 * Lei et al., JASA 113, 2018, section 5.2): the interval is as wide as errors on rows left out were, in units of a deviation
 * expected for the row.
 */

/**
 * The factor by which deviations are to be multiplied so that a share of intervals holds the truth.
 * @param errors of rows that were left out when predicted; @param deviations expected for them
 * @param share of intervals that hold, such as 0.9
 */
export function conformalFactor(
  errors: ArrayLike<number>,
  deviations: ArrayLike<number>,
  share: number,
): number {
  const scores = Float64Array.from(errors, (error, row) => Math.abs(error) / deviations[row]!).sort();
  // One more than there are: the new row counts among them.
  const rank = Math.ceil((scores.length + 1) * share) - 1;
  return scores[Math.min(scores.length - 1, rank)] ?? Infinity;
}
