/**
 * Numbers in [0, 1) that are the same in every run with the same seed: mulberry32 (Tommy Ettinger, public domain),
 * 32 bits of state, good enough for arrivals, first weights and tests.
 */
export function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Fills `values` with normally distributed numbers (Box and Muller). */
export function fillNormal(values: Float32Array, deviation: number, random: () => number): Float32Array {
  for (let i = 0; i < values.length; i++)
    values[i] = deviation * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return values;
}
