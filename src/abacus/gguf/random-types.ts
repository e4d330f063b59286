/** The types of weights that random models (random-model.ts) may have. */

/** Where the half-precision scales lie in a block of each type that can be written. */
export const SCALES: Readonly<Record<string, readonly number[]>> = {
  Q4_0: [0],
  Q4_1: [0, 2],
  Q5_0: [0],
  Q5_1: [0, 2],
  Q8_0: [0],
  Q2_K: [80, 82],
  Q3_K: [108],
  Q4_K: [0, 2],
  Q5_K: [0, 2],
  Q6_K: [208],
  IQ4_NL: [0],
  IQ4_XS: [0],
  IQ3_S: [0],
  IQ2_XXS: [0],
};

export const RANDOM_TYPES: readonly string[] = ['F32', 'F16', 'BF16', ...Object.keys(SCALES)];
