import { GrammarPool } from './grammar-pool.js';
import type { GrammarMatcher } from './matcher.js';
/** A vocabulary of all single bytes, some longer tokens, a control token and one that ends a generation. */
export declare class TestVocabulary {
    #private;
    readonly vocabularySize: number;
    readonly end: number;
    readonly control: number;
    constructor(longer?: readonly string[]);
    tokenBytes(id: number): Uint8Array;
    isEndOfGeneration(id: number): boolean;
}
export declare const BYTES_ONLY: TestVocabulary;
/** A matcher of a grammar over single bytes. */
export declare function matcherOf(gbnf: string, pool?: GrammarPool): GrammarMatcher;
/** Whether the whole text satisfies the grammar, byte by byte. */
export declare function accepts(gbnf: string, text: string | Uint8Array): boolean;
/** The same by backtracking over the expressions; for short texts. */
export declare function acceptsByOracle(gbnf: string, text: string | Uint8Array): boolean;
