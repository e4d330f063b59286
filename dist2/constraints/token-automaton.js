/** An automaton over bytes together with a vocabulary: which tokens may come next in a state. */
import { Automaton, DEAD, EXCEEDED } from './automaton.js';
import { MOST_FEW, MOST_STEPS_OF_A_LIST, MOST_STEPS_OF_A_MASK } from './limits.js';
export class TokenAutomaton {
    automaton;
    #trie;
    /** [state] the allowed tokens; null where they are more than a few. */
    #few = new Map();
    #masks = new Map();
    #keptBytes = 0;
    /** [depth] states on the way to a node of the trie; shared, as no two walks run at once. */
    #path;
    constructor(network, trie) {
        this.automaton = new Automaton(network);
        this.#trie = trie;
        this.#path = new Int32Array(trie.deepest + 1);
    }
    get bytes() {
        return this.automaton.bytes + this.#keptBytes;
    }
    /** The state after a token; DEAD where it may not come, EXCEEDED where that is not known. */
    next(state, token) {
        const trie = this.#trie;
        if (!(token >= 0 && token < trie.vocabularySize))
            return DEAD;
        if (trie.endsGeneration(token))
            return this.automaton.mayEnd(state) ? state : DEAD;
        const { bytes } = trie;
        const end = trie.start(token + 1);
        let at = trie.start(token);
        if (at === end)
            return DEAD;
        let reached = state;
        for (; at < end && reached > EXCEEDED; at++)
            reached = this.automaton.next(reached, bytes[at]);
        return reached;
    }
    /** All tokens allowed in a state, ascending, where they are few. */
    few(state) {
        let few = this.#few.get(state);
        if (few === undefined) {
            const found = [];
            if (this.automaton.mayEnd(state))
                found.push(...this.#trie.ends);
            const complete = this.#walk(state, MOST_STEPS_OF_A_LIST, (token) => {
                found.push(token);
                return found.length <= MOST_FEW;
            });
            few = complete ? Int32Array.from(found).sort() : null;
            this.#few.set(state, few);
            this.#keptBytes += 64 + 4 * (few?.length ?? 0);
        }
        return few ?? undefined;
    }
    /** Sets the logits of what is not allowed to -Infinity. False where that is not known: a bound was passed. */
    mask(state, logits) {
        const mask = this.#maskOf(state);
        if (mask === undefined)
            return false;
        const { length } = logits;
        for (let word = 0, from = 0; from < length; word++, from += 32) {
            const bits = mask[word];
            if (bits === 0)
                logits.fill(-Infinity, from, Math.min(from + 32, length));
            else if (bits !== 0xffffffff)
                for (let at = from, end = Math.min(from + 32, length); at < end; at++)
                    if (((bits >>> (at & 31)) & 1) === 0)
                        logits[at] = -Infinity;
        }
        return true;
    }
    #maskOf(state) {
        if (this.#masks.has(state))
            return this.#masks.get(state);
        const bits = new Uint32Array(Math.ceil(this.#trie.vocabularySize / 32));
        const add = (token) => {
            bits[token >>> 5] |= 1 << (token & 31);
            return true;
        };
        if (this.automaton.mayEnd(state))
            this.#trie.ends.forEach(add);
        const mask = this.#walk(state, MOST_STEPS_OF_A_MASK, add) ? bits : undefined;
        this.#masks.set(state, mask);
        this.#keptBytes += 64 + (mask?.byteLength ?? 0);
        return mask;
    }
    /**
     * Visits the allowed tokens in the trie's order, those that end a generation left out.
     * @returns false when `visit` said so, or a bound was passed
     */
    #walk(state, mostSteps, visit) {
        const { automaton } = this;
        const { depth, byte, after, firstToken, tokens, size } = this.#trie;
        const path = this.#path;
        const most = automaton.steps + mostSteps;
        path[0] = state;
        for (let node = 0; node < size;) {
            const at = depth[node];
            const next = automaton.next(path[at], byte[node]);
            if (next <= EXCEEDED) {
                if (next === EXCEEDED)
                    return false;
                node = after[node];
                continue;
            }
            if (automaton.steps > most)
                return false;
            path[at + 1] = next;
            for (let rank = firstToken[node]; rank < firstToken[node + 1]; rank++)
                if (!visit(tokens[rank]))
                    return false;
            node += 1;
        }
        return true;
    }
}
//# sourceMappingURL=token-automaton.js.map