/**
 * Figures of a run under the names, units and definitions of vLLM's `bench serve` result files: `*_ms` in
 * milliseconds, `duration` and the detailed lists in seconds, `spec_decode_acceptance_rate` in percent.
 */
import { quantile } from '../base/quantile.js';
import { mean, sum } from './statistics.js';
export const METRICS = ['ttft', 'tpot', 'itl', 'e2el'];
export const GOODPUT_METRICS = ['ttft', 'tpot', 'e2el'];
/**
 * Only requests without an error count, except in `failed` and `max_concurrent_requests`. Latencies are 0 when
 * there is none, as vLLM has it.
 */
export function summarise(run, options) {
    const good = run.outcomes.filter(({ error }) => error === undefined);
    const seconds = run.durationMs / 1000;
    const inputTokens = sum(good.map((outcome) => outcome.inputTokens));
    const outputTokens = sum(good.map((outcome) => outcome.outputTokens));
    const perSecond = (count) => (seconds > 0 ? count / seconds : 0);
    return {
        duration: seconds,
        completed: good.length,
        failed: run.outcomes.length - good.length,
        total_input_tokens: inputTokens,
        total_output_tokens: outputTokens,
        request_throughput: perSecond(good.length),
        request_goodput: options.goodput
            ? perSecond(good.filter((outcome) => meets(outcome, options.goodput)).length)
            : null,
        output_throughput: perSecond(outputTokens),
        total_token_throughput: perSecond(inputTokens + outputTokens),
        max_output_tokens_per_s: mostTokensInASecond(good),
        max_concurrent_requests: run.maxConcurrentRequests,
        ...speculationFigures(run.speculation),
        ...Object.fromEntries(METRICS.filter((metric) => options.metrics.includes(metric)).flatMap((metric) => latencyFigures(metric, valuesOf(metric, good), options.percentiles))),
    };
}
/** TPOT in milliseconds; undefined for an answer of one token, which has no time between tokens. */
export const tpotMs = ({ e2eMs, ttftMs, outputTokens }) => outputTokens > 1 ? (e2eMs - ttftMs) / (outputTokens - 1) : undefined;
function valuesOf(metric, outcomes) {
    switch (metric) {
        case 'ttft':
            return outcomes.map(({ ttftMs }) => ttftMs);
        case 'tpot':
            return outcomes.flatMap((outcome) => tpotMs(outcome) ?? []);
        case 'itl':
            return outcomes.flatMap(({ itlMs }) => itlMs);
        case 'e2el':
            return outcomes.map(({ e2eMs }) => e2eMs);
    }
}
/** An answer of one token meets any TPOT. */
const meets = (outcome, { ttft, tpot, e2el }) => outcome.ttftMs <= (ttft ?? Infinity) &&
    (tpotMs(outcome) ?? 0) <= (tpot ?? Infinity) &&
    outcome.e2eMs <= (e2el ?? Infinity);
function latencyFigures(metric, values, percentiles) {
    const none = values.length === 0;
    const middle = none ? 0 : mean(values);
    const variance = none ? 0 : mean(values.map((value) => (value - middle) ** 2));
    const percentile = (rank) => (none ? 0 : quantile(values, rank / 100));
    return [
        [`mean_${metric}_ms`, middle],
        [`median_${metric}_ms`, percentile(50)],
        [`std_${metric}_ms`, Math.sqrt(variance)],
        ...percentiles.map((rank) => [`p${rank}_${metric}_ms`, percentile(rank)]),
    ];
}
/**
 * The busiest of the whole seconds counted from the first request. An answer's tokens are spread evenly over its
 * events with text, as one event may carry several (vLLM counts it as one).
 */
function mostTokensInASecond(outcomes) {
    const startMs = outcomes.reduce((least, outcome) => Math.min(least, outcome.startMs), Infinity);
    const tokens = new Map();
    for (const outcome of outcomes) {
        const perEvent = outcome.outputTokens / (outcome.itlMs.length + 1);
        let atMs = outcome.startMs - startMs + outcome.ttftMs;
        for (const gapMs of [0, ...outcome.itlMs]) {
            atMs += gapMs;
            const second = Math.floor(atMs / 1000);
            tokens.set(second, (tokens.get(second) ?? 0) + perEvent);
        }
    }
    return [...tokens.values()].reduce((most, count) => Math.max(most, count), 0);
}
/** Left out where the server tells nothing, or drafted nothing; the length counts the bonus token. */
function speculationFigures(counts) {
    if (counts === undefined || counts.draftTokens <= 0)
        return {};
    const { drafts, draftTokens, acceptedTokens, acceptedPerPosition } = counts;
    return {
        spec_decode_acceptance_rate: (100 * acceptedTokens) / draftTokens,
        ...(drafts <= 0
            ? {}
            : {
                spec_decode_acceptance_length: 1 + acceptedTokens / drafts,
                spec_decode_num_drafts: drafts,
            }),
        spec_decode_draft_tokens: draftTokens,
        spec_decode_accepted_tokens: acceptedTokens,
        ...(drafts <= 0 || acceptedPerPosition.length === 0
            ? {}
            : { spec_decode_per_position_acceptance_rates: acceptedPerPosition.map((count) => count / drafts) }),
    };
}
/** Lists with an entry for each request, failed ones included, in the order of the prompts. */
export function details(run) {
    const each = (of) => run.outcomes.map(of);
    const failed = ({ error }) => error !== undefined;
    return {
        input_lens: each((outcome) => outcome.inputTokens),
        output_lens: each((outcome) => (failed(outcome) ? 0 : outcome.outputTokens)),
        ttfts: each((outcome) => outcome.ttftMs / 1000),
        itls: each((outcome) => outcome.itlMs.map((ms) => ms / 1000)),
        latencies: each((outcome) => outcome.e2eMs / 1000),
        start_times: each((outcome) => outcome.startMs / 1000),
        queue_times: each((outcome) => outcome.queueMs / 1000),
        generated_texts: each((outcome) => outcome.text),
        errors: each((outcome) => outcome.error ?? ''),
        tasks: each((outcome) => outcome.task),
    };
}
/** Each error once, with how many requests had it; the commonest first. */
export function groupedErrors(errors) {
    const counts = new Map();
    for (const error of errors)
        counts.set(error, (counts.get(error) ?? 0) + 1);
    return [...counts].map(([error, count]) => ({ error, count })).sort((a, b) => b.count - a.count);
}
//# sourceMappingURL=summary.js.map