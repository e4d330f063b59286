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

/** Whole numbers from 0 to below the limit that each call names, the same for the same seed. */
export function randomIndices(seed: number): (limit: number) => number {
  const random = randomNumbers(seed);
  return (limit) => Math.floor(random() * limit);
}

/** One of `items`, which must not be empty. */
export const pick = <T>(random: () => number, items: readonly T[]): T => items[below(random, items.length)]!;

/** A whole number from 0 to below `end`. */
export const below = (random: () => number, end: number): number => Math.floor(random() * end);

/** A copy in random order (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}

/** Of mean 0 and deviation 1 (Box and Muller). */
export const normalNumber = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Fills `values` with normally distributed numbers. */
export function fillNormal(values: Float32Array, deviation: number, random: () => number): Float32Array {
  for (let i = 0; i < values.length; i++) values[i] = deviation * normalNumber(random);
  return values;
}
