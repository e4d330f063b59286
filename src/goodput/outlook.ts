/** How sure a source's next guess may turn out to be: what can be known of a guess before it is drafted. */
import { logOddsOf } from './log-odds.js';

export interface Outlook {
  /** [bin] share of guesses whose signal lies in the bin; the sum is 1. */
  readonly shares: readonly number[];
  /** [bin] P(a guess with such a signal stands | all before it stand). */
  readonly stands: readonly number[];
}

/** Halvings in the search for a tilt, from this range. */
const HALVINGS = 10;
const MOST_TILT = 4;

/**
 * An outlook whose guesses stand as often as is expected: shares of likely bins grow at the cost of the others, or
 * the other way round (exponential tilting, the least change in the sense of Kullback and Leibler).
 * @param shares [bin] as usual; any positive weights
 * @param stands [bin] of which some lie above and some below `mean`, or the nearest that can be is taken
 * @param mean P(a guess stands) as it is to be
 */
export function outlookOf(shares: readonly number[], stands: readonly number[], mean: number): Outlook {
  const logOdds = stands.map(logOddsOf);
  const weights = shares.slice();
  const meanAt = (tilt: number): number => {
    let sum = 0;
    let stood = 0;
    for (let bin = 0; bin < shares.length; bin++) {
      const weight = shares[bin]! * Math.exp(tilt * logOdds[bin]!);
      weights[bin] = weight;
      sum += weight;
      stood += weight * stands[bin]!;
    }
    return stood / sum;
  };
  let low = -MOST_TILT;
  let high = MOST_TILT;
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2;
    if (meanAt(middle) < mean) low = middle;
    else high = middle;
  }
  meanAt((low + high) / 2);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return { shares: weights.map((weight) => weight / sum), stands };
}
