import type { CompareResult } from './types.js';
export declare function comparePage(result: CompareResult): string;
