/** An automaton over bytes together with a vocabulary: which tokens may come next in a state. */
import { Automaton } from './automaton.js';
import type { Network } from './network.js';
import type { TokenTrie } from './token-trie.js';
export declare class TokenAutomaton {
    #private;
    readonly automaton: Automaton;
    constructor(network: Network, trie: TokenTrie);
    get bytes(): number;
    /** The state after a token; DEAD where it may not come, EXCEEDED where that is not known. */
    next(state: number, token: number): number;
    /** All tokens allowed in a state, ascending, where they are few. */
    few(state: number): Int32Array | undefined;
    /** Sets the logits of what is not allowed to -Infinity. False where that is not known: a bound was passed. */
    mask(state: number, logits: Float32Array): boolean;
}
