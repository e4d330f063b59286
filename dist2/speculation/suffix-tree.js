/**
 * A suffix tree of limited depth with the number of occurrences of every path (Oliaro et al., "SuffixDecoding:
 * Extreme Speculative Decoding for Emerging AI Applications", NeurIPS 2025), one root for each label, in one
 * array of integers. Suffixes leave in the order in which they came (as in Larsson, "Extended Application of
 * Suffix Trees to Data Compression", 1996): each edge points to the newest text that took it, so that it stays
 * readable for as long as anything below it counts, and removing is as exact as adding.
 *
 * A path has a node wherever its count changes: where texts part, and where some of them end. Hence at most two
 * nodes are made for a suffix, and a node that no longer parts anything is joined with its only child.
 */
import { assert } from '../base/errors.js';
/** Fields of a node; a node's name is the offset of its first field, 0 is none. */
const PARENT = 0;
/** First token of the edge from the parent; of a root its label. */
const TOKEN = 1;
/** Next node in the same bucket of the hash table. */
const CHAIN = 2;
/** Where in the text the newest suffix that runs through this node starts. */
const AT = 3;
/** Tokens from the root to the end of this node's edge. */
const DEPTH = 4;
const COUNT = 5;
/** The child that `likeliest` would choose; 0 when it must be looked for. */
const BEST = 6;
const FIRST_CHILD = 7;
const NEXT_SIBLING = 8;
const PREVIOUS_SIBLING = 9;
/** While `BEST` is known: no other child counts more than this. */
const RIVAL = 10;
const FIELDS = 11;
/** Bytes of a node, and most bytes of its share of the hash table. */
export const NODE_BYTES = 4 * FIELDS + 4;
export class SuffixTree {
    #text;
    #ringLength;
    #nodes;
    /** [hash of parent and token] first node of a bucket. */
    #buckets;
    #shift;
    /** Nodes that were given back, linked by `NEXT_SIBLING`. */
    #free = 0;
    #neverUsed = FIELDS;
    #inUse = 0;
    #visits = 0;
    /** Start of the suffix that was removed last: ring positions after it are older than those before it. */
    #lastRemoved = -1;
    /**
     * @param text ring of tokens of which the first ones are repeated behind its end, so that no suffix wraps
     * @param ringLength its length without that repetition
     * @param maxNodes most nodes at a time, roots included
     */
    constructor(text, ringLength, maxNodes) {
        this.#text = text;
        this.#ringLength = ringLength;
        this.#nodes = new Int32Array((maxNodes + 1) * FIELDS);
        const bits = Math.floor(Math.log2(maxNodes));
        this.#buckets = new Int32Array(2 ** bits);
        this.#shift = 32 - bits;
    }
    get nodesInUse() {
        return this.#inUse;
    }
    get nodesFree() {
        return this.#nodes.length / FIELDS - 1 - this.#inUse;
    }
    get bytes() {
        return this.#nodes.byteLength + this.#buckets.byteLength;
    }
    /** Nodes looked at so far, in all calls: what the tree costs, apart from the clock. */
    get visits() {
        return this.#visits;
    }
    /** Counts the suffix `text[at, at + length)` of an output of this label. Needs three free nodes. */
    add(label, at, length) {
        const nodes = this.#nodes;
        const text = this.#text;
        let node = this.#child(0, label);
        if (node === 0)
            node = this.#create(0, label, at, 0, 0);
        nodes[node + COUNT] += 1;
        nodes[node + AT] = at;
        for (let depth = 0; depth < length;) {
            let child = this.#child(node, text[at + depth]);
            if (child === 0) {
                child = this.#create(node, text[at + depth], at, length, 1);
                this.#rate(node, child);
                return;
            }
            const known = nodes[child + AT];
            const end = nodes[child + DEPTH];
            const limit = Math.min(end, length);
            let same = depth + 1;
            while (same < limit && text[known + same] === text[at + same])
                same += 1;
            if (same < end)
                child = this.#split(child, same);
            nodes[child + COUNT] += 1;
            nodes[child + AT] = at;
            this.#rate(node, child);
            node = child;
            depth = same;
        }
    }
    /** Takes back the oldest suffix that was added and is still counted, given by the same arguments. */
    remove(label, at, length) {
        const nodes = this.#nodes;
        const root = this.#child(0, label);
        assert(root !== 0, `no suffixes of label ${label}`);
        let node = root;
        for (let depth = 0; depth < length;) {
            const child = this.#child(node, this.#text[at + depth]);
            assert(child !== 0, `suffix ${at} of label ${label} is not in the tree`);
            const count = nodes[child + COUNT] - 1;
            nodes[child + COUNT] = count;
            if (nodes[node + BEST] === child && count <= nodes[node + RIVAL])
                nodes[node + BEST] = 0;
            if (count === 0) {
                this.#release(child);
                break;
            }
            node = child;
            depth = nodes[child + DEPTH];
        }
        if (node !== root)
            this.#joinWithOnlyChild(node);
        nodes[root + COUNT] -= 1;
        if (nodes[root + COUNT] === 0)
            this.#release(root);
        this.#lastRemoved = at;
    }
    /**
     * The node at which, or on whose edge, the path `tokens[from, to)` of a label ends, `to - from` tokens from
     * the root; 0 when no output of the label holds it.
     */
    find(label, tokens, from, to) {
        const nodes = this.#nodes;
        const text = this.#text;
        let node = this.#child(0, label);
        for (let at = from; at < to && node !== 0;) {
            node = this.#child(node, tokens[at]);
            if (node === 0)
                break;
            const known = nodes[node + AT] - from;
            const end = Math.min(from + nodes[node + DEPTH], to);
            for (at += 1; at < end; at++)
                if (text[known + at] !== tokens[at])
                    return 0;
        }
        return node;
    }
    /**
     * Where the path that is `depth` tokens long and ends at (or on the edge of) `node` goes on most often; of
     * equals the one seen last. `node` itself when its edge goes on, 0 when no text does. Looks at all children
     * only after so much was removed that another one may be ahead by now.
     */
    likeliest(node, depth) {
        const nodes = this.#nodes;
        if (depth < nodes[node + DEPTH])
            return node;
        let best = nodes[node + BEST];
        if (best !== 0)
            return best;
        let rival = 0;
        for (let child = nodes[node + FIRST_CHILD]; child !== 0; child = nodes[child + NEXT_SIBLING]) {
            this.#visits += 1;
            const isAhead = best === 0 || this.#isAhead(child, best);
            const behind = isAhead ? best : child;
            if (behind !== 0)
                rival = Math.max(rival, nodes[behind + COUNT]);
            if (isAhead)
                best = child;
        }
        nodes[node + BEST] = best;
        nodes[node + RIVAL] = rival;
        return best;
    }
    /** Occurrences of the path to a node, or to anywhere on its edge. */
    countOf(node) {
        return this.#nodes[node + COUNT];
    }
    /** Token number `depth` (from 0) of the path to a node. */
    tokenOf(node, depth) {
        return this.#text[this.#nodes[node + AT] + depth];
    }
    #isAhead(node, other) {
        const nodes = this.#nodes;
        const more = nodes[node + COUNT] - nodes[other + COUNT];
        return more !== 0 ? more > 0 : this.#age(node) > this.#age(other);
    }
    /** Greater for what came later. */
    #age(node) {
        const at = this.#nodes[node + AT];
        return at > this.#lastRemoved ? at : at + this.#ringLength;
    }
    /** `child` has just been counted once more, so among equals it is the newest. */
    #rate(node, child) {
        const nodes = this.#nodes;
        const best = nodes[node + BEST];
        if (best === child)
            return;
        if (best === 0) {
            const isOnly = nodes[node + FIRST_CHILD] === child && nodes[child + NEXT_SIBLING] === 0;
            if (!isOnly)
                return;
            nodes[node + BEST] = child;
            nodes[node + RIVAL] = 0;
            return;
        }
        const leads = nodes[child + COUNT] >= nodes[best + COUNT];
        nodes[node + RIVAL] = Math.max(nodes[node + RIVAL], nodes[(leads ? best : child) + COUNT]);
        if (leads)
            nodes[node + BEST] = child;
    }
    #bucket(parent, token) {
        return Math.imul(Math.imul(parent, 0x9e3779b1) + token, 0x85ebca6b) >>> this.#shift;
    }
    #child(parent, token) {
        const nodes = this.#nodes;
        let node = this.#buckets[this.#bucket(parent, token)];
        this.#visits += 1;
        while (node !== 0 && (nodes[node + PARENT] !== parent || nodes[node + TOKEN] !== token)) {
            this.#visits += 1;
            node = nodes[node + CHAIN];
        }
        return node;
    }
    /** Puts a node on the edge above `child`, `depth` tokens from the root. */
    #split(child, depth) {
        const nodes = this.#nodes;
        const parent = nodes[child + PARENT];
        const wasBest = nodes[parent + BEST] === child;
        this.#unlink(child);
        const at = nodes[child + AT];
        const middle = this.#create(parent, nodes[child + TOKEN], at, depth, nodes[child + COUNT]);
        this.#link(child, middle, this.#text[at + depth]);
        nodes[middle + BEST] = child;
        nodes[middle + RIVAL] = 0;
        if (wasBest)
            nodes[parent + BEST] = middle;
        return middle;
    }
    /** Takes a node out at which nothing parts and nothing ends. */
    #joinWithOnlyChild(node) {
        const nodes = this.#nodes;
        const child = nodes[node + FIRST_CHILD];
        if (child === 0 || nodes[child + NEXT_SIBLING] !== 0 || nodes[child + COUNT] !== nodes[node + COUNT])
            return;
        const parent = nodes[node + PARENT];
        const token = nodes[node + TOKEN];
        const wasBest = nodes[parent + BEST] === node;
        this.#unlink(child);
        this.#release(node);
        this.#link(child, parent, token);
        if (wasBest)
            nodes[parent + BEST] = child;
    }
    #create(parent, token, at, depth, count) {
        const nodes = this.#nodes;
        let node = this.#free;
        if (node !== 0)
            this.#free = nodes[node + NEXT_SIBLING];
        else {
            node = this.#neverUsed;
            assert(node < nodes.length, 'the suffix tree is full');
            this.#neverUsed += FIELDS;
        }
        this.#inUse += 1;
        nodes[node + AT] = at;
        nodes[node + DEPTH] = depth;
        nodes[node + COUNT] = count;
        nodes[node + BEST] = 0;
        nodes[node + FIRST_CHILD] = 0;
        this.#link(node, parent, token);
        return node;
    }
    #release(node) {
        this.#unlink(node);
        this.#nodes[node + NEXT_SIBLING] = this.#free;
        this.#free = node;
        this.#inUse -= 1;
    }
    #link(node, parent, token) {
        const nodes = this.#nodes;
        const bucket = this.#bucket(parent, token);
        nodes[node + PARENT] = parent;
        nodes[node + TOKEN] = token;
        nodes[node + CHAIN] = this.#buckets[bucket];
        this.#buckets[bucket] = node;
        const next = nodes[parent + FIRST_CHILD];
        nodes[node + NEXT_SIBLING] = next;
        nodes[node + PREVIOUS_SIBLING] = 0;
        if (next !== 0)
            nodes[next + PREVIOUS_SIBLING] = node;
        nodes[parent + FIRST_CHILD] = node;
    }
    #unlink(node) {
        const nodes = this.#nodes;
        const parent = nodes[node + PARENT];
        const bucket = this.#bucket(parent, nodes[node + TOKEN]);
        let before = this.#buckets[bucket];
        if (before === node)
            this.#buckets[bucket] = nodes[node + CHAIN];
        else {
            while (nodes[before + CHAIN] !== node)
                before = nodes[before + CHAIN];
            nodes[before + CHAIN] = nodes[node + CHAIN];
        }
        const next = nodes[node + NEXT_SIBLING];
        const previous = nodes[node + PREVIOUS_SIBLING];
        if (next !== 0)
            nodes[next + PREVIOUS_SIBLING] = previous;
        if (previous !== 0)
            nodes[previous + NEXT_SIBLING] = next;
        else
            nodes[parent + FIRST_CHILD] = next;
    }
}
//# sourceMappingURL=suffix-tree.js.map