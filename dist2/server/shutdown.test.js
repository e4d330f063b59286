/** Closing: what is in flight ends or is answered, what is new is refused, nothing hangs. */
import assert from 'node:assert/strict';
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { listen } from './server.js';
import { CHAT, testServer, until } from './test-server.js';
const agent = new Agent({ keepAlive: true });
function send(url, path, body) {
    return new Promise((resolve, reject) => {
        const request = httpRequest(new URL(path, url), {
            agent,
            method: body === undefined ? 'GET' : 'POST',
            headers: { 'content-type': 'application/json' },
        });
        request.on('error', reject);
        request.on('response', (response) => {
            response.setEncoding('utf8');
            let text = '';
            response.on('data', (part) => (text += part));
            response.on('error', reject);
            response.on('end', () => {
                resolve({ status: response.statusCode, headers: response.headers, body: text });
            });
        });
        request.end(body === undefined ? undefined : JSON.stringify(body));
    });
}
describe('close()', () => {
    it('lets requests in flight end, and refuses new ones on open connections', async () => {
        const server = testServer({ shutdownGraceMs: 20_000 });
        const url = new URL(await listen(server.app, { host: '127.0.0.1', port: 0 }));
        const whole = send(url, '/v1/chat/completions', CHAT);
        const streamed = send(url, '/v1/chat/completions', { ...CHAT, stream: true });
        await until('both are submitted', () => server.engine.inFlight === 2);
        const closed = server.app.close();
        await until('the engine closes', () => server.engine.closedWith !== undefined);
        assert.deepEqual(server.engine.closedWith, { graceMs: 20_000 });
        const refused = await send(url, '/v1/chat/completions', CHAT);
        assert.equal(refused.status, 503);
        assert.match(refused.body, /"shutting_down"/);
        assert.equal(refused.headers['retry-after'], '5');
        assert.equal(refused.headers['connection'], 'close');
        const health = await send(url, '/health');
        assert.equal(health.status, 503);
        assert.match(health.body, /"shutting_down"/);
        for (const stream of server.engine.streams) {
            stream.text('done');
            stream.finish('finished');
        }
        assert.match((await whole).body, /"content":"done"/);
        const events = await streamed;
        assert.match(events.body, /"content":"done"/);
        assert.match(events.body, /data: \[DONE\]\n\n$/);
        await closed;
        await assert.rejects(send(url, '/health'));
    });
    it('answers what does not end in time', async () => {
        const server = testServer({ shutdownGraceMs: 30 });
        const url = new URL(await listen(server.app, { host: '127.0.0.1', port: 0 }));
        const whole = send(url, '/v1/chat/completions', CHAT);
        const waiting = send(url, '/v1/chat/completions', { ...CHAT, stream: true });
        const begun = send(url, '/v1/chat/completions', { ...CHAT, stream: true, max_tokens: 77 });
        await until('all are submitted', () => server.engine.inFlight === 3);
        server.engine.streams.find((stream) => stream.request.maxTokens === 77).text('begun');
        await until('one has begun', () => server.engine.streams.some((stream) => stream.consumed === 1));
        await server.app.close();
        for (const answer of [await whole, await waiting]) {
            assert.equal(answer.status, 503);
            assert.match(answer.body, /"shutting_down"/);
        }
        const cut = await begun;
        assert.equal(cut.status, 200);
        assert.match(cut.body, /"content":"begun"/);
        assert.match(cut.body, /data: \{"error":\{.*"shutting_down"\}\}\n\n$/);
    });
    it('is not held up by a client that neither reads nor leaves', async () => {
        const server = testServer({ shutdownGraceMs: 30 });
        const url = new URL(await listen(server.app, { host: '127.0.0.1', port: 0 }));
        const socket = connect(Number(url.port), url.hostname);
        socket.on('error', () => undefined);
        socket.pause();
        const body = JSON.stringify({ ...CHAT, stream: true });
        socket.write('POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n' +
            `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
        await until('it is submitted', () => server.engine.inFlight === 1);
        for (let sent = 0; sent < 1000; sent++)
            server.engine.last.text('x'.repeat(20_000));
        await server.app.close();
        socket.destroy();
    });
});
//# sourceMappingURL=shutdown.test.js.map