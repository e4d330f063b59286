/** A list of strings kept as one block of UTF-8: a vocabulary of 150,000 words costs two allocations. */
export declare class GgufStrings {
    readonly bytes: Uint8Array;
    readonly ends: Uint32Array;
    /**
     * @param bytes all strings' bytes, one after the other
     * @param ends [length]: where each string ends in `bytes`
     */
    constructor(bytes: Uint8Array, ends: Uint32Array);
    static from(strings: readonly string[]): GgufStrings;
    get length(): number;
    /** The bytes as they are in the file; not always valid UTF-8. */
    bytesAt(index: number): Uint8Array;
    /** The string at `index`, or undefined beyond the end. */
    at(index: number): string | undefined;
    [Symbol.iterator](): IterableIterator<string>;
}
