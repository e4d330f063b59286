import { type BenchFlags } from './flags/bench.js';
/** @returns the exit code */
export declare function bench(flags: BenchFlags): Promise<number>;
