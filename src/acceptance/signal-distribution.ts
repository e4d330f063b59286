/** How sure a source's next guess may turn out to be: what can be known of a guess before it is drafted. */
import { logOddsOf } from './log-odds.js';

export interface SignalDistribution {
  /** [bin] share of guesses whose signal lies in the bin; the sum is 1. */
  readonly shares: readonly number[];
  /** [bin] P(a guess with such a signal stands | all before it stand). */
  readonly stands: readonly number[];
}

const MOST_TILT = 4;
/** The search for a tilt ends when the mean is as near as this, or after so many trials. */
const NEAR = 1e-3;
const TRIALS = 10;

/**
 * An distribution whose guesses stand as often as is expected: shares of likely bins grow at the cost of the others, or
 * the other way round (exponential tilting, the least change in the sense of Kullback and Leibler).
 * @param shares [bin] as usual; any positive weights
 * @param stands [bin] of which some lie above and some below `mean`, or the nearest that can be is taken
 * @param mean P(a guess stands) as it is to be
 */
export function tiltedTo(
  shares: readonly number[],
  stands: readonly number[],
  mean: number,
): SignalDistribution {
  const logOdds = stands.map(logOddsOf);
  const weights = shares.slice();
  let low = -MOST_TILT;
  let high = MOST_TILT;
  let tilt = 0;
  let sum = 0;
  for (let trial = 0; trial < TRIALS; trial++) {
    sum = 0;
    let stood = 0;
    let odds = 0;
    let both = 0;
    for (let bin = 0; bin < shares.length; bin++) {
      const weight = shares[bin]! * Math.exp(tilt * logOdds[bin]!);
      weights[bin] = weight;
      sum += weight;
      stood += weight * stands[bin]!;
      odds += weight * logOdds[bin]!;
      both += weight * stands[bin]! * logOdds[bin]!;
    }
    const missing = mean - stood / sum;
    if (Math.abs(missing) < NEAR) break;
    if (missing > 0) low = tilt;
    else high = tilt;
    // Newton's step (the mean rises by the covariance of both), or half of what is left where it leads astray.
    const next = tilt + missing / (both / sum - (stood / sum) * (odds / sum));
    tilt = next > low && next < high ? next : (low + high) / 2;
  }
  return { shares: weights.map((weight) => weight / sum), stands };
}
