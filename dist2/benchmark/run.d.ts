import type { BenchmarkOptions, BenchmarkRun } from './types.js';
export type * from './types.js';
/**
 * Requests that fail are part of the result; only what makes every request pointless is thrown.
 * @throws ForetokenError `invalid_option`, or `server_unreachable` where no model can be asked for
 */
export declare function runBenchmark(options: BenchmarkOptions): Promise<BenchmarkRun>;
