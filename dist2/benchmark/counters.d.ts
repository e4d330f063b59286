/**
 * What a server counts of its speculation, read from its Prometheus page before and after a run. Foretoken and
 * vLLM use the same names behind different prefixes.
 */
import type { BenchmarkClient } from './client.js';
import type { RequestOutcome, SpeculationCounts } from './types.js';
/** Undefined where the page has no such counters. */
export declare function readCounts(page: string): SpeculationCounts | undefined;
/** The counts of a running server; undefined where it has none to show. */
export declare function fetchCounts(client: BenchmarkClient): Promise<SpeculationCounts | undefined>;
export declare const difference: (before: SpeculationCounts, after: SpeculationCounts) => SpeculationCounts;
/** From the answers themselves, where the server (llama-server) tells there; it does not count drafts. */
export declare function countsOfAnswers(outcomes: readonly RequestOutcome[]): SpeculationCounts | undefined;
