import type { BenchmarkRun, RequestOutcome } from './types.js';
export declare const METRICS: readonly ["ttft", "tpot", "itl", "e2el"];
export type Metric = (typeof METRICS)[number];
export declare const GOODPUT_METRICS: readonly ["ttft", "tpot", "e2el"];
/** Latency objectives in milliseconds; a request that meets all of them counts for `request_goodput`. */
export type GoodputObjectives = Partial<Readonly<Record<(typeof GOODPUT_METRICS)[number], number>>>;
export interface SummaryOptions {
    /** 0 to 100. */
    readonly percentiles: readonly number[];
    readonly metrics: readonly Metric[];
    readonly goodput?: GoodputObjectives | undefined;
}
export type Summary = Readonly<Record<string, number | readonly number[] | null>>;
/**
 * Only requests without an error count, except in `failed` and `max_concurrent_requests`. Latencies are 0 when
 * there is none, as vLLM has it.
 */
export declare function summarise(run: BenchmarkRun, options: SummaryOptions): Summary;
/** TPOT in milliseconds; undefined for an answer of one token, which has no time between tokens. */
export declare const tpotMs: ({ e2eMs, ttftMs, outputTokens }: RequestOutcome) => number | undefined;
/** Lists with an entry for each request, failed ones included, in the order of the prompts. */
export declare function details(run: BenchmarkRun): Readonly<Record<string, readonly unknown[]>>;
/** Each error once, with how many requests had it; the commonest first. */
export declare function groupedErrors(errors: readonly string[]): {
    readonly error: string;
    readonly count: number;
}[];
