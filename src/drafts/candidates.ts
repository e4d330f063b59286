/** The label of a place in a text: the target's likeliest tokens there and their probabilities. */

export interface Noted {
  /** Likeliest first, the same number for each place. */
  readonly candidates: number[];
  /** In ten-thousandths. */
  readonly shares: number[];
}

/** Adds the likeliest tokens and their probabilities to those noted; gives the likeliest. */
export function noteCandidates(logits: Float32Array, count: number, noted: Noted): number {
  const ids = new Int32Array(count).fill(-1);
  const values = new Float32Array(count).fill(-Infinity);
  for (let id = 0; id < logits.length; id++) {
    const value = logits[id]!;
    if (!(value > values[count - 1]!)) continue;
    let place = count - 1;
    for (; place > 0 && values[place - 1]! < value; place--) {
      values[place] = values[place - 1]!;
      ids[place] = ids[place - 1]!;
    }
    values[place] = value;
    ids[place] = id;
  }
  const largest = values[0]!;
  let sum = 0;
  for (const value of logits) if (value > largest - 20) sum += Math.exp(value - largest);
  for (let i = 0; i < count; i++) {
    noted.candidates.push(ids[i]!);
    noted.shares.push(Math.round((1e4 * Math.exp(values[i]! - largest)) / sum));
  }
  return ids[0]!;
}
