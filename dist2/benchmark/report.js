/** A run's figures as a table for people, in the order and with the titles of vLLM's `bench serve`. */
import { METRICS } from './summary.js';
const WIDTH = 60;
const TITLES = {
    ttft: ['TTFT', 'Time to First Token'],
    tpot: ['TPOT', 'Time per Output Token (excl. 1st token)'],
    itl: ['ITL', 'Inter-token Latency'],
    e2el: ['E2EL', 'End-to-end Latency'],
};
export function reportText(summary, settings) {
    const { requestRate, maxConcurrency, percentiles } = settings;
    const lines = [
        title('Serving Benchmark Result', '='),
        ...whole(summary, 'Successful requests:', 'completed'),
        ...whole(summary, 'Failed requests:', 'failed'),
        ...(maxConcurrency === undefined ? [] : [line('Maximum request concurrency:', String(maxConcurrency))]),
        ...(requestRate === Infinity ? [] : [line('Request rate configured (RPS):', requestRate.toFixed(2))]),
        ...decimal(summary, 'Benchmark duration (s):', 'duration'),
        ...whole(summary, 'Total input tokens:', 'total_input_tokens'),
        ...whole(summary, 'Total generated tokens:', 'total_output_tokens'),
        ...decimal(summary, 'Request throughput (req/s):', 'request_throughput'),
        ...decimal(summary, 'Request goodput (req/s):', 'request_goodput'),
        ...decimal(summary, 'Output token throughput (tok/s):', 'output_throughput'),
        ...decimal(summary, 'Peak output token throughput (tok/s):', 'max_output_tokens_per_s'),
        ...whole(summary, 'Peak concurrent requests:', 'max_concurrent_requests'),
        ...decimal(summary, 'Total token throughput (tok/s):', 'total_token_throughput'),
    ];
    // Of nothing there is no latency, and zeros would look like one.
    if (summary['completed'] !== 0)
        for (const metric of METRICS)
            lines.push(...latencySection(summary, metric, percentiles));
    lines.push(...speculationSection(summary), '='.repeat(WIDTH));
    return lines.join('\n');
}
function latencySection(summary, metric, percentiles) {
    const [short, long] = TITLES[metric];
    const rows = [
        ...decimal(summary, `Mean ${short} (ms):`, `mean_${metric}_ms`),
        ...decimal(summary, `Median ${short} (ms):`, `median_${metric}_ms`),
        ...percentiles.flatMap((rank) => decimal(summary, `P${rank} ${short} (ms):`, `p${rank}_${metric}_ms`)),
    ];
    return rows.length === 0 ? [] : [title(long, '-'), ...rows];
}
function speculationSection(summary) {
    const perPosition = summary['spec_decode_per_position_acceptance_rates'];
    const rows = [
        ...decimal(summary, 'Acceptance rate (%):', 'spec_decode_acceptance_rate'),
        ...decimal(summary, 'Acceptance length:', 'spec_decode_acceptance_length'),
        ...whole(summary, 'Drafts:', 'spec_decode_num_drafts'),
        ...whole(summary, 'Draft tokens:', 'spec_decode_draft_tokens'),
        ...whole(summary, 'Accepted tokens:', 'spec_decode_accepted_tokens'),
        ...(isList(perPosition) ? ['Per-position acceptance (%):'] : []),
        ...(isList(perPosition)
            ? perPosition.map((rate, position) => line(`  Position ${position}:`, (100 * rate).toFixed(2)))
            : []),
    ];
    return rows.length === 0 ? [] : [title('Speculative Decoding', '-'), ...rows];
}
const isList = (value) => Array.isArray(value);
const line = (label, figure) => label + figure.padStart(WIDTH - label.length);
/** No line for a figure that the summary does not have. */
function figureLine(summary, label, key, shown) {
    const value = summary[key];
    return typeof value === 'number' ? [line(label, shown(value))] : [];
}
const whole = (summary, label, key) => figureLine(summary, label, key, (value) => String(Math.round(value)));
const decimal = (summary, label, key) => figureLine(summary, label, key, (value) => value.toFixed(2));
function title(text, fill) {
    const before = Math.floor((WIDTH - text.length - 2) / 2);
    return `${fill.repeat(before)} ${text} `.padEnd(WIDTH, fill);
}
//# sourceMappingURL=report.js.map