/**
 * Chooses the next token of one request from a row of logits.
 *
 * The chain is llama.cpp's default order: penalties and bias, top-k, top-p, min-p, temperature; then the
 * token with the highest logit / T + Gumbel noise, which is a draw from the softmax (Gumbel 1954; Maddison
 * et al., "A* Sampling", NeurIPS 2014). Greedy (T = 0) is the same without noise. Ties go to the lower id.
 */
import type { Grammar } from '../base/grammar.js';
import type { SamplingOptions } from '../base/sampling-options.js';
import { TokenHistory } from './history.js';
/** A draft's choice. */
export interface Draw {
    /** -1 when none is possible. */
    readonly token: number;
    /** How far the runner-up's score lies behind, nats, >= 0; Infinity when there is none. */
    readonly margin: number;
    /** The runner-up; -1 when truncation or grammar leave none. */
    readonly second: number;
}
/** Tokens that may not come at positions below `before`. */
export interface Delayed {
    readonly tokens: readonly number[];
    readonly before: number;
}
export declare class TokenSampler {
    #private;
    readonly history: TokenHistory;
    constructor(prompt: Int32Array, options: SamplingOptions, delayed?: Delayed);
    /**
     * The token for a position. Changes nothing but the scratch memory.
     * @param logits [vocabularySize], left as they are.
     * @param position index of the token in the whole text, prompt included.
     * @param grammar when given, only tokens it allows are chosen.
     * @returns -1 when bias and grammar leave none
     */
    sample(logits: Float32Array, position: number, grammar?: Grammar): number;
    /** The same as if no token were delayed. */
    sampleFreely(logits: Float32Array, position: number, grammar?: Grammar): number;
    /**
     * The token that `sample` gives for the same arguments, and the runner-up.
     * @returns valid until the next call.
     */
    draw(logits: Float32Array, position: number, grammar?: Grammar): Draw;
}
