/** Figures of a run against values worked out by hand. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reportText } from './report.js';
import { details, groupedErrors, METRICS, summarise } from './summary.js';
const outcome = (more) => ({
    task: 'math',
    startMs: 0,
    queueMs: 0,
    ttftMs: 100,
    itlMs: [],
    e2eMs: 100,
    inputTokens: 10,
    outputTokens: 1,
    text: '',
    ...more,
});
const RUN = {
    model: 'm',
    durationMs: 4000,
    maxConcurrentRequests: 3,
    warmupErrors: [],
    outcomes: [
        // TPOT (500 - 100) / 4 = 100
        outcome({ itlMs: [150, 250], e2eMs: 500, outputTokens: 5, text: 'abc' }),
        // One token: no TPOT.
        outcome({ startMs: 1000, ttftMs: 200, e2eMs: 200 }),
        // TPOT (1300 - 300) / 10 = 100, two seconds from the first request
        outcome({ startMs: 2000, queueMs: 50, ttftMs: 300, itlMs: [1000], e2eMs: 1300, outputTokens: 11 }),
        outcome({
            startMs: 3000,
            ttftMs: 1,
            e2eMs: 9,
            inputTokens: 99,
            outputTokens: 99,
            error: 'status 500: no',
        }),
    ],
};
const ALL = { percentiles: [50, 99], metrics: METRICS };
const close = (actual, expected) => {
    assert.ok(typeof actual === 'number' && Math.abs(actual - expected) < 1e-9, `${String(actual)} is not ${expected}`);
};
describe('a summary', () => {
    it('counts, and divides by the duration', () => {
        const summary = summarise(RUN, ALL);
        const expected = {
            duration: 4,
            completed: 3,
            failed: 1,
            total_input_tokens: 30,
            total_output_tokens: 17,
            request_throughput: 0.75,
            output_throughput: 4.25,
            total_token_throughput: 11.75,
            max_concurrent_requests: 3,
        };
        for (const [key, value] of Object.entries(expected))
            close(summary[key], value);
        assert.equal(summary['request_goodput'], null);
    });
    it('has mean, median, deviation and percentiles between two values', () => {
        const summary = summarise(RUN, ALL);
        close(summary['mean_ttft_ms'], 200);
        close(summary['median_ttft_ms'], 200);
        close(summary['std_ttft_ms'], Math.sqrt(20000 / 3));
        // Of 100, 200, 300 the rank 0.99 * 2 = 1.98.
        close(summary['p99_ttft_ms'], 298);
        close(summary['p50_ttft_ms'], 200);
        close(summary['mean_tpot_ms'], 100);
        close(summary['std_tpot_ms'], 0);
        close(summary['mean_itl_ms'], 1400 / 3);
        close(summary['median_itl_ms'], 250);
        close(summary['mean_e2el_ms'], 2000 / 3);
        close(summary['p99_e2el_ms'], 500 + 0.98 * 800);
    });
    it('has only the metrics and percentiles that were asked for', () => {
        const summary = summarise(RUN, { percentiles: [99.9], metrics: ['e2el'] });
        const latencies = Object.keys(summary).filter((key) => key.endsWith('_ms'));
        assert.deepEqual(latencies, ['mean_e2el_ms', 'median_e2el_ms', 'std_e2el_ms', 'p99.9_e2el_ms']);
    });
    it('counts for request_goodput what meets every objective, a single token any TPOT', () => {
        const goodput = (objectives) => summarise(RUN, { ...ALL, goodput: objectives })['request_goodput'];
        close(goodput({ ttft: 200 }), 2 / 4);
        close(goodput({ ttft: 199 }), 1 / 4);
        close(goodput({ tpot: 99 }), 1 / 4);
        close(goodput({ tpot: 100, e2el: 500 }), 2 / 4);
        close(goodput({ ttft: 300, tpot: 100, e2el: 1300 }), 3 / 4);
        close(goodput({ e2el: 1 }), 0);
    });
    it('finds the busiest second, tokens spread over the events that brought them', () => {
        // Second 0: 5; second 1: 1; seconds 2 and 3: 5.5 each.
        close(summarise(RUN, ALL)['max_output_tokens_per_s'], 5.5);
    });
    it('has the figures of speculation as far as they are told', () => {
        const of = (speculation) => Object.fromEntries(Object.entries(summarise(speculation ? { ...RUN, speculation } : RUN, ALL)).filter(([key]) => key.startsWith('spec_decode')));
        assert.deepEqual(of(undefined), {});
        assert.deepEqual(of({ drafts: 0, draftTokens: 0, acceptedTokens: 0, acceptedPerPosition: [] }), {});
        assert.deepEqual(of({ drafts: 4, draftTokens: 20, acceptedTokens: 10, acceptedPerPosition: [4, 3, 3] }), {
            spec_decode_acceptance_rate: 50,
            spec_decode_acceptance_length: 3.5,
            spec_decode_num_drafts: 4,
            spec_decode_draft_tokens: 20,
            spec_decode_accepted_tokens: 10,
            spec_decode_per_position_acceptance_rates: [1, 0.75, 0.75],
        });
        assert.deepEqual(of({ drafts: 0, draftTokens: 20, acceptedTokens: 5, acceptedPerPosition: [] }), {
            spec_decode_acceptance_rate: 25,
            spec_decode_draft_tokens: 20,
            spec_decode_accepted_tokens: 5,
        });
    });
    it('of nothing but failures has no figure that is not a number', () => {
        const failed = { ...RUN, outcomes: RUN.outcomes.slice(3), durationMs: 0 };
        const summary = summarise(failed, { ...ALL, goodput: { ttft: 1 } });
        for (const [key, value] of Object.entries(summary))
            assert.ok(Number.isFinite(value), key);
        assert.equal(summary['completed'], 0);
        assert.equal(summary['failed'], 1);
    });
});
it('details are lists in seconds with an entry for every request', () => {
    const lists = details(RUN);
    assert.deepEqual(lists['ttfts'], [0.1, 0.2, 0.3, 0.001]);
    assert.deepEqual(lists['itls'], [[0.15, 0.25], [], [1], []]);
    assert.deepEqual(lists['output_lens'], [5, 1, 11, 0]);
    assert.deepEqual(lists['start_times'], [0, 1, 2, 3]);
    assert.deepEqual(lists['queue_times'], [0, 0, 0.05, 0]);
    assert.deepEqual(lists['errors'], ['', '', '', 'status 500: no']);
    assert.deepEqual(lists['generated_texts'], ['abc', '', '', '']);
    for (const list of Object.values(lists))
        assert.equal(list.length, RUN.outcomes.length);
});
it('errors are grouped, the commonest first', () => {
    assert.deepEqual(groupedErrors(['a', 'b', 'b', 'c', 'b', 'c']), [
        { error: 'b', count: 3 },
        { error: 'c', count: 2 },
        { error: 'a', count: 1 },
    ]);
});
it('the table shows what the summary holds, every line of one width', () => {
    const run = {
        ...RUN,
        speculation: { drafts: 4, draftTokens: 20, acceptedTokens: 10, acceptedPerPosition: [4, 3] },
    };
    const settings = { requestRate: 2.5, maxConcurrency: 3, percentiles: [50, 99] };
    const text = reportText(summarise(run, { ...ALL, goodput: { ttft: 200 } }), settings);
    for (const line of text.split('\n').filter((line) => !line.startsWith('Per-position')))
        assert.equal(line.length, 60, line);
    for (const words of [
        /^=+ Serving Benchmark Result =+$/m,
        /^Request rate configured \(RPS\): +2\.50$/m,
        /^Request goodput \(req\/s\): +0\.50$/m,
        /^-+ Time per Output Token \(excl\. 1st token\) -+$/m,
        /^P99 TTFT \(ms\): +298\.00$/m,
        /^Acceptance length: +3\.50$/m,
        /^ {2}Position 1: +75\.00$/m,
    ])
        assert.match(text, words);
    const failed = summarise({ ...RUN, outcomes: RUN.outcomes.slice(3) }, ALL);
    assert.doesNotMatch(reportText(failed, settings), /TTFT|goodput|Acceptance/);
});
//# sourceMappingURL=summary.test.js.map