import type { CompareResult, Verdict } from './types.js';
import { type Ratio } from '../statistics.js';
export declare function compareText(result: CompareResult): string;
/** Latency over latency: below 1 is faster. */
export declare function ratioText(ratio: Ratio | null): string;
export declare const verdictWord: ({ holds }: Verdict) => string;
