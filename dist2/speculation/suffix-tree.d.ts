/** Bytes of a node, and most bytes of its share of the hash table. */
export declare const NODE_BYTES: number;
export declare class SuffixTree {
    #private;
    /**
     * @param text ring of tokens of which the first ones are repeated behind its end, so that no suffix wraps
     * @param ringLength its length without that repetition
     * @param maxNodes most nodes at a time, roots included
     */
    constructor(text: Int32Array, ringLength: number, maxNodes: number);
    get nodesInUse(): number;
    get nodesFree(): number;
    get bytes(): number;
    /** Nodes looked at so far, in all calls: what the tree costs, apart from the clock. */
    get visits(): number;
    /** Counts the suffix `text[at, at + length)` of an output of this label. Needs three free nodes. */
    add(label: number, at: number, length: number): void;
    /** Takes back the oldest suffix that was added and is still counted, given by the same arguments. */
    remove(label: number, at: number, length: number): void;
    /**
     * The node at which, or on whose edge, the path `tokens[from, to)` of a label ends, `to - from` tokens from
     * the root; 0 when no output of the label holds it.
     */
    find(label: number, tokens: Int32Array, from: number, to: number): number;
    /**
     * Where the path that is `depth` tokens long and ends at (or on the edge of) `node` goes on most often; of
     * equals the one seen last. `node` itself when its edge goes on, 0 when no text does. Looks at all children
     * only after so much was removed that another one may be ahead by now.
     */
    likeliest(node: number, depth: number): number;
    /** Occurrences of the path to a node, or to anywhere on its edge. */
    countOf(node: number): number;
    /** Token number `depth` (from 0) of the path to a node. */
    tokenOf(node: number, depth: number): number;
}
