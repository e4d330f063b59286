import { type Token } from '../base/types.js';
import type { Library } from './library.js';
import { TokenCandidates } from './token-candidates.js';
export type SamplerStep = {
    readonly kind: 'greedy';
} | {
    readonly kind: 'dist';
    readonly seed: number;
} | {
    readonly kind: 'top-k';
    readonly k: number;
} | {
    readonly kind: 'top-p';
    readonly p: number;
    readonly minKeep?: number;
} | {
    readonly kind: 'min-p';
    readonly p: number;
    readonly minKeep?: number;
} | {
    readonly kind: 'temperature';
    readonly temperature: number;
} | {
    readonly kind: 'penalties';
    readonly lastN: number;
    readonly repeat?: number;
    readonly frequency?: number;
    readonly presence?: number;
};
export declare class SamplerChain {
    #private;
    private constructor();
    /** The steps in order; one that chooses (`greedy`, `dist`) comes last. */
    static create(library: Library, vocabularySize: number, steps: readonly SamplerStep[]): SamplerChain;
    /** The chosen token for a row of logits, which stays as it is. Not yet accepted. */
    sample(logits: Float32Array): Token;
    /** What is left after all steps, with probabilities where a step computes them. */
    apply(logits: Float32Array): ReturnType<TokenCandidates['read']>;
    /** Tells the steps that remember (penalties) which token was chosen. */
    accept(chosen: Token): void;
    /** Forgets the accepted tokens. */
    reset(): void;
    clone(): SamplerChain;
    dispose(): void;
}
