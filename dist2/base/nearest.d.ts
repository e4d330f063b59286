/** The nearest known name for one that is not known, by Damerau-Levenshtein distance (adjacent swaps are 1). */
export declare function nearest(name: string, known: Iterable<string>): string | undefined;
