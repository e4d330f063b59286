/**
 * Numbers in [0, 1) that are the same in every run with the same seed: mulberry32 (Tommy Ettinger, public domain),
 * 32 bits of state, good enough for arrivals, first weights and tests.
 */
export declare function randomNumbers(seed: number): () => number;
/** Whole numbers from 0 to below the limit that each call names, the same for the same seed. */
export declare function randomIndices(seed: number): (limit: number) => number;
/** A copy in random order (Fisher and Yates). */
export declare function shuffled<T>(items: readonly T[], random: () => number): T[];
/** Of mean 0 and deviation 1 (Box and Muller). */
export declare const normalNumber: (random: () => number) => number;
/** Fills `values` with normally distributed numbers. */
export declare function fillNormal(values: Float32Array, deviation: number, random: () => number): Float32Array;
