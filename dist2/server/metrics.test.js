import assert from 'node:assert/strict';
import { it } from 'node:test';
import { CHAT, testServer, until } from './test-server.js';
/** Samples by name with labels, as Prometheus reads them. */
function samples(text) {
    return new Map(text
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'))
        .map((line) => {
        const cut = line.lastIndexOf(' ');
        return [line.slice(0, cut), Number(line.slice(cut + 1))];
    }));
}
it('/metrics adds up steps and requests', async () => {
    const { app, engine, post } = testServer();
    engine.onSubmit = (stream) => {
        stream.text('abc');
        stream.finish(stream.id === 1 ? 'length' : 'finished', {
            statistics: { cachedTokens: 4, queueMs: 20, prefillMs: 30, decodeMs: 200 },
        });
    };
    const step = {
        stepMs: 10,
        targetMs: 6,
        draftMs: 3,
        batchTokens: 7,
        prefillTokens: 2,
        targetDecodes: 1,
        committedTokens: 5,
        cellsInUse: 100,
        cellsCached: 50,
        cellsFree: 10,
        running: 2,
        waiting: 1,
        preemptions: 1,
        drafts: 2,
        guesses: {
            draft: { drafted: [2, 1], accepted: [2, 0] },
            lookup: { drafted: [0, 1], accepted: [0, 1] },
            padding: { drafted: [1], accepted: [1] },
        },
    };
    engine.step(step);
    engine.step({ ...step, cellsFree: 9, guesses: { draft: { drafted: [1, 1, 2], accepted: [1, 1, 1] } } });
    await post('/v1/chat/completions', CHAT);
    await post('/v1/chat/completions', CHAT);
    await post('/v1/chat/completions', { ...CHAT, n: 0 });
    for (let scrape = 0; scrape < 2; scrape++) {
        const response = await app.inject('/metrics');
        assert.equal(response.statusCode, 200);
        assert.match(response.headers['content-type'], /^text\/plain/);
        const seen = samples(response.body);
        const expected = {
            spec_decode_num_drafts_total: 4,
            spec_decode_num_draft_tokens_total: 8,
            spec_decode_num_accepted_tokens_total: 6,
            'spec_decode_num_accepted_tokens_per_pos_total{position="0"}': 3,
            'spec_decode_num_accepted_tokens_per_pos_total{position="1"}': 2,
            'spec_decode_num_accepted_tokens_per_pos_total{position="2"}': 1,
            committed_tokens_total: 10,
            batch_tokens_total: 14,
            prefill_tokens_total: 4,
            num_preemptions_total: 2,
            'kv_cells{state="in_use"}': 100,
            'kv_cells{state="cached"}': 50,
            'kv_cells{state="free"}': 9,
            step_duration_seconds_count: 2,
            step_target_seconds_count: 2,
            step_draft_seconds_count: 2,
            'step_outside_native_seconds_bucket{le="0.0005"}': 0,
            'step_outside_native_seconds_bucket{le="0.001"}': 2,
            // Nothing is in flight, whatever the last step said.
            num_requests_running: 0,
            num_requests_waiting: 0,
            num_requests_in_flight: 0,
            'requests_total{finish_reason="length"}': 1,
            'requests_total{finish_reason="finished"}': 1,
            prompt_tokens_total: 18,
            prompt_tokens_cached_total: 8,
            generation_tokens_total: 6,
            time_to_first_token_seconds_sum: 0.1,
            time_per_output_token_seconds_sum: 0.2,
            e2e_request_latency_seconds_sum: 0.5,
            request_queue_time_seconds_sum: 0.04,
            'http_requests_total{route="/v1/chat/completions",status="200"}': 2,
            'http_requests_total{route="/v1/chat/completions",status="400"}': 1,
        };
        for (const [name, value] of Object.entries(expected))
            assert.ok(Math.abs(seen.get(`foretoken_${name}`) - value) < 1e-9, `${name}: ${seen.get(`foretoken_${name}`)}`);
        assert.ok(seen.get('foretoken_process_resident_memory_bytes') > 1e6);
        assert.ok(seen.get('foretoken_process_cpu_seconds_total') > 0);
    }
});
it('/metrics tells what runs and waits while something does', async () => {
    const { app, engine, post } = testServer();
    const answer = post('/v1/chat/completions', CHAT);
    await until('it is submitted', () => engine.inFlight === 1);
    engine.step({ running: 1, waiting: 3 });
    const seen = samples((await app.inject('/metrics')).body);
    assert.equal(seen.get('foretoken_num_requests_running'), 1);
    assert.equal(seen.get('foretoken_num_requests_waiting'), 3);
    assert.equal(seen.get('foretoken_num_requests_in_flight'), 1);
    engine.last.finish('finished');
    await answer;
});
//# sourceMappingURL=metrics.test.js.map