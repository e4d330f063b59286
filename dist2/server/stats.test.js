/** `/v1/stats` and its events over an engine that the test drives. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get } from 'node:http';
import { describe, it } from 'node:test';
import { FakeCodec, FakeEngine } from './fake-engine.js';
import { buildServer, listen } from './server.js';
import { MOST_READERS } from './stats-feed.js';
import { EngineStatistics, ServerStatistics, Sums } from './statistics.js';
import { CHAT, answering, namedEvents, testServer, until } from './test-server.js';
const STEP = {
    stepMs: 10,
    targetMs: 6,
    draftMs: 3,
    batchTokens: 7,
    committedTokens: 5,
    decodingRequests: 2,
    drafts: 2,
    predictedMs: 11,
    cellsFree: 9,
    guesses: { draft: { drafted: [2, 2], accepted: [2, 1] } },
};
/** A server on a port, and a reader of its events. */
async function listening(options = {}) {
    const engine = new FakeEngine();
    const app = buildServer({
        engine,
        codec: new FakeCodec(),
        modelId: 'demo',
        modelPath: '/models/demo.gguf',
        shutdownGraceMs: 0,
        ...options,
    });
    const url = await listen(app, { host: '127.0.0.1', port: 0 });
    const follow = async (headers = {}) => {
        const request = get(`${url}/v1/stats/events`, { headers, agent: false });
        const [response] = (await once(request, 'response'));
        return response;
    };
    return { engine, app, url, follow };
}
/** Collects what a stream brings, comments left out. */
function reading(response) {
    let text = '';
    response.setEncoding('utf8').on('data', (more) => (text += more));
    // What has come of the next event is left for later.
    return () => namedEvents(text.slice(0, text.lastIndexOf('\n\n') + 2).replaceAll(/^:.*\n\n/gm, ''));
}
describe('GET /v1/stats', () => {
    it('says the same as /metrics, and why requests were not guessed for', async () => {
        const { app, engine, post } = testServer();
        engine.onSubmit = (stream) => {
            stream.text('abc');
            stream.finish('length', {
                statistics: { queueMs: 20, prefillMs: 30, decodeMs: 200 },
                record: { notSpeculated: 'no proposer pays', bestGain: 0.014 },
            });
        };
        engine.step(STEP);
        engine.step({ ...STEP, guesses: {}, drafts: 0 });
        await post('/v1/chat/completions', CHAT);
        await post('/v1/chat/completions', CHAT);
        const stats = (await app.inject('/v1/stats')).json();
        const page = (await app.inject('/metrics')).body;
        const metric = (name) => Number(new RegExp(`^foretoken_${name} (.*)$`, 'm').exec(page)?.[1]);
        assert.equal(stats.models.length, 1);
        const { total, last_minute: minute, latest_requests: latest, ...now } = stats.models[0];
        for (const [field, name] of [
            ['committed_tokens', 'committed_tokens_total'],
            ['draft_tokens', 'spec_decode_num_draft_tokens_total'],
            ['accepted_tokens', 'spec_decode_num_accepted_tokens_total'],
            ['output_tokens', 'generation_tokens_total'],
            ['prompt_tokens', 'prompt_tokens_total'],
            ['steps_without_guesses', 'steps_without_guesses_total'],
            ['steps', 'step_duration_seconds_count'],
        ]) {
            assert.equal(total[field], metric(name), name);
            assert.equal(minute[field], total[field]);
        }
        assert.equal(total['committed_tokens'], 10);
        assert.equal(total['token_goodput'], 500);
        assert.equal(total['acceptance_rate'], 0.75);
        assert.equal(total['acceptance_length'], 2.5);
        assert.deepEqual(total['proposers'], {
            draft: { drafted: [2, 2], accepted: [2, 1], acceptance_rate: 0.75 },
        });
        assert.deepEqual(total['requests'], { length: 2 });
        assert.deepEqual(total['not_speculated'], { 'no proposer pays': 2 });
        assert.deepEqual(total['ttft_ms'], { p50: 50, p90: 50, p99: 50 });
        assert.deepEqual(minute['tpot_ms'], { p50: 100, p90: 100, p99: 100 });
        assert.deepEqual(latest.map(({ id, not_speculated: why }) => [id, why]), [
            [1, 'no proposer pays: best gain 1.4 %'],
            [2, 'no proposer pays: best gain 1.4 %'],
        ]);
        assert.equal(now['requests_in_flight'], 0);
        assert.deepEqual(now['kv_cells'], { in_use: 0, cached: 0, free: 9 });
        const { p50 } = now['step_time_error'];
        assert.ok(Math.abs(p50 - 0.1) < 1e-9);
    });
    it('forgets what is older than a minute, in the last minute only', () => {
        let nowMs = 500;
        const statistics = new EngineStatistics(() => nowMs);
        const engine = new FakeEngine();
        engine.onStep((report) => {
            statistics.stepEnded(report);
        });
        for (; nowMs < 150_000; nowMs += 1000)
            engine.step({ committedTokens: 2 });
        nowMs -= 1000;
        assert.equal(statistics.total.committedTokens, 300);
        assert.equal(statistics.lastMinute().committedTokens, 120);
        nowMs += 200_000;
        assert.equal(statistics.lastMinute().committedTokens, 0);
    });
    it('adds up to the same in any order', () => {
        const engine = new FakeEngine();
        const [all, one, other] = [new Sums(), new Sums(), new Sums()];
        let next = one;
        engine.onStep((report) => {
            all.addStep(report);
            next.addStep(report);
        });
        engine.step(STEP);
        next = other;
        engine.step({ ...STEP, guesses: { lookup: { drafted: [1], accepted: [0] } }, preemptions: 2 });
        one.add(other);
        assert.deepEqual(one, all);
    });
    it('needs the key where one is asked for, but for what --open-metrics opens', async () => {
        const key = { authorization: 'Bearer k' };
        for (const openMetrics of [false, true]) {
            const { app } = testServer({ apiKeys: ['k'], openMetrics });
            const status = async (url, headers = {}) => (await app.inject({ url, headers })).statusCode;
            assert.equal(await status('/v1/stats'), openMetrics ? 200 : 401);
            assert.equal(await status('/v1/stats', key), 200);
            assert.equal(await status('/v1/stats/events'), 401);
            assert.equal(await status('/v1/stats', { ...key, origin: 'http://elsewhere.example' }), 403);
        }
    });
});
describe('GET /v1/stats/events', () => {
    it('tells steps together and each request once, without texts, and ends with the server', async () => {
        const { engine, app, url, follow } = await listening();
        const response = await follow();
        assert.equal(response.headers['content-type'], 'text/event-stream; charset=utf-8');
        const events = reading(response);
        for (let step = 0; step < 5; step++)
            engine.step(STEP);
        engine.onSubmit = answering('abc');
        await fetch(`${url}/v1/chat/completions`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(CHAT),
        });
        await until('steps are told', () => events().some(({ type }) => type === 'step'));
        await app.close();
        await until('the stream ends', () => response.readableEnded);
        const told = events();
        const steps = told.filter(({ type }) => type === 'step');
        assert.ok(steps.length <= 2, `${steps.length} events of 5 steps`);
        assert.equal(steps.reduce((sum, { committed_tokens: tokens }) => sum + Number(tokens), 0), 25);
        const requests = told.filter(({ type }) => type === 'request');
        assert.equal(requests.length, 1);
        assert.equal(requests[0]['model'], 'demo');
        assert.equal(requests[0]['output_tokens'], 4);
        assert.ok(!('text' in requests[0]));
        assert.equal(told.at(-1).type, 'end');
    });
    it('tells texts where the operator lets it', async () => {
        const { engine, app, follow } = await listening({ statsTexts: true });
        const response = await follow();
        const events = reading(response);
        engine.onSubmit = (stream) => {
            stream.finish('finished', {
                tokens: [104, 105],
                record: { tokens: Int32Array.of(...stream.request.prompt, 104, 105) },
            });
        };
        await app.inject({ method: 'POST', url: '/v1/completions', payload: { prompt: 'Say', max_tokens: 2 } });
        await until('the request is told', () => events().length > 0);
        assert.deepEqual(events()[0]['text'], { prompt: 'Say', output: 'hi' });
        await app.close();
    });
    it('leaves out what a reader does not take, says how much, and lets others read', async () => {
        const { engine, app, follow } = await listening();
        const [slow, quick] = [await follow(), await follow()];
        const told = reading(quick);
        slow.pause();
        engine.onSubmit = (stream) => {
            stream.finish('error', { error: { code: 'internal_error', message: 'x'.repeat(20_000) } });
        };
        const submit = () => app.inject({ method: 'POST', url: '/v1/completions', payload: { prompt: 'a', max_tokens: 1 } });
        // More than the buffers of a connection hold.
        for (let round = 0; round < 2000; round++)
            await submit();
        const events = reading(slow);
        slow.resume();
        await until('the slow reader has read on', () => events().length > 0);
        const seen = (told, type) => told.filter((event) => event.type === type);
        const more = [];
        await until('it is told what it missed', () => {
            if (seen(events(), 'dropped').length > 0)
                return true;
            more.push(submit());
            return false;
        });
        await Promise.all(more);
        await app.close();
        await until('both streams have ended', () => slow.readableEnded && quick.readableEnded);
        const missed = seen(events(), 'dropped').reduce((sum, { events: count }) => sum + Number(count), 0);
        assert.ok(missed > 0 && missed < 2000, `${missed} events missed`);
        assert.equal(missed + seen(events(), 'request').length, 2000 + more.length);
        assert.ok(seen(told(), 'request').length > seen(events(), 'request').length);
    });
    it('lets a bounded number of readers in, and others when they have gone', async () => {
        const { app, url, follow } = await listening();
        const readers = [];
        for (let count = 0; count < MOST_READERS; count++)
            readers.push(await follow());
        const refused = await fetch(`${url}/v1/stats/events`);
        assert.equal(refused.status, 429);
        const { error } = (await refused.json());
        assert.equal(error.code, 'too_many_readers');
        readers[0].destroy();
        let status = 0;
        for (let tries = 0; tries < 200 && status !== 200; tries++) {
            const response = await follow();
            status = response.statusCode;
            if (status !== 200)
                response.resume();
        }
        assert.equal(status, 200);
        await app.close();
    });
    it('costs nothing while nobody reads', () => {
        const engine = new FakeEngine();
        const statistics = new ServerStatistics({ tokens: false });
        statistics.watch('demo', engine);
        engine.step(STEP);
        assert.equal(statistics.total().steps, 1);
        assert.equal(engine.wantsTokens, false);
    });
});
//# sourceMappingURL=stats.test.js.map