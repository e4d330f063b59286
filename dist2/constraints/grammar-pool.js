/**
 * The grammars that an engine knows: requests with equal grammars share one automaton, and what has not been used for
 * longest is forgotten first.
 */
import { KEPT_BYTES_OF_ALL, KEPT_GRAMMARS } from './limits.js';
import { SharedGrammar } from './matcher.js';
import { TokenTrie } from './token-trie.js';
export class GrammarPool {
    #texts;
    #trie;
    /** By key; the latest used is last. */
    #grammars = new Map();
    constructor(texts) {
        this.#texts = texts;
    }
    /** Reads the vocabulary now, which takes up to half a second for the largest, and not at the first grammar. */
    prepare() {
        this.#trie ??= new TokenTrie(this.#texts);
    }
    /** A matcher at the beginning of a text. */
    matcher(compiled) {
        const { key } = compiled;
        const shared = this.#grammars.get(key) ?? new SharedGrammar(compiled, (this.#trie ??= new TokenTrie(this.#texts)));
        this.#grammars.delete(key);
        this.#grammars.set(key, shared);
        this.#trim();
        return shared.matcher();
    }
    /** Bytes of all automata that are kept. */
    get bytes() {
        let bytes = 0;
        for (const shared of this.#grammars.values())
            bytes += shared.bytes;
        return bytes;
    }
    #trim() {
        let { bytes } = this;
        for (const [key, shared] of this.#grammars) {
            const enough = this.#grammars.size <= KEPT_GRAMMARS && bytes <= KEPT_BYTES_OF_ALL;
            if (enough || this.#grammars.size === 1)
                return;
            this.#grammars.delete(key);
            bytes -= shared.bytes;
        }
    }
}
//# sourceMappingURL=grammar-pool.js.map