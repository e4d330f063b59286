/** Figures of an answer in words. */
import type { FinishReason, RequestStatistics } from '../engine/types.js';
/** Tokens a second from the first token to the last; undefined for an answer of one token. */
export declare const tokensPerSecond: ({ outputTokens, decodeMs }: RequestStatistics) => number | undefined;
/** One line: how much, how fast, and what guessing did for it. */
export declare function statisticsText(statistics: RequestStatistics, reason: FinishReason): string;
/** The same answer with speculation off and on, side by side. */
export declare function comparisonText(off: RequestStatistics, mode: string, on: RequestStatistics): string;
/** Index of the first character in which two texts differ; undefined when they are the same. */
export declare function firstDifference(a: string, b: string): number | undefined;
