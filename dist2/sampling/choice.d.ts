/**
 * The best and the second-best token of a row, by score = logit / T + Gumbel noise, or by the plain logit when
 * greedy, in one pass. Ties go to the lower id. The second is what a draft would have said instead, and its
 * distance tells how sure the first is.
 */
import { type PositionNoise } from './noise.js';
/** Which ranks a caller needs; knowing the second, too, leaves less of the vocabulary to be passed over. */
export type Ranks = 1 | 2;
export declare class Choice {
    #private;
    /** -1 when no token is possible. */
    token: number;
    /** The runner-up, -1 when no other token is possible; not meaningful where only one rank was asked for. */
    second: number;
    /** How far the second lies behind, nats, >= 0; Infinity when there is none. */
    get margin(): number;
    /** By the plain logits. */
    greedy(logits: Float32Array): void;
    /** The same over some tokens, in any order. */
    greedyOf(candidates: Int32Array, logits: Float32Array): void;
    /** By logit / temperature + noise, over all tokens. */
    noisy(logits: Float32Array, temperature: number, noise: PositionNoise, ranks: Ranks): void;
    /** By logit / temperature + noise, over some tokens, in any order. */
    noisyOf(candidates: Int32Array, logits: Float32Array, temperature: number, noise: PositionNoise): void;
}
