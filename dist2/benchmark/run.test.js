/** Whole runs: against the real HTTP server over a scripted engine, and against servers that misbehave. */
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, describe, it } from 'node:test';
import { ForetokenError } from '../base/errors.js';
import { FakeEngine } from '../server/fake-engine.js';
import { listen } from '../server/server.js';
import { answering, testServer, until } from '../server/test-server.js';
import { arrivalTimesMs } from './arrivals.js';
import { runBenchmark } from './run.js';
import { groupedErrors } from './summary.js';
const promptsOf = (count) => Array.from({ length: count }, (_, index) => ({
    task: index % 2 === 0 ? 'even' : 'odd',
    messages: [{ role: 'user', content: `Question ${index}` }],
    prompt: undefined,
    maxTokens: 8,
}));
const bench = (baseUrl, more = {}) => runBenchmark({
    baseUrl,
    endpoint: '/v1/chat/completions',
    model: undefined,
    prompts: promptsOf(4),
    requestRate: Infinity,
    burstiness: 1,
    maxConcurrency: undefined,
    warmups: 0,
    seed: 1,
    temperature: 0,
    ignoreEos: false,
    ...more,
});
const errorsOf = ({ outcomes }) => outcomes.flatMap(({ error }) => error ?? []);
describe('a run against our own server', () => {
    const serve = async (engine, apiKeys = []) => listen(testServer({ engine, apiKeys }).app, { host: '127.0.0.1', port: 0 });
    it('records every request, in the order of the prompts', async () => {
        const engine = new FakeEngine();
        engine.onSubmit = answering('Hel', 'lo, ', 'you');
        const done = [];
        const run = await bench(await serve(engine), { onProgress: (count) => done.push(count) });
        assert.deepEqual(errorsOf(run), []);
        assert.equal(run.model, 'demo');
        assert.deepEqual(done, [1, 2, 3, 4]);
        for (const [index, outcome] of run.outcomes.entries()) {
            assert.equal(outcome.task, index % 2 === 0 ? 'even' : 'odd');
            assert.equal(outcome.text, 'Hello, you');
            const { usage } = outcome;
            assert.equal(outcome.inputTokens, usage.prompt_tokens);
            assert.equal(outcome.outputTokens, usage.completion_tokens);
            // Three texts of 3, 4 and 3 bytes, and the end: a token each.
            assert.equal(outcome.outputTokens, 11);
            assert.ok(outcome.ttftMs > 0 && outcome.ttftMs <= outcome.e2eMs);
            const textMs = outcome.itlMs.reduce((sum, gap) => sum + gap, outcome.ttftMs);
            assert.ok(textMs <= outcome.e2eMs + 1e-6, `${textMs} after ${outcome.e2eMs}`);
            assert.ok(outcome.startMs + outcome.e2eMs <= run.durationMs);
        }
        assert.ok(engine.streams.every(({ request }) => request.maxTokens === 8));
    });
    it('sends warm-ups before, and counts neither them nor what speculation did for them', async () => {
        const engine = new FakeEngine();
        const answer = answering('ok');
        engine.onSubmit = (stream) => {
            engine.step({ drafts: 1, guesses: { draft: { drafted: [1, 1, 1, 1, 1], accepted: [1, 1, 1] } } });
            answer(stream);
        };
        const run = await bench(await serve(engine), { warmups: 3, maxConcurrency: 2 });
        assert.equal(engine.streams.length, 7);
        assert.equal(run.outcomes.length, 4);
        assert.deepEqual(run.speculation, {
            drafts: 4,
            draftTokens: 20,
            acceptedTokens: 12,
            acceptedPerPosition: [4, 4, 4],
        });
    });
    it('keeps at most max-concurrency under way, and counts what waiting for it took', async () => {
        const engine = new FakeEngine();
        let most = 0;
        let together = 3;
        // Answers only when so many are there, a little later, so that one too many would be seen.
        engine.onSubmit = () => {
            most = Math.max(most, engine.inFlight);
            if (engine.inFlight !== together)
                return;
            setTimeout(() => {
                for (const stream of engine.streams)
                    if (!stream.ended)
                        answering('x')(stream);
            }, 5);
        };
        const url = await serve(engine);
        const run = await bench(url, { prompts: promptsOf(9), maxConcurrency: 3 });
        assert.deepEqual([most, run.maxConcurrentRequests], [3, 3]);
        assert.deepEqual(errorsOf(run), []);
        // All arrived at the start; the ninth had to wait until six others had ended.
        const ends = run.outcomes.map(({ startMs, e2eMs }) => startMs + e2eMs).sort((a, b) => a - b);
        const { startMs, queueMs } = run.outcomes[8];
        assert.equal(queueMs, startMs);
        assert.ok(startMs >= ends[5], `started at ${startMs}, the sixth ended at ${ends[5]}`);
        most = 0;
        together = 9;
        assert.equal((await bench(url, { prompts: promptsOf(9) })).maxConcurrentRequests, 9);
        assert.equal(most, 9);
    });
    it('is an open loop: arrivals do not wait for answers', async () => {
        const engine = new FakeEngine();
        const url = await serve(engine);
        const running = bench(url, { prompts: promptsOf(6), requestRate: 200 });
        // Nobody answers until all have arrived.
        await until('all six are there', () => engine.streams.length === 6);
        for (const stream of engine.streams)
            answering('x')(stream);
        const run = await running;
        assert.deepEqual(errorsOf(run), []);
        const arrivals = arrivalTimesMs({ count: 6, requestRate: 200, burstiness: 1, seed: 1 });
        for (const [index, { startMs }] of run.outcomes.entries())
            assert.ok(startMs >= arrivals[index], `${startMs} before ${arrivals[index]}`);
    });
    it('asks for completions, seeds and further fields, and brings its key', async () => {
        const engine = new FakeEngine();
        engine.onSubmit = answering('x');
        const url = await serve(engine, ['secret']);
        const options = {
            endpoint: '/v1/completions',
            apiKey: 'secret',
            temperature: 1,
            ignoreEos: true,
            extraBody: { speculation: { mode: 'off' } },
        };
        assert.deepEqual(errorsOf(await bench(`${url}/`, options)), []);
        const requests = engine.streams.map(({ request }) => request);
        assert.equal(Buffer.from(requests[0].prompt).toString(), 'Question 0');
        assert.ok(requests.every(({ speculation }) => speculation.mode === 'off'));
        assert.ok(requests.every(({ ignoreEndOfGeneration }) => ignoreEndOfGeneration));
        assert.equal(new Set(requests.map(({ sampling }) => sampling.seed)).size, 4);
        const without = await bench(url, { model: 'demo' });
        assert.equal(errorsOf(without).length, 4);
        assert.match(errorsOf(without)[0], /^status 401: .*API key/);
    });
    it('has the errors of refused and failed requests beside the answers of others', async () => {
        const engine = new FakeEngine();
        engine.capacity = 3;
        const run = await bench(await serve(engine), {
            prompts: promptsOf(5),
            onProgress: (done) => {
                // Two are refused; only then are the three that were taken answered.
                if (done !== 2)
                    return;
                const [first, ...others] = engine.streams;
                first.text('half');
                first.finish('error', { error: { code: 'decode_failed', message: 'the decoder broke' } });
                for (const stream of others)
                    answering('fine')(stream);
            },
        });
        assert.deepEqual(run.outcomes.filter(({ error }) => error === undefined).map(({ text }) => text), ['fine', 'fine']);
        const groups = groupedErrors(errorsOf(run));
        assert.deepEqual(groups.map(({ count }) => count), [2, 1]);
        assert.match(groups[0].error, /^status 429: /);
        assert.match(groups[1].error, /^the stream ended in an error: .*the decoder broke/);
    });
    it('ends early on a signal: requests under way and to come are errors, and the server is free', async () => {
        const engine = new FakeEngine();
        const url = await serve(engine);
        const abort = new AbortController();
        let ended = 0;
        const running = bench(url, {
            prompts: promptsOf(20),
            requestRate: 100,
            signal: abort.signal,
            onProgress: (done) => {
                ended = done;
            },
        });
        await until('some are under way', () => engine.streams.length >= 3);
        answering('in time')(engine.streams[0]);
        await until('one is answered', () => ended === 1);
        abort.abort();
        const run = await running;
        assert.equal(run.outcomes.length, 20);
        assert.equal(run.outcomes[0].error, undefined);
        assert.deepEqual(groupedErrors(errorsOf(run)), [{ error: 'ended early by the user', count: 19 }]);
        await until('the engine is free', () => engine.inFlight === 0);
    });
});
/** A server that answers posts by `answer`. */
async function misbehaving(answer) {
    const server = http.createServer((request, response) => {
        request.resume();
        request.on('end', () => {
            answer(request, response);
        });
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    after(() => {
        server.closeAllConnections();
        server.close();
    });
    return `http://127.0.0.1:${server.address().port}`;
}
const event = (value) => `data: ${JSON.stringify(value)}\n\n`;
const textEvent = (content, finish = null) => event({ choices: [{ delta: { content }, finish_reason: finish }] });
const streaming = (write) => misbehaving((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    write(response);
});
describe('a server that misbehaves', () => {
    const failure = async (url, words) => {
        const run = await bench(url, { model: 'm' });
        assert.equal(errorsOf(run).length, 4);
        for (const error of errorsOf(run))
            assert.match(error, words);
    };
    it('answers 500, as JSON or not', async () => {
        await failure(await misbehaving((_request, response) => {
            response.writeHead(500).end('{"error":{"message":"out of luck"}}');
        }), /^status 500: out of luck$/);
        await failure(await misbehaving((_request, response) => {
            response.writeHead(502).end(`<html>\n${'bad gateway '.repeat(100)}`);
        }), /^status 502: <html> bad gateway .{200,300}…$/);
    });
    it('hangs up: at once, within an answer, after a stream without end', async () => {
        await failure(await misbehaving((request) => {
            request.socket.destroy();
        }), /hang up|ECONNRESET/);
        await failure(await streaming((response) => {
            response.write(textEvent('half'), () => response.destroy());
        }), /^the server hung up within the answer$/);
        await failure(await streaming((response) => {
            response.end(textEvent('half'));
        }), /^the stream ended before the answer did$/);
        await failure(await streaming((response) => {
            response.end();
        }), /^the stream ended before the answer did, without any text$/);
    });
    it('sends garbage, or no stream at all', async () => {
        await failure(await streaming((response) => {
            response.end(`${textEvent('ok')}data: {"choices": [\n\n`);
        }), /^an event is not JSON: \{"choices": \[$/);
        await failure(await streaming((response) => {
            response.end('data: 7\n\n');
        }), /^an event is no JSON object: 7$/);
        await failure(await misbehaving((_request, response) => {
            response.writeHead(200, { 'content-type': 'application/json' }).end('{"choices":[]}');
        }), /^status 200 with application\/json instead of an event stream: \{"choices":\[\]\}$/);
        await failure(await streaming((response) => {
            response.end(event({ error: { message: 'too hot', code: 500 } }));
        }), /^the stream ended in an error: too hot$/);
    });
    it('is not there', async () => {
        const url = await misbehaving(() => undefined);
        const gone = url.replace(/\d+$/, '1');
        await failure(gone, /^connection refused/);
        for (const target of [gone, await misbehaving((_request, response) => response.end('[]'))])
            await assert.rejects(bench(target), (error) => {
                assert.ok(error instanceof ForetokenError);
                assert.equal(error.code, 'server_unreachable');
                assert.match(error.message, /\/v1\/models names no model/);
                return true;
            });
    });
    it('tells no usage: events with text are counted, and it shows', async () => {
        const url = await streaming((response) => {
            response.end(textEvent('') + textEvent('a') + textEvent('b') + textEvent('c', 'stop'));
        });
        const { outcomes } = await bench(url, { model: 'm' });
        for (const { error, usage, inputTokens, outputTokens, text } of outcomes)
            assert.deepEqual([error, usage, inputTokens, outputTokens, text], [undefined, undefined, 0, 3, 'abc']);
    });
    it('tells of drafts in its answers, as llama-server does, and thinks aloud', async () => {
        const url = await streaming((response) => {
            response.write(event({ choices: [{ delta: { role: 'assistant', content: null } }] }));
            response.write(event({ choices: [{ delta: { reasoning_content: 'Hm. ' } }] }));
            response.write(textEvent('Yes', 'stop'));
            response.end(event({ choices: [], timings: { draft_n: 10, draft_n_accepted: 6 } }));
        });
        const { outcomes, speculation } = await bench(url, { model: 'm', warmups: 1 });
        assert.deepEqual(outcomes.map(({ text }) => text), ['Hm. Yes', 'Hm. Yes', 'Hm. Yes', 'Hm. Yes']);
        assert.ok(outcomes.every(({ itlMs }) => itlMs.length === 1));
        assert.deepEqual(speculation, {
            drafts: 0,
            draftTokens: 40,
            acceptedTokens: 24,
            acceptedPerPosition: [],
        });
    });
    it('fails in warm-ups, which is told apart', async () => {
        let posts = 0;
        const url = await misbehaving((request, response) => {
            if (request.method === 'POST')
                posts += 1;
            if (posts <= 2)
                response.writeHead(503).end('loading');
            else
                response.writeHead(200, { 'content-type': 'text/event-stream' }).end(textEvent('a', 'stop'));
        });
        const run = await bench(url, { model: 'm', warmups: 2 });
        assert.deepEqual(run.warmupErrors, ['status 503: loading', 'status 503: loading']);
        assert.deepEqual(errorsOf(run), []);
    });
    it('closes kept connections: requests that meet a closed one are sent anew', async () => {
        let posts = 0;
        const url = await misbehaving((request, response) => {
            posts += 1;
            // A second request on a connection finds it closed, as when a server's keep-alive time is over.
            const socket = request.socket;
            if (socket.used === true) {
                socket.destroy();
                return;
            }
            socket.used = true;
            response.writeHead(200, { 'content-type': 'text/event-stream', connection: 'keep-alive' });
            response.end(`${textEvent('a', 'stop')}data: [DONE]\n\n`);
        });
        const run = await bench(url, { model: 'm', maxConcurrency: 1 });
        assert.deepEqual(errorsOf(run), []);
        assert.ok(run.outcomes.every(({ text }) => text === 'a'));
        assert.ok(posts > 4, 'no connection was used twice: the test tests nothing');
    });
});
it('a run needs prompts and a possible target', async () => {
    await assert.rejects(bench('http://127.0.0.1:1', { prompts: [] }), { code: 'invalid_option' });
    await assert.rejects(bench('ftp://127.0.0.1'), { code: 'invalid_option' });
    await assert.rejects(bench('http://127.0.0.1:1', { endpoint: '/v1/embeddings' }), {
        code: 'invalid_option',
    });
});
//# sourceMappingURL=run.test.js.map