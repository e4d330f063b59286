import { type Fields } from './fields.js';
import type { ModelLimits } from './model-limits.js';
export interface Endings {
    /** Tokens before which nothing ends the text but its limit. */
    readonly minTokens: number;
    /** Tokens that end it, besides the model's own. */
    readonly stopTokens: readonly number[];
    /** A stop text that came is part of the answer. */
    readonly includeStop: boolean;
}
/** @param maxTokens most tokens of an answer; undefined: as many as fit */
export declare function readEndings(fields: Fields, limits: ModelLimits, maxTokens: number | undefined): Endings;
