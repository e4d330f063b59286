/**
 * What a text, byte by byte, may go on with under a network: a pushdown automaton that is made deterministic while it
 * is used. A state is the set of all ways in which the bytes so far can be read; a way is a node and a stack of what
 * is to be gone on with after it. Stacks share their beginnings (Tomita, "Efficient Parsing for Natural Language",
 * 1986), equal stacks and equal states have one number, and the state after a state and a byte is remembered. So a
 * matcher is one integer, and what is read once costs a look into a table from then on.
 *
 * All bounds count configurations and steps, which depend on the grammar and the text alone.
 */
import { MOST_CONFIGURATIONS, MOST_FRAMES, MOST_STEPS_OF_A_BYTE } from './limits.js';
import { BYTE, BYTES, CALL, FORK, REPEAT, RETURN } from './network.js';
import { longer, mix, TupleTable } from './tuple-table.js';
/** Nothing can be read from here. */
export const DEAD = 0;
/** A bound was passed: what can be read is not known. */
export const EXCEEDED = 1;
const FIRST_STATE = 2;
const UNKNOWN = -1;
const EMPTY_STACK = 0;
const SEEN = new TupleTable();
const BEGUN = new TupleTable();
export class Automaton {
    network;
    /** Configurations looked at so far. */
    steps = 0;
    start;
    /** (node, iterations begun, frame below) */
    #frames = new TupleTable();
    /** [state] its configurations are `#pool[#ends[state - 1], #ends[state])`, pairs of node and stack */
    #ends = new Int32Array(64);
    #pool = new Int32Array(256);
    #accepting = new Uint8Array(64);
    #hashes = new Int32Array(64);
    #states = FIRST_STATE;
    #slots = new Int32Array(128);
    /** [state * classCount + class] the next state, or UNKNOWN */
    #transitions;
    // While a state is made; the tables serve all automata of the thread, as no two make one at once.
    #seen = SEEN;
    /** (REPEAT node, 0, stack) of repetitions that may end, and with how few iterations. */
    #begun = BEGUN;
    #least = [];
    #todo = [];
    #found = [];
    #mayEnd = false;
    constructor(network) {
        this.network = network;
        this.#transitions = new Int32Array(this.#accepting.length * network.classCount).fill(UNKNOWN);
        this.#transitions.fill(DEAD, 0, network.classCount);
        this.#transitions.fill(EXCEEDED, network.classCount, 2 * network.classCount);
        this.#todo.push(network.start, 0, EMPTY_STACK);
        this.start = this.#close();
    }
    get bytes() {
        return (this.#frames.bytes +
            this.#pool.byteLength +
            this.#transitions.byteLength +
            this.#slots.byteLength +
            9 * this.#ends.length);
    }
    get states() {
        return this.#states - FIRST_STATE;
    }
    /** The state after one more byte. */
    next(state, byte) {
        const at = state * this.network.classCount + this.network.classOf[byte];
        const known = this.#transitions[at];
        return known === UNKNOWN ? this.#read(state, at) : known;
    }
    /** Whether the text may end here. */
    mayEnd(state) {
        return this.#accepting[state] === 1;
    }
    configurations(state) {
        return (this.#ends[state] - this.#ends[state - 1]) / 2;
    }
    /** The byte that must come next; -1 where the text may end or there are several. */
    onlyByte(state) {
        if (state < FIRST_STATE || this.#accepting[state] === 1)
            return -1;
        const { network } = this;
        let only = -1;
        for (let at = this.#ends[state - 1]; at < this.#ends[state]; at += 2) {
            const node = this.#pool[at];
            // Several ranges are at least two bytes.
            if (network.kind(node) !== BYTE)
                return -1;
            const range = network.a(node);
            if ((range & 255) !== range >> 8 || (only >= 0 && only !== (range & 255)))
                return -1;
            only = range & 255;
        }
        return only;
    }
    /** The state here that is equal to another automaton's state of the same network. */
    adopt(other, state) {
        if (state < FIRST_STATE)
            return state;
        const numbers = new Map([[EMPTY_STACK, EMPTY_STACK]]);
        this.#found.length = 0;
        this.#mayEnd = other.mayEnd(state);
        for (let at = other.#ends[state - 1]; at < other.#ends[state]; at += 2) {
            const chain = [];
            let frame = other.#pool[at + 1];
            for (; !numbers.has(frame); frame = other.#frames.third(frame))
                chain.push(frame);
            for (let last = chain.pop(); last !== undefined; last = chain.pop()) {
                const below = numbers.get(other.#frames.third(last));
                numbers.set(last, this.#frames.number(other.#frames.first(last), other.#frames.second(last), below));
            }
            this.#found.push(other.#pool[at], numbers.get(other.#pool[at + 1]));
        }
        return this.#stateOf(sorted(this.#found));
    }
    #read(state, at) {
        const { network } = this;
        const byte = network.byteOf[at % network.classCount];
        this.#todo.length = 0;
        for (let from = this.#ends[state - 1]; from < this.#ends[state]; from += 2) {
            const node = this.#pool[from];
            if (network.kind(node) === BYTE) {
                if (contains(network.a(node), byte))
                    this.#todo.push(network.b(node), 0, this.#pool[from + 1]);
                continue;
            }
            const list = network.a(node);
            for (let entry = list; entry < list + 2 * network.b(node); entry += 2)
                if (contains(network.lists[entry], byte))
                    this.#todo.push(network.lists[entry + 1], 0, this.#pool[from + 1]);
        }
        this.steps += this.configurations(state);
        const next = this.#todo.length === 0 ? DEAD : this.#close();
        // The table may have grown meanwhile, but places in it stay.
        this.#transitions[at] = next;
        return next;
    }
    /** Follows what leads on without reading, from all that is to do; the state of what reads or ends. */
    #close() {
        const { network } = this;
        const { lists } = network;
        const todo = this.#todo;
        this.#seen.clear();
        this.#begun.clear();
        this.#least.length = 0;
        this.#found.length = 0;
        this.#mayEnd = false;
        const most = this.steps + MOST_STEPS_OF_A_BYTE;
        while (todo.length > 0) {
            const stack = todo.pop();
            const begun = todo.pop();
            const node = todo.pop();
            this.steps += 1;
            const before = this.#seen.size;
            if (this.#seen.number(node, begun, stack) < before)
                continue;
            if (this.steps > most || this.#frames.size > MOST_FRAMES)
                return EXCEEDED;
            switch (network.kind(node)) {
                case BYTE:
                case BYTES:
                    this.#found.push(node, stack);
                    break;
                case FORK: {
                    const list = network.a(node);
                    for (let at = list; at < list + network.b(node); at++)
                        todo.push(lists[at], 0, stack);
                    break;
                }
                case CALL: {
                    todo.push(network.a(node), 0, this.#frames.number(network.b(node), 0, stack));
                    break;
                }
                case REPEAT:
                    this.#repeat(node, begun, stack);
                    break;
                case RETURN: {
                    if (stack === EMPTY_STACK)
                        this.#mayEnd = true;
                    else {
                        const frames = this.#frames;
                        todo.push(frames.first(stack), frames.second(stack), frames.third(stack));
                    }
                }
            }
        }
        if (this.#found.length > 2 * MOST_CONFIGURATIONS)
            return EXCEEDED;
        if (this.#found.length === 0 && !this.#mayEnd)
            return DEAD;
        return this.#stateOf(this.#undominated(sorted(this.#found)));
    }
    /** @param begun iterations that are complete */
    #repeat(node, begun, stack) {
        const { lists } = this.network;
        const list = this.network.a(node);
        const [least, most] = [lists[list + 2], lists[list + 3]];
        if (begun >= least) {
            const number = this.#begun.number(node, 0, stack);
            // Who has begun fewer can do all that who has begun more can.
            if (this.#least[number] !== undefined && this.#least[number] <= begun)
                return;
            this.#least[number] = begun;
            this.#todo.push(lists[list + 1], 0, stack);
        }
        if (most !== -1 && begun >= most)
            return;
        const counted = most === -1 ? Math.min(begun + 1, Math.max(least, 1)) : begun + 1;
        this.#todo.push(lists[list], 0, this.#frames.number(node, counted, stack));
    }
    /**
     * Leaves out configurations that differ from another only in that more iterations of the innermost repetition are
     * behind them, where enough are behind both.
     */
    #undominated(pairs) {
        const { network } = this;
        const frames = this.#frames;
        /** (node, REPEAT node, stack below) -> place of the one with the fewest iterations */
        const best = this.#seen;
        best.clear();
        const places = [];
        let left = pairs.length;
        for (let at = 0; at < pairs.length; at += 2) {
            const stack = pairs[at + 1];
            if (stack === EMPTY_STACK)
                continue;
            const repeat = frames.first(stack);
            const count = frames.second(stack);
            if (count === 0)
                continue;
            const list = network.a(repeat);
            if (count < network.lists[list + 2] || network.lists[list + 3] === -1)
                continue;
            const number = best.number(pairs[at], repeat, frames.third(stack));
            const place = places[number];
            if (place === undefined) {
                places[number] = at;
                continue;
            }
            const worse = frames.second(pairs[place + 1]) <= count ? at : place;
            if (worse === place)
                places[number] = at;
            pairs[worse] = -1;
            left -= 2;
        }
        if (left === pairs.length)
            return pairs;
        const kept = new Int32Array(left);
        let to = 0;
        for (let at = 0; at < pairs.length; at += 2) {
            if (pairs[at] === -1)
                continue;
            kept[to++] = pairs[at];
            kept[to++] = pairs[at + 1];
        }
        return kept;
    }
    /** @param pairs of node and stack, in order */
    #stateOf(pairs) {
        const ends = this.#mayEnd ? 1 : 0;
        let hash = ends;
        for (let at = 0; at < pairs.length; at += 2)
            hash = mix(hash, pairs[at], pairs[at + 1]);
        const mask = this.#slots.length - 1;
        let slot = hash & mask;
        for (let state = this.#slots[slot]; state !== 0; state = this.#slots[slot]) {
            if (this.#hashes[state] === hash && this.#accepting[state] === ends && this.#isState(state, pairs))
                return state;
            slot = (slot + 1) & mask;
        }
        const state = this.#states++;
        if (state === this.#ends.length - 1)
            this.#grow();
        const from = this.#ends[state - 1];
        const to = from + pairs.length;
        while (to > this.#pool.length)
            this.#pool = longer(this.#pool);
        this.#pool.set(pairs, from);
        this.#ends[state] = to;
        this.#accepting[state] = ends;
        this.#hashes[state] = hash;
        this.#place(state);
        return state;
    }
    #isState(state, pairs) {
        const from = this.#ends[state - 1];
        if (this.#ends[state] - from !== pairs.length)
            return false;
        for (let at = 0; at < pairs.length; at++)
            if (this.#pool[from + at] !== pairs[at])
                return false;
        return true;
    }
    #place(state) {
        const mask = this.#slots.length - 1;
        let slot = this.#hashes[state] & mask;
        while (this.#slots[slot] !== 0)
            slot = (slot + 1) & mask;
        this.#slots[slot] = state;
    }
    #grow() {
        this.#ends = longer(this.#ends);
        this.#hashes = longer(this.#hashes);
        const accepting = new Uint8Array(this.#ends.length);
        accepting.set(this.#accepting);
        this.#accepting = accepting;
        const transitions = new Int32Array(this.#ends.length * this.network.classCount).fill(UNKNOWN);
        transitions.set(this.#transitions);
        this.#transitions = transitions;
        this.#slots = new Int32Array(2 * this.#ends.length);
        for (let state = FIRST_STATE; state < this.#states - 1; state++)
            this.#place(state);
    }
}
function contains(range, byte) {
    return (range & 255) <= byte && byte <= range >> 8;
}
/** Pairs in order, so that equal sets are equal arrays. */
function sorted(pairs) {
    const result = Int32Array.from(pairs);
    if (pairs.length <= 2)
        return result;
    /** Nodes and frames are few enough that both fit into one exact number. */
    const keys = new Float64Array(pairs.length / 2);
    for (let at = 0; at < keys.length; at++)
        keys[at] = pairs[2 * at] * 2 ** 32 + pairs[2 * at + 1];
    keys.sort();
    for (let at = 0; at < keys.length; at++) {
        result[2 * at] = Math.floor(keys[at] / 2 ** 32);
        result[2 * at + 1] = keys[at] % 2 ** 32;
    }
    return result;
}
//# sourceMappingURL=automaton.js.map