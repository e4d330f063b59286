/**
 * A vocabulary as a trie over the bytes of its tokens, in depth-first order, so that all tokens that a grammar allows
 * are found in one pass that leaves out whole branches. Made once for a model.
 *
 * Tokens without text of their own (control tokens) are not in it; those that end a generation are kept apart.
 */
import type { Token } from '../base/types.js';
/** The vocabulary as the trie needs it. */
export interface TokenTexts {
    readonly vocabularySize: number;
    /** UTF-8, not always whole characters; empty for control tokens. */
    tokenBytes(token: Token): Uint8Array;
    isEndOfGeneration(token: Token): boolean;
    /** The model's own tokens of a text, none of them special; where it has no tokenizer, longest tokens are taken. */
    tokenize?(text: string): Int32Array;
}
export declare class TokenTrie {
    #private;
    readonly vocabularySize: number;
    /** Tokens that end a generation, ascending. */
    readonly ends: Int32Array;
    /** [node] bytes before its own; nodes are in depth-first order, the root is not one of them. */
    readonly depth: Uint16Array;
    readonly byte: Uint8Array;
    /** [node] the next node that does not lie below it */
    readonly after: Int32Array;
    /** Tokens of node n: `tokens[firstToken[n], firstToken[n + 1])`. */
    readonly firstToken: Int32Array;
    readonly tokens: Int32Array;
    /** The longest token, bytes. */
    readonly deepest: number;
    constructor(texts: TokenTexts);
    /** Nodes without the root. */
    get size(): number;
    endsGeneration(token: number): boolean;
    start(token: number): number;
    /** The bytes of all tokens in a row; those of token t are `[start(t), start(t + 1))`. */
    get bytes(): Uint8Array;
    /**
     * The first token of a text as the model would write it, and how many bytes it has; undefined where no token spells
     * its beginning.
     */
    first(text: Uint8Array): {
        readonly token: number;
        readonly length: number;
    } | undefined;
}
