/**
 * Sets of Unicode code points as sorted, separate, inclusive ranges: what a character class of a grammar is.
 */
export type CodePoints = readonly (readonly [first: number, last: number])[];
/** Sorted and joined; overlapping input is fine. */
export declare function union(...sets: readonly CodePoints[]): CodePoints;
/** Both sides sorted; linear in their ranges. */
export declare function intersect(a: CodePoints, b: CodePoints): CodePoints;
/** Both sides sorted; linear in their ranges. */
export declare function subtract(from: CodePoints, what: CodePoints): CodePoints;
/** All that UTF-8 can encode. */
export declare const ALL: CodePoints;
export declare const complement: (set: CodePoints) => CodePoints;
export declare const has: (set: CodePoints, point: number) => boolean;
/** The set of the characters of a text. */
export declare const of: (characters: string) => CodePoints;
/** An inclusive range given by two characters. */
export declare const range: (first: string, last: string) => CodePoints;
/** The same text for the same set. */
export declare const keyOf: (set: CodePoints) => string;
