/**
 * Finds strings of a `GgufStrings` by their bytes: a hash table of open addressing over FNV-1a, with no JavaScript
 * string made for any word, so that a vocabulary of 262,144 words takes some tens of milliseconds.
 */
import type { GgufStrings } from './strings.js';
export declare class StringIndex {
    #private;
    /** The first string that equals an earlier one, and that one. */
    readonly duplicate: readonly [earlier: number, later: number] | undefined;
    constructor(strings: GgufStrings);
    /** Whether a string consists of these two parts, one after the other. */
    hasParts(a: Uint8Array, aFrom: number, aTo: number, b?: Uint8Array, bFrom?: number, bTo?: number): boolean;
    has(text: string): boolean;
}
