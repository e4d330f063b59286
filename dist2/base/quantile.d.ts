/** @param share 0 to 1; between two values on a straight line, as NumPy does. NaN of nothing. */
export declare function quantile(values: ArrayLike<number>, share: number): number;
