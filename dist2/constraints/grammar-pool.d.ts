import { type GrammarMatcher } from './matcher.js';
import type { CompiledGrammar } from './network.js';
import { type TokenTexts } from './token-trie.js';
export declare class GrammarPool {
    #private;
    constructor(texts: TokenTexts);
    /** Reads the vocabulary now, which takes up to half a second for the largest, and not at the first grammar. */
    prepare(): void;
    /** A matcher at the beginning of a text. */
    matcher(compiled: CompiledGrammar): GrammarMatcher;
    /** Bytes of all automata that are kept. */
    get bytes(): number;
}
