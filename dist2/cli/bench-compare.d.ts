import type { Command } from 'commander';
import { type BenchCompareFlags } from './flags/bench-compare.js';
/** @returns the exit code */
export declare function benchCompare(flags: BenchCompareFlags, command: Command): Promise<number>;
