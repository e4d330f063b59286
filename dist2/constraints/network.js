/**
 * A grammar as a recursive transition network over bytes (Woods, "Transition Network Grammars for Natural Language
 * Analysis", 1970), in one array of integers that any thread can read without copying it.
 *
 * A node reads a byte, or leads on without reading one:
 *
 * | kind   | operand a           | operand b    |                                                            |
 * |--------|---------------------|--------------|------------------------------------------------------------|
 * | RETURN |                     |              | the rule is complete: on with what called it               |
 * | BYTE   | first + 256 * last  | node         | a byte of one range                                        |
 * | BYTES  | place in the lists  | pairs        | (first + 256 * last, node) for each of several ranges      |
 * | FORK   | place in the lists  | count        | on with each of these nodes                                |
 * | CALL   | node                | node         | reads all of a first, then on with b                       |
 * | REPEAT | place in the lists  |              | (body, next, least, most or -1): the body so many times    |
 *
 * Words: how many nodes, list entries and byte classes there are, and the start node; the class of each byte, four to
 * a word; two words for each node; the lists.
 */
export const RETURN = 0;
export const BYTE = 1;
export const BYTES = 2;
export const FORK = 3;
export const CALL = 4;
export const REPEAT = 5;
const HEAD_WORDS = 4;
const CLASS_WORDS = 64;
/** Reads the words of a compiled grammar. */
export class Network {
    start;
    /** Bytes that no node tells apart are of one class. */
    classCount;
    classOf;
    /** [class] one of its bytes */
    byteOf;
    lists;
    #nodes;
    constructor({ words }) {
        const nodeCount = words[0];
        this.classCount = words[2];
        this.start = words[3];
        this.classOf = new Uint8Array(words.buffer, words.byteOffset + 4 * HEAD_WORDS, 256);
        this.byteOf = new Uint8Array(this.classCount);
        for (let byte = 255; byte >= 0; byte--)
            this.byteOf[this.classOf[byte]] = byte;
        const from = HEAD_WORDS + CLASS_WORDS;
        this.#nodes = words.subarray(from, from + 2 * nodeCount);
        this.lists = words.subarray(from + 2 * nodeCount, from + 2 * nodeCount + words[1]);
    }
    kind(node) {
        return (this.#nodes[2 * node] & 7);
    }
    a(node) {
        return this.#nodes[2 * node] >> 3;
    }
    b(node) {
        return this.#nodes[2 * node + 1];
    }
}
export function packNetwork(key, { kinds, a, b, lists, start }) {
    const words = HEAD_WORDS + CLASS_WORDS + 2 * kinds.length + lists.length;
    const packed = new Int32Array(new SharedArrayBuffer(4 * words));
    const { classOf, classCount } = byteClasses({ kinds, a, b, lists, start });
    packed.set([kinds.length, lists.length, classCount, start]);
    new Uint8Array(packed.buffer, 4 * HEAD_WORDS, 256).set(classOf);
    let at = HEAD_WORDS + CLASS_WORDS;
    for (const [node, kind] of kinds.entries()) {
        packed[at++] = kind | (a[node] << 3);
        packed[at++] = b[node];
    }
    packed.set(lists, at);
    return { key, words: packed };
}
function byteClasses({ kinds, a, b, lists }) {
    /** [byte] a class may begin here */
    const begins = new Uint8Array(257);
    const mark = (range) => {
        begins[range & 255] = 1;
        begins[(range >> 8) + 1] = 1;
    };
    for (const [node, kind] of kinds.entries()) {
        if (kind === BYTE)
            mark(a[node]);
        if (kind === BYTES)
            for (let at = 0; at < b[node]; at++)
                mark(lists[a[node] + 2 * at]);
    }
    const classOf = new Uint8Array(256);
    let last = 0;
    for (let byte = 1; byte < 256; byte++) {
        last += begins[byte];
        classOf[byte] = last;
    }
    return { classOf, classCount: last + 1 };
}
//# sourceMappingURL=network.js.map