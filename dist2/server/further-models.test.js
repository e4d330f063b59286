/** Several models behind one server: `model` chooses, on every route, and each answer is its model's own. */
import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { it } from 'node:test';
import { FakeCodec, FakeEngine } from './fake-engine.js';
import { requireOwnNames } from './further-models.js';
import { listen } from './server.js';
import { answering, CHAT, sseData, testServer, until } from './test-server.js';
function further(id, text, bytes = 1) {
    const engine = new FakeEngine();
    engine.onSubmit = answering(text);
    const model = {
        id,
        path: `/models/${id}.gguf`,
        bytes,
        engine,
        loads: 0,
        load: () => {
            model.loads += 1;
            return Promise.resolve({ engine, codec: new FakeCodec(), sampling: { temperature: 0.25 } });
        },
    };
    return model;
}
it('the first answers for its name, for default and for none; others for theirs', async () => {
    const other = further('other', 'from the other');
    const { engine, post, app } = testServer({ furtherModels: [other] });
    engine.onSubmit = answering('from the first');
    for (const model of ['demo', 'default', undefined]) {
        const body = (await post('/v1/chat/completions', { ...CHAT, model })).json();
        assert.deepEqual([body.model, body.choices[0].message.content], ['demo', 'from the first']);
    }
    assert.equal(other.loads, 0);
    const states = async () => (await app.inject('/v1/models'))
        .json()
        .data.map(({ id, status, meta }) => [id, status.value, meta !== undefined]);
    assert.deepEqual(await states(), [
        ['demo', 'loaded', true],
        ['other', 'unloaded', false],
    ]);
    const chat = (await post('/v1/chat/completions', { ...CHAT, model: 'other' })).json();
    assert.deepEqual([chat.model, chat.choices[0].message.content], ['other', 'from the other']);
    assert.equal(other.engine.last.request.sampling.temperature, 0.25);
    const plain = (await post('/v1/completions', { model: 'other', prompt: 'x' })).json();
    assert.deepEqual([plain.model, plain.choices[0].text], ['other', 'from the other']);
    const stream = await post('/v1/chat/completions', { ...CHAT, model: 'other', stream: true });
    assert.match(String(stream.headers['content-type']), /text\/event-stream/);
    assert.ok(sseData(stream.body).every((event) => event === '[DONE]' || event.model === 'other'));
    assert.equal((await post('/tokenize', { model: 'other', content: 'abc' })).statusCode, 200);
    assert.equal(other.loads, 1);
    assert.deepEqual(await states(), [
        ['demo', 'loaded', true],
        ['other', 'loaded', true],
    ]);
    assert.equal((await app.inject('/v1/models/other')).json().id, 'other');
    // Requests of all models are counted.
    const metrics = (await app.inject('/metrics')).body;
    assert.match(metrics, /http_requests_total\{route="\/v1\/completions",status="200"\} 1\n/);
    const unknown = await post('/v1/chat/completions', { ...CHAT, model: 'third' });
    const { code, message } = unknown.json().error;
    assert.equal(code, 'model_not_found');
    assert.match(message, /this server has 'demo', 'other'\./);
});
it('who names a model that is not served is told those that are, as far as there is room', async () => {
    const models = Array.from({ length: 30 }, (_, index) => further(`${'m'.repeat(300)}${index}`, ''));
    const { app } = testServer({ furtherModels: models });
    const response = await app.inject(`/v1/models/${'x'.repeat(400)}`);
    assert.equal(response.statusCode, 404);
    const { message } = response.json().error;
    assert.match(message, /this server has 'demo', 'm{100}', .* and 21 more \(GET \/v1\/models\)\.$/);
    assert.ok(message.length < 1500, `${message.length} characters`);
});
it('/health watches every engine, and names the model to who may know', async () => {
    const other = further('other', 'x');
    const open = testServer({ furtherModels: [other] });
    const closed = testServer({ furtherModels: [other], apiKeys: ['key'] });
    for (const { post } of [open, closed])
        await post('/v1/completions', { model: 'other', prompt: 'x' }, { authorization: 'Bearer key' });
    assert.equal((await open.app.inject('/health')).statusCode, 200);
    other.engine.stall = { doing: 'decoding', forMs: 7000 };
    const told = await open.app.inject('/health');
    assert.equal(told.statusCode, 503);
    assert.match(told.body, /engine thread of the model 'other' has not moved for 7 s; it was decoding/);
    const untold = await closed.app.inject('/health');
    assert.equal(untold.statusCode, 503);
    assert.doesNotMatch(untold.body, /other/);
    assert.match((await open.app.inject('/metrics')).body, /^foretoken_engine_stalled 1$/m);
});
it('closing counts and waits for the requests of all models, and tells of a thread that did not end', async () => {
    const other = further('other', '');
    other.engine.onSubmit = undefined;
    const { app, engine, post } = testServer({ furtherModels: [other], shutdownGraceMs: 20_000 });
    const answers = [
        post('/v1/completions', { prompt: 'x' }),
        post('/v1/completions', { model: 'other', prompt: 'x' }),
    ];
    await until('both are submitted', () => app.engines.inFlight === 2);
    let closed = false;
    const closing = app.close().then(() => (closed = true));
    await until('both close', () => engine.closedWith !== undefined && other.engine.closedWith !== undefined);
    assert.deepEqual(other.engine.closedWith, { graceMs: 20_000 });
    answering('first')(engine.last);
    assert.equal((await answers[0]).json().choices[0].text, 'first');
    assert.equal(closed, false);
    other.engine.stall = { doing: 'decoding', forMs: 5000 };
    answering('second')(other.engine.last);
    assert.equal((await answers[1]).json().choices[0].text, 'second');
    await closing;
    assert.deepEqual(app.engines.stall, { doing: 'decoding', forMs: 5000 });
});
it('/metrics adds up the cells of all engines', async () => {
    const other = further('other', 'x');
    const { app, engine, post } = testServer({ furtherModels: [other] });
    engine.cells = { inUse: 1, cached: 20, free: 300 };
    other.engine.cells = { inUse: 4, cached: 50, free: 600 };
    const free = async () => /^foretoken_kv_cells\{state="free"\} (\d+)$/m.exec((await app.inject('/metrics')).body)?.[1];
    assert.equal(await free(), '300');
    await post('/v1/completions', { model: 'other', prompt: 'x' });
    assert.equal(await free(), '900');
});
it("mistakes are answered by the model's routes as by the first's, and guards hold for all", async () => {
    const other = further('other', 'x');
    const { post } = testServer({
        furtherModels: [other],
        apiKeys: ['key'],
        corsOrigins: ['https://app.example'],
    });
    const refused = await post('/v1/completions', { model: 'other', prompt: 'x' });
    assert.equal(refused.statusCode, 401);
    assert.equal(other.loads, 0);
    const headers = { authorization: 'Bearer key', origin: 'https://app.example' };
    const wrong = await post('/v1/completions', { model: 'other', prompt: 'x', temperature: 9 }, headers);
    assert.equal(wrong.statusCode, 400);
    assert.equal(wrong.json().error.param, 'temperature');
    assert.equal(wrong.headers['access-control-allow-origin'], 'https://app.example');
    const right = await post('/v1/completions', { model: 'other', prompt: 'x' }, headers);
    assert.equal(right.statusCode, 200);
    assert.equal(right.headers['access-control-allow-origin'], 'https://app.example');
});
it('a model goes when another needs its room, but not while it answers', async () => {
    const [a, b] = [further('a', 'A', 6), further('b', 'B', 6)];
    const { post } = testServer({ furtherModels: [a, b], furtherModelsBytes: 10 });
    const held = [];
    a.engine.onSubmit = (stream) => {
        held.push(() => {
            answering('A')(stream);
        });
    };
    const first = post('/v1/completions', { model: 'a', prompt: 'x' });
    await until('a has its request', () => held.length === 1);
    const second = post('/v1/completions', { model: 'b', prompt: 'x' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(b.loads, 0);
    held[0]();
    assert.equal((await first).json().choices[0].text, 'A');
    assert.equal((await second).json().choices[0].text, 'B');
    assert.deepEqual([a.loads, b.loads], [1, 1]);
    assert.deepEqual(a.engine.closedWith, { graceMs: 0 });
    assert.equal(b.engine.closedWith, undefined);
});
it('a client that hangs up while a model loads is forgotten, and its model serves the next', async () => {
    let loaded;
    const other = further('other', 'late');
    const slow = {
        ...other,
        load: async () => {
            await new Promise((resolve) => {
                loaded = resolve;
            });
            return other.load();
        },
    };
    const { app } = testServer({ furtherModels: [slow] });
    const url = await listen(app, { host: '127.0.0.1', port: 0 });
    const body = JSON.stringify({ model: 'other', prompt: 'x' });
    const going = httpRequest(`${url}/v1/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
    });
    going.on('error', () => undefined);
    going.end(body);
    await until('the model is being loaded', () => loaded !== undefined);
    going.destroy();
    const staying = fetch(`${url}/v1/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    loaded();
    assert.equal((await (await staying).json()).choices[0].text, 'late');
    assert.equal(other.engine.streams.length, 1);
});
it('names stand for one model each', () => {
    requireOwnNames('demo', [further('a', ''), further('b', '')]);
    for (const names of [['demo'], ['a', 'a'], ['default']]) {
        const models = names.map((name) => further(name, ''));
        assert.throws(() => {
            requireOwnNames('demo', models);
        }, { code: 'invalid_option' });
    }
});
//# sourceMappingURL=further-models.test.js.map