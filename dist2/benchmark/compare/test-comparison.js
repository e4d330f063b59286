/** A comparison made by hand, for tests of what is read from one. */
import { cellRecord } from './analysis.js';
import { rampWindows } from './ramp.js';
import { parseSetting } from './settings.js';
import { COMPARE_SCHEMA, } from './types.js';
import { verdicts } from './verdicts.js';
export const CELLS = [
    { id: 'rate 2', kind: 'rate', task: 'all', requestRate: 2, requests: 16 },
    { id: 'rate inf', kind: 'rate', task: 'all', requestRate: Infinity, requests: 80 },
    { id: 'idle math', kind: 'idle', task: 'math', requestRate: undefined, requests: 8 },
];
const ENGINE = {
    steps: 100,
    step_s: 0.5,
    target_s: 0.4,
    draft_s: 0.05,
    outside_s: 0.05,
    plan_s: 0.004,
    committed_tokens: 250,
    token_goodput: 500,
    drafts: 50,
    draft_tokens: 150,
    accepted_tokens: 90,
    accepted_per_position: [45, 30, 15],
    mean_length: 1.5,
    latency_model_error: null,
    steps_without_guesses: 25,
    sources: { draft: { drafted: 150, accepted: 90 } },
};
/** @param latencies mean E2EL in milliseconds of each repeat; undefined: a request failed */
export function runsOf(cell, setting, latencies, more = {}) {
    return latencies.map((latency, repeat) => ({
        cell,
        setting,
        repeat,
        started_s: 1,
        summary: {
            completed: 16,
            failed: latency === undefined ? 1 : 0,
            mean_e2el_ms: latency ?? 1,
            median_e2el_ms: 91,
            p99_e2el_ms: 199,
            mean_ttft_ms: 21,
            median_ttft_ms: 20,
            p99_ttft_ms: 45,
            mean_tpot_ms: 3.1,
            median_tpot_ms: 3,
            p99_tpot_ms: 7.7,
            output_throughput: 345.6,
        },
        cached_prompt_tokens: 0,
        texts_differ: 0,
        engine: setting === 'off' ? { ...ENGINE, drafts: 0, draft_tokens: 0, accepted_tokens: 0, sources: {} } : ENGINE,
        plans: setting === 'auto'
            ? {
                steps: 10,
                lengths: { none: [4], draft: [0, 0, 6] },
                latency_error_median: 0.05,
                latency_error_p90: 0.12,
            }
            : null,
        errors: [],
        ...more,
    }));
}
const RAMP_RUNS = ['off', 'auto'].map((setting) => ({
    setting,
    repeat: 0,
    failed: 0,
    duration_s: 2.5,
    recovery_s: setting === 'off' ? 1.25 : 1.5,
    samples: [0, 1].map((atS) => ({ at_s: atS, committed_tokens_per_s: 321, mean_length: atS, in_flight: 2 })),
    requests: Array.from({ length: 12 }, (_, index) => [index / 6, setting === 'off' ? 4 : 4.4, 60]),
}));
export const RAMP = {
    duration_s: 2,
    low_rps: 0.5,
    peak_rps: 15,
    runs: RAMP_RUNS,
    windows: rampWindows(RAMP_RUNS, 2),
};
export const SETTINGS = ['off', 'draft:3', 'lookup:3', 'auto'].map((name) => parseSetting(name));
export function comparison(runs, more = {}) {
    const repeats = Math.max(...runs.map(({ repeat }) => repeat + 1));
    const cells = CELLS.map((cell) => cellRecord(cell, SETTINGS, runs, repeats));
    return {
        schema: COMPARE_SCHEMA,
        complete: true,
        started_at: '2026-11-21T18:00:00.000Z',
        duration_s: 600,
        version: '0.1.0',
        machine: {
            processor: 'Some processor',
            cores: 2,
            memory_gib: 24,
            system: 'Linux 6',
            node: 'v20.20.2',
            load_average_before: 0.1,
        },
        server: { model: 'demo', parallel: 4, proposers: ['lookup', 'draft'], flags: ['--threads', '1'] },
        options: {
            repeats,
            seconds_per_run: 8,
            seed: 0,
            temperature: 0,
            output_len: 128,
            tasks: ['math'],
            with_suffix: false,
        },
        calibration: { idle_latency_ms: 123, saturation_rps: 7.89 },
        settings: SETTINGS.map(({ name }) => ({ name, speculation: name })),
        verdicts: verdicts(cells, runs, more.ramp ?? null),
        cells,
        runs,
        ramp: null,
        ...more,
    };
}
/** `auto` as fast as the best everywhere. */
export const GOOD_RUNS = CELLS.flatMap(({ id }) => [
    ...runsOf(id, 'off', [100, 200, 300]),
    ...runsOf(id, 'draft:3', [80, 170, 240]),
    ...runsOf(id, 'lookup:3', [120, 210, 290]),
    ...runsOf(id, 'auto', [80, 160, 245]),
]);
//# sourceMappingURL=test-comparison.js.map