const FNV_START = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
/** Continues a hash over `bytes[from, to)`. */
function hashed(hash, bytes, from, to) {
    for (let i = from; i < to; i++)
        hash = Math.imul(hash ^ bytes[i], FNV_PRIME);
    return hash;
}
export class StringIndex {
    #strings;
    /** A string's index + 1; 0 is free. At most half is taken. */
    #slots;
    #mask;
    /** The first string that equals an earlier one, and that one. */
    duplicate;
    #word = new Uint8Array(1);
    constructor(strings) {
        this.#strings = strings;
        const size = 2 ** Math.ceil(Math.log2(Math.max(4, strings.length * 2)));
        this.#slots = new Uint32Array(size);
        this.#mask = size - 1;
        const { bytes, ends } = strings;
        let duplicate;
        for (let index = 0, start = 0; index < strings.length; index++) {
            const end = ends[index];
            // The library gives empty words names of their own.
            if (end > start) {
                const slot = this.#find(bytes, start, end, bytes, 0, 0);
                const known = this.#slots[slot];
                if (known === 0)
                    this.#slots[slot] = index + 1;
                else
                    duplicate ??= [known - 1, index];
            }
            start = end;
        }
        this.duplicate = duplicate;
    }
    /** Whether a string consists of these two parts, one after the other. */
    hasParts(a, aFrom, aTo, b = this.#word, bFrom = 0, bTo = 0) {
        return this.#slots[this.#find(a, aFrom, aTo, b, bFrom, bTo)] !== 0;
    }
    has(text) {
        const bytes = Buffer.from(text, 'utf8');
        return this.hasParts(bytes, 0, bytes.length);
    }
    /** The slot of the string, or the free one where it would be. */
    #find(a, aFrom, aTo, b, bFrom, bTo) {
        const { bytes, ends } = this.#strings;
        const slots = this.#slots;
        const mask = this.#mask;
        const length = aTo - aFrom + bTo - bFrom;
        const hash = hashed(hashed(FNV_START, a, aFrom, aTo), b, bFrom, bTo);
        for (let slot = (hash ^ (hash >>> 15)) & mask;; slot = (slot + 1) & mask) {
            const known = slots[slot];
            if (known === 0)
                return slot;
            const start = known === 1 ? 0 : ends[known - 2];
            if (ends[known - 1] - start !== length)
                continue;
            let at = start;
            let same = true;
            for (let i = aFrom; same && i < aTo; i++)
                same = bytes[at++] === a[i];
            for (let i = bFrom; same && i < bTo; i++)
                same = bytes[at++] === b[i];
            if (same)
                return slot;
        }
    }
}
//# sourceMappingURL=string-index.js.map