/** The pattern of each format of strings that is kept. */
export declare const FORMATS: ReadonlyMap<string, string>;
/** Formats of numbers that say which integers there are. `int64` and `uint64` hold all that are written. */
export declare const INTEGER_FORMATS: ReadonlyMap<string, readonly [min: number, max: number]>;
