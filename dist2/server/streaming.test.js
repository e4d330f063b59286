/** Streams: the words of each event, and what becomes of clients that go, or do not read. */
import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { bytesOf, END } from './fake-engine.js';
import { listen } from './server.js';
import { answering, CHAT, sseData, testServer, until } from './test-server.js';
const chunksOf = (body) => sseData(body).filter((data) => data !== '[DONE]');
const textOf = (chunks, index = 0) => chunks
    .flatMap(({ choices }) => choices)
    .filter((choice) => choice.index === index)
    .map((choice) => choice.delta?.content ?? choice.text ?? '')
    .join('');
describe('the events of a stream', () => {
    it('role, text, reason, done', async () => {
        const { engine, post } = testServer();
        engine.onSubmit = answering('Hel', 'lo "é"\n');
        const response = await post('/v1/chat/completions', { ...CHAT, stream: true });
        assert.equal(response.statusCode, 200);
        assert.equal(response.headers['content-type'], 'text/event-stream; charset=utf-8');
        assert.equal(response.headers['cache-control'], 'no-cache');
        const data = sseData(response.body);
        assert.equal(data.at(-1), '[DONE]');
        const chunks = chunksOf(response.body);
        for (const chunk of chunks) {
            assert.equal(chunk.object, 'chat.completion.chunk');
            assert.equal(chunk.id, response.headers['x-request-id']);
            assert.equal('usage' in chunk, false);
        }
        assert.deepEqual(chunks.map(({ choices }) => choices), [
            [
                {
                    index: 0,
                    delta: { role: 'assistant', content: '', refusal: null },
                    logprobs: null,
                    finish_reason: null,
                },
            ],
            [{ index: 0, delta: { content: 'Hel' }, logprobs: null, finish_reason: null }],
            [{ index: 0, delta: { content: 'lo "é"\n' }, logprobs: null, finish_reason: null }],
            [{ index: 0, delta: {}, logprobs: null, finish_reason: 'stop' }],
        ]);
        assert.ok(chunks.at(-1)?.timings);
        assert.deepEqual(chunks.map((chunk) => chunk.exactness).filter((exactness) => exactness !== undefined), ['exact']);
        assert.ok(chunks.at(-1)?.metrics);
        assert.equal(chunks.filter((chunk) => chunk.timings !== undefined).length, 1);
    });
    it('usage at the end where it is asked for, null before', async () => {
        const { engine, post } = testServer();
        engine.onSubmit = answering('abc');
        const body = { ...CHAT, stream: true, stream_options: { include_usage: true } };
        const chunks = chunksOf((await post('/v1/chat/completions', body)).body);
        const last = chunks.at(-1);
        assert.deepEqual(last?.choices, []);
        assert.deepEqual(last.usage, {
            prompt_tokens: 9,
            completion_tokens: 4,
            total_tokens: 13,
            prompt_tokens_details: { cached_tokens: 0 },
        });
        for (const chunk of chunks.slice(0, -1))
            assert.equal(chunk.usage, null);
    });
    it('usage with every chunk where that is asked for', async () => {
        const { engine, post } = testServer();
        engine.onSubmit = (stream) => {
            stream.text('ab');
            stream.text('c');
            stream.finish('finished', { tokens: [256] });
        };
        const options = { include_usage: true, continuous_usage_stats: true };
        for (const [path, body, prompt] of [
            ['/v1/completions', { prompt: 'a', max_tokens: 4, echo: true }, 1],
            ['/v1/chat/completions', CHAT, 9],
        ]) {
            const chunks = chunksOf((await post(path, { ...body, stream: true, stream_options: options })).body);
            const counts = chunks.map(({ usage }) => usage);
            for (const usage of counts) {
                assert.equal(usage.prompt_tokens, prompt);
                assert.equal(usage.total_tokens, prompt + usage.completion_tokens);
            }
            const completion = counts.map((usage) => usage.completion_tokens);
            assert.deepEqual(completion, completion.toSorted((a, b) => a - b));
            assert.deepEqual([completion[0] <= 2, completion.includes(3), completion.at(-1)], [true, true, 4]);
            // Nothing on the way where nothing is asked for at the end.
            const quiet = { stream: true, stream_options: { continuous_usage_stats: true } };
            for (const chunk of chunksOf((await post(path, { ...body, ...quiet })).body))
                assert.equal(chunk.usage, undefined);
        }
    });
    it('text completions with an echo, several prompts and choices', async () => {
        const { engine, post } = testServer();
        engine.onSubmit = (stream) => {
            stream.text(String(stream.id));
            stream.finish('length');
        };
        const body = { prompt: ['a', 'b'], n: 2, echo: true, stream: true };
        const chunks = chunksOf((await post('/v1/completions', body)).body);
        assert.deepEqual([0, 1, 2, 3].map((index) => textOf(chunks, index)), ['a1', 'a2', 'b3', 'b4']);
        const reasons = chunks
            .flatMap(({ choices }) => choices)
            .filter((choice) => choice.finish_reason !== null);
        assert.equal(reasons.length, 4);
        assert.equal(chunks.filter((chunk) => chunk.timings !== undefined).length, 1);
        assert.equal(chunks[0]?.object, 'text_completion');
    });
    it('the same text as the whole answer, with characters split and a stop string', async () => {
        const { engine, post } = testServer();
        engine.onSubmit = (stream) => {
            for (const byte of bytesOf('héé \nEN \nE'))
                stream.tokens([byte]);
            stream.finish('stopped', { tokens: bytesOf('ND!'), stopTrimBytes: '\nEND!'.length });
        };
        const body = { ...CHAT, stop: ['\nEND'] };
        const whole = await post('/v1/chat/completions', body);
        const { choices } = whole.json();
        assert.equal(choices[0]?.message.content, 'héé \nEN ');
        const chunks = chunksOf((await post('/v1/chat/completions', { ...body, stream: true })).body);
        assert.equal(textOf(chunks), 'héé \nEN ');
        for (const { choices: parts } of chunks)
            for (const part of parts)
                assert.notEqual(part.finish_reason === null && part.delta?.content, undefined);
    });
    it('log-probabilities go with their text', async () => {
        const { engine, post } = testServer();
        engine.onSubmit = (stream) => {
            const of = (token) => ({
                token,
                logprob: -1,
                top: [],
            });
            stream.tokens([0x61], { logprobs: [of(0x61)] });
            stream.tokens([0xc3], { logprobs: [of(0xc3)] });
            stream.tokens([0xa9], { logprobs: [of(0xa9)] });
            stream.finish('finished', { tokens: [END], logprobs: [of(END)] });
        };
        const response = await post('/v1/chat/completions', { ...CHAT, stream: true, logprobs: true });
        const parts = sseData(response.body)
            .filter((data) => data !== '[DONE]')
            .flatMap((data) => data.choices)
            .map(({ delta, logprobs }) => [
            delta.content,
            logprobs?.content.map(({ token }) => token),
        ]);
        assert.deepEqual(parts, [
            ['', undefined],
            ['a', ['a']],
            ['é', ['bytes:\\xc3', 'bytes:\\xa9']],
            [undefined, undefined],
        ]);
    });
    it('an error before the first token has its own status', async () => {
        const { engine, post } = testServer();
        engine.onSubmit = (stream) => {
            stream.finish('error', { error: { code: 'context_length_exceeded', message: 'too long' } });
        };
        const response = await post('/v1/chat/completions', { ...CHAT, stream: true });
        assert.equal(response.statusCode, 400);
        assert.equal(response.json().error.code, 'context_length_exceeded');
    });
    it('an error later is the last event, without [DONE]', async () => {
        const { engine, post } = testServer();
        engine.onSubmit = (stream) => {
            stream.text('abc');
            stream.finish('error', { error: { code: 'decode_failed', message: 'the library gave up' } });
        };
        const response = await post('/v1/chat/completions', { ...CHAT, stream: true });
        assert.equal(response.statusCode, 200);
        const last = sseData(response.body).at(-1);
        assert.equal(last.error?.code, 'decode_failed');
        assert.equal(last.error.type, 'server_error');
        assert.equal(textOf(chunksOf(response.body).slice(0, -1)), 'abc');
    });
});
/** A server on a port, for what needs a real socket. */
async function onPort(server) {
    return new URL(await listen(server.app, { host: '127.0.0.1', port: 0 }));
}
function open(url, path, body) {
    const request = httpRequest(new URL(path, url), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
    });
    const response = new Promise((resolve, reject) => {
        request.on('response', resolve);
        request.on('error', reject);
    });
    // An aborted request rejects; not every test looks.
    response.catch(() => undefined);
    request.end(JSON.stringify(body));
    return {
        response,
        abort: () => {
            request.destroy();
        },
    };
}
describe('a client that hangs up', () => {
    for (const [state, body] of [
        ['while its whole answer is computed', CHAT],
        ['before the first event of its stream', { ...CHAT, stream: true }],
        ['with several choices', { ...CHAT, n: 3 }],
    ])
        it(`${state} frees its slots`, async () => {
            const server = testServer();
            const client = open(await onPort(server), '/v1/chat/completions', body);
            await until('it is submitted', () => server.engine.inFlight > 0);
            client.abort();
            await until('it is cancelled', () => server.engine.streams.every((stream) => stream.cancelled));
        });
    it('in the middle of a stream frees its slot, and disturbs nobody else', async () => {
        const server = testServer();
        const url = await onPort(server);
        const [first, second] = [0, 1].map(() => open(url, '/v1/chat/completions', { ...CHAT, stream: true }));
        await until('both are submitted', () => server.engine.inFlight === 2);
        for (const stream of server.engine.streams)
            stream.text('hello');
        await first.response;
        const other = await second.response;
        // Which of the two came first is the network's affair.
        first.abort();
        await until('one is cancelled', () => server.engine.streams.some((stream) => stream.cancelled));
        const [left, ...more] = server.engine.streams.filter((stream) => !stream.cancelled);
        assert.equal(more.length, 0);
        left.text(' world');
        left.finish('finished');
        other.setEncoding('utf8');
        let received = '';
        for await (const part of other)
            received += part;
        assert.equal(textOf(chunksOf(received)), 'hello world');
        assert.equal(sseData(received).at(-1), '[DONE]');
    });
});
describe('a client that does not read', () => {
    it('makes the server stop taking events, and gets all of them once it reads', async () => {
        const server = testServer();
        const url = await onPort(server);
        const socket = connect(Number(url.port), url.hostname);
        const body = JSON.stringify({ ...CHAT, stream: true, max_tokens: 400 });
        socket.pause();
        socket.write('POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nconnection: close\r\n' +
            `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
        await until('it is submitted', () => server.engine.inFlight === 1);
        const stream = server.engine.last;
        const piece = 'Q'.repeat(20_000);
        let sent = 0;
        // Far more than the socket buffers of both sides take together.
        for (; sent < 2000; sent++) {
            stream.text(piece);
            await new Promise(setImmediate);
            if (sent - stream.consumed > 20)
                break;
        }
        assert.ok(sent < 2000, 'the server took 40 MB for a client that reads nothing');
        const stalled = stream.consumed;
        for (let more = 0; more < 20; more++) {
            stream.text(piece);
            await new Promise(setImmediate);
        }
        assert.equal(stream.consumed, stalled);
        stream.finish('length');
        let received = 0;
        socket.setEncoding('utf8');
        for await (const part of socket)
            received += part.split('Q').length - 1;
        assert.equal(received, (sent + 21) * piece.length);
    });
});
//# sourceMappingURL=streaming.test.js.map