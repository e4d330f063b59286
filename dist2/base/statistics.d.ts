export declare function sum(values: readonly number[]): number;
export declare function sum<Item>(items: readonly Item[], valueOf: (item: Item) => number): number;
/** NaN of nothing. */
export declare const mean: (values: readonly number[]) => number;
/** NaN of nothing. */
export declare const median: (values: readonly number[]) => number;
