/** Scales all numbers so that the root of their mean square is `rms`. */
export declare function scaleToRms(values: Float32Array, rms: number): Float32Array;
/**
 * `matrix` [rows, from] projected onto its `to` strongest directions: [rows, to]. Where `to` is not less than
 * `from`, the rows keep their numbers and get zeros after them.
 */
export declare function project(matrix: Float32Array, rows: number, from: number, to: number, random: () => number): Float32Array;
