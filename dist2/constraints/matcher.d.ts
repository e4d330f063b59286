import type { Grammar, LikelyToken } from '../base/grammar.js';
import type { Token } from '../base/types.js';
import { HabitMemory, Habits } from './habits.js';
import { type CompiledGrammar } from './network.js';
import { TokenAutomaton } from './token-automaton.js';
import type { TokenTrie } from './token-trie.js';
/** What is known of one grammar under one vocabulary; grows with use, and starts anew when it has grown too large. */
export declare class SharedGrammar {
    #private;
    readonly trie: TokenTrie;
    constructor(compiled: CompiledGrammar, trie: TokenTrie);
    /** Made when first asked for: a request that waits needs none. */
    get tokens(): TokenAutomaton;
    /** Of the automaton of today. */
    get habits(): Habits;
    get bytes(): number;
    /** Whoever has a place in the old automaton takes it along when it moves next. */
    forgetIfLarge(): void;
    /** A place has been taken along: what it needs is no reason to start anew again soon. */
    adopted(): void;
    matcher(): GrammarMatcher;
}
export declare class GrammarMatcher implements Grammar {
    #private;
    readonly shared: SharedGrammar;
    fault: string | undefined;
    constructor(shared: SharedGrammar, memory?: HabitMemory);
    allows(token: Token): boolean;
    few(): Int32Array | undefined;
    mask(logits: Float32Array): void;
    accept(token: Token): void;
    likely(previous: number): LikelyToken | undefined;
    learn(previous: number, token: Token): void;
    clone(): GrammarMatcher;
    /** The automaton of today, to which the place has been taken. */
    get tokens(): TokenAutomaton;
}
