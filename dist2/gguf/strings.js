/** A list of strings kept as one block of UTF-8: a vocabulary of 150,000 words costs two allocations. */
export class GgufStrings {
    bytes;
    ends;
    /**
     * @param bytes all strings' bytes, one after the other
     * @param ends [length]: where each string ends in `bytes`
     */
    constructor(bytes, ends) {
        this.bytes = bytes;
        this.ends = ends;
    }
    static from(strings) {
        const parts = strings.map((string) => Buffer.from(string, 'utf8'));
        const ends = new Uint32Array(parts.length);
        let end = 0;
        parts.forEach((part, index) => {
            ends[index] = end += part.length;
        });
        return new GgufStrings(Buffer.concat(parts), ends);
    }
    get length() {
        return this.ends.length;
    }
    /** The bytes as they are in the file; not always valid UTF-8. */
    bytesAt(index) {
        return this.bytes.subarray(index === 0 ? 0 : this.ends[index - 1], this.ends[index]);
    }
    /** The string at `index`, or undefined beyond the end. */
    at(index) {
        if (index < 0 || index >= this.length)
            return undefined;
        const bytes = this.bytesAt(index);
        return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
    }
    *[Symbol.iterator]() {
        for (let index = 0; index < this.length; index++)
            yield this.at(index);
    }
}
//# sourceMappingURL=strings.js.map