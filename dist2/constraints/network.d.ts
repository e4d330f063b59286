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
export declare const RETURN = 0;
export declare const BYTE = 1;
export declare const BYTES = 2;
export declare const FORK = 3;
export declare const CALL = 4;
export declare const REPEAT = 5;
export type NodeKind = typeof RETURN | typeof BYTE | typeof BYTES | typeof FORK | typeof CALL | typeof REPEAT;
/** A compiled grammar; can be sent between threads, which then share its memory. */
export interface CompiledGrammar {
    /** Equal for grammars of equal text. */
    readonly key: string;
    /** Backed by shared memory. */
    readonly words: Int32Array;
}
/** Reads the words of a compiled grammar. */
export declare class Network {
    #private;
    readonly start: number;
    /** Bytes that no node tells apart are of one class. */
    readonly classCount: number;
    readonly classOf: Uint8Array;
    /** [class] one of its bytes */
    readonly byteOf: Uint8Array;
    readonly lists: Int32Array;
    constructor({ words }: CompiledGrammar);
    kind(node: number): NodeKind;
    a(node: number): number;
    b(node: number): number;
}
/** Nodes as they are made; a place is set later where nodes refer to each other in a circle. */
export interface NetworkParts {
    readonly kinds: readonly NodeKind[];
    readonly a: readonly number[];
    readonly b: readonly number[];
    readonly lists: readonly number[];
    readonly start: number;
}
export declare function packNetwork(key: string, { kinds, a, b, lists, start }: NetworkParts): CompiledGrammar;
