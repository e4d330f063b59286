/**
 * Which tokens a text holds and how often, kept up to date token by token, for the penalties. Tokens that
 * are only guessed can be pushed and popped again.
 */
import type { SamplingOptions } from '../base/sampling-options.js';
export declare class TokenHistory {
    #private;
    /** Token -> occurrences in the output (presence and frequency penalty). */
    readonly outputCounts: Map<number, number>;
    /** Token -> occurrences among the last `repeatLastN` of prompt and output (repeat penalty). */
    readonly recentCounts: Map<number, number>;
    constructor(prompt: Int32Array, options: SamplingOptions);
    /** True when any penalty depends on what was said before. */
    get active(): boolean;
    push(token: number): void;
    /** Takes back the last `count` pushed tokens. */
    pop(tokens: readonly number[]): void;
}
