/** What the sampler, the proposers and the engine need of a grammar; `constraints/` has the implementation. */
import type { Token } from './types.js';
/** A guess from a grammar. */
export interface LikelyToken {
    readonly token: Token;
    /** Greater is surer; `CERTAIN` where no other token is allowed. */
    readonly signal: number;
}
export declare const CERTAIN = 32;
/** Restricts which token may come next. A copy costs a few words, and there is nothing to free. */
export interface Grammar {
    /** True when `token` may come next. */
    allows(token: Token): boolean;
    /** All tokens that may come next, ascending, where they are few; undefined where they may be many. */
    few(): Int32Array | undefined;
    /** Sets the logits of all tokens that may not come next to -Infinity. */
    mask(logits: Float32Array): void;
    /** Moves on by one token that `allows` said yes to. */
    accept(token: Token): void;
    clone(): Grammar;
    /**
     * What most likely comes next, by what the grammar forces and by what came in this place before.
     * @param previous the token before, -1 where there is none
     */
    likely(previous: number): LikelyToken | undefined;
    /** Tells that `token` came here after `previous`; before `accept`. Not for what is only guessed. */
    learn(previous: number, token: Token): void;
    /** Why it cannot say what may come next, in words; undefined where all is well. */
    readonly fault: string | undefined;
}
