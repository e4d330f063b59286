/** Clients that take their time: they are waited for, within bounds, and nobody else is. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { listen } from './server.js';
import { CHAT, testServer, until } from './test-server.js';
async function raw(server, body, path = '/v1/chat/completions') {
    const url = new URL(await listen(server.app, { host: '127.0.0.1', port: 0 }));
    const socket = connect(Number(url.port), url.hostname);
    socket.on('error', () => undefined);
    socket.pause();
    const text = JSON.stringify(body);
    socket.write(`POST ${path} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: application/json\r\n` +
        `connection: close\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    return socket;
}
async function readAll(socket) {
    let received = '';
    socket.setEncoding('utf8');
    for await (const part of socket)
        received += part;
    return received;
}
describe('a client that reads nothing', () => {
    it('has its answer ended after a time, and is told why if it ever reads', async () => {
        const server = testServer({ stallTimeoutMs: 300 });
        const socket = await raw(server, { ...CHAT, stream: true, n: 3 });
        await until('it is submitted', () => server.engine.inFlight === 3);
        const piece = 'Q'.repeat(20_000);
        for (let sent = 0; server.engine.streams.some(({ ended }) => !ended); sent++) {
            for (const stream of server.engine.streams)
                if (sent < 400 && !stream.ended)
                    stream.text(piece);
            await new Promise((resolve) => setTimeout(resolve, 1));
        }
        assert.ok(server.engine.streams.every(({ cancelled }) => cancelled));
        const received = await readAll(socket);
        assert.match(received, /Q/);
        assert.match(received, /"code":"reader_stalled"/);
        assert.doesNotMatch(received, /\[DONE\]/);
    });
    it('and never does is let go', async () => {
        const server = testServer({ stallTimeoutMs: 200 });
        const socket = await raw(server, { ...CHAT, stream: true });
        await until('it is submitted', () => server.engine.inFlight === 1);
        for (let sent = 0; sent < 400; sent++)
            server.engine.last.text('Q'.repeat(20_000));
        let connections = 1;
        await until('its connection is closed', () => {
            server.app.server.getConnections((_error, count) => (connections = count));
            return connections === 0;
        });
        assert.ok(server.engine.last.cancelled);
        socket.destroy();
    });
    it('of a whole answer is let go, too', async () => {
        const server = testServer({ stallTimeoutMs: 200 });
        let answered = false;
        server.app.addHook('onSend', (_request, _reply, _payload, done) => {
            answered = true;
            done();
        });
        const content = 'a'.repeat(1_000_000);
        const socket = await raw(server, { content, with_pieces: true }, '/tokenize');
        await until('the answer is on its way', () => answered);
        let connections = 1;
        await until('its connection is closed', () => {
            server.app.server.getConnections((_error, count) => (connections = count));
            return connections === 0;
        });
        socket.destroy();
    });
    it('but waits for the model, is not taken for one', async () => {
        const server = testServer({ stallTimeoutMs: 100 });
        const socket = await raw(server, { ...CHAT, stream: true });
        await until('it is submitted', () => server.engine.inFlight === 1);
        await new Promise((resolve) => setTimeout(resolve, 300));
        server.engine.last.text('at');
        await until('the first is taken', () => server.engine.last.consumed === 1);
        await new Promise((resolve) => setTimeout(resolve, 300));
        server.engine.last.text(' last');
        server.engine.last.finish('finished');
        const received = await readAll(socket);
        assert.match(received, /"at".*" last".*\[DONE\]/s);
    });
});
//# sourceMappingURL=readers.test.js.map