/** Which names the server answers to, and which pages may call it. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { hostname } from 'node:os';
import { describe, it } from 'node:test';
import { hostCheck, hostOf } from './origins.js';
import { listen } from './server.js';
import { answering, CHAT, testServer } from './test-server.js';
const code = (response) => response.json().error.code;
describe('hosts', () => {
    it('are read from the header', () => {
        for (const [header, host] of [
            ['localhost:8080', 'localhost'],
            ['LocalHost.', 'localhost'],
            ['[::1]:80', '::1'],
            ['127.0.0.1', '127.0.0.1'],
            ['a b', undefined],
            ['::1', undefined],
            ['[::1', undefined],
            ['user@localhost', undefined],
            ['localhost:80:80', undefined],
            ['localhost/', undefined],
            ['', undefined],
            ['.', undefined],
        ])
            assert.equal(hostOf(header), host, header);
    });
    it('on loopback are its own names only', () => {
        for (const listensOn of [undefined, '127.0.0.1', 'localhost', '::1']) {
            const isOwn = hostCheck({ listensOn, allowed: [] });
            for (const host of ['localhost', 'app.localhost', '127.0.0.1', '127.1.2.3', '::1'])
                assert.ok(isOwn(host), host);
            for (const host of [
                'attacker.example',
                'localhost.attacker.example',
                'notlocalhost',
                '127.0.0.1.nip.io',
                '10.0.0.1',
                '::2',
            ])
                assert.ok(!isOwn(host), host);
        }
    });
    it("elsewhere are the machine's names and every address, which no site can make its own", () => {
        for (const listensOn of ['0.0.0.0', '::', '192.168.1.2', 'llm.example']) {
            const isOwn = hostCheck({ listensOn, allowed: [] });
            for (const host of [listensOn, 'localhost', '10.0.0.1', 'fe80::1', hostname().toLowerCase()])
                assert.ok(isOwn(host), `${listensOn} is called ${host}`);
            assert.ok(!isOwn('attacker.example'));
        }
    });
    it('may be named', () => {
        const isOwn = hostCheck({ allowed: ['LLM.example.', '*.inner.example', '10.0.0.1'] });
        for (const host of ['llm.example', 'a.inner.example', 'a.b.inner.example', '10.0.0.1'])
            assert.ok(isOwn(host), host);
        for (const host of ['x.llm.example', 'inner.example', 'xinner.example', '10.0.0.2'])
            assert.ok(!isOwn(host), host);
        assert.ok(hostCheck({ allowed: ['*'] })('attacker.example'));
    });
    it('of others are refused with 421 before anything else, at every route', async () => {
        const { app, engine } = testServer({ apiKeys: ['k'] });
        for (const [method, url] of [
            ['GET', '/health'],
            ['GET', '/metrics'],
            ['POST', '/v1/completions'],
            ['OPTIONS', '/v1/completions'],
            ['GET', '/nowhere'],
        ]) {
            const response = await app.inject({ method, url, headers: { host: 'attacker.example:8080' } });
            assert.equal(response.statusCode, 421, url);
            assert.equal(code(response), 'host_not_allowed');
            assert.match(response.body, /--allowed-host attacker\.example\./);
        }
        assert.equal(engine.streams.length, 0);
        const allowed = testServer({ allowedHosts: ['attacker.example'] });
        const response = await allowed.app.inject({ url: '/health', headers: { host: 'attacker.example:8080' } });
        assert.equal(response.statusCode, 200);
    });
    it('are looked at over real connections, too', async () => {
        const url = new URL(await listen(testServer().app, { host: '127.0.0.1', port: 0 }));
        const ask = async (head) => {
            const socket = connect(Number(url.port), url.hostname);
            socket.setEncoding('utf8');
            socket.write(`${head}\r\nconnection: close\r\n\r\n`);
            let received = '';
            for await (const part of socket)
                received += part;
            return received.split('\r\n')[0];
        };
        assert.match(await ask('GET /health HTTP/1.1\r\nhost: attacker.example'), / 421 /);
        assert.match(await ask(`GET /health HTTP/1.1\r\nhost: ${url.host}`), / 200 /);
        assert.match(await ask('GET http://localhost/health HTTP/1.1\r\nhost: attacker.example'), / 421 /);
        assert.match(await ask('GET /health HTTP/1.1\r\nhost: \u0007'), / 4\d\d /);
        assert.match(await ask('GET /health HTTP/1.1'), / 400 /);
        assert.match(await ask('GET /health HTTP/1.0'), / 200 /);
    });
});
describe('origins', () => {
    const preflight = {
        method: 'OPTIONS',
        url: '/v1/chat/completions',
        headers: {
            origin: 'https://app.example',
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'authorization,content-type',
        },
    };
    it('of others are refused with 403 unless allowed', async () => {
        const { app, engine, post } = testServer();
        for (const origin of [
            'https://app.example',
            'http://localhost:3000',
            'http://app.localhost',
            'null',
            'junk',
            '',
        ]) {
            const response = await app.inject({ url: '/v1/models', headers: { origin } });
            assert.equal(response.statusCode, 403, origin);
            assert.equal(code(response), 'origin_not_allowed');
            assert.equal(response.headers['access-control-allow-origin'], undefined);
            assert.equal((await post('/v1/chat/completions', CHAT, { origin })).statusCode, 403);
            assert.equal((await app.inject({ url: '/health', headers: { origin } })).statusCode, 403);
        }
        assert.equal((await app.inject(preflight)).statusCode, 403);
        assert.equal(engine.streams.length, 0);
    });
    it('of the server itself may call, and programs that send none', async () => {
        const { app } = testServer();
        for (const [host, origin] of [
            ['localhost:8080', 'http://localhost:8080'],
            ['127.0.0.1:8080', 'http://127.0.0.1:8080'],
            ['[::1]:8080', 'http://[::1]:8080'],
            ['localhost', 'http://localhost'],
            ['localhost:80', 'http://localhost'],
            ['localhost', 'https://localhost'],
            ['localhost', undefined],
        ]) {
            const headers = { host, ...(origin === undefined ? {} : { origin }) };
            assert.equal((await app.inject({ url: '/v1/models', headers })).statusCode, 200, `${host} ${origin}`);
        }
        for (const [host, origin] of [
            ['localhost:8080', 'http://localhost:8081'],
            ['localhost:8080', 'http://127.0.0.1:8080'],
            ['localhost', 'ftp://localhost'],
        ])
            assert.equal((await app.inject({ url: '/v1/models', headers: { host, origin } })).statusCode, 403, origin);
    });
    it('that are allowed may call, before a key is asked for', async () => {
        const { app } = testServer({ corsOrigins: ['https://app.example'], apiKeys: ['k'] });
        const response = await app.inject(preflight);
        assert.equal(response.statusCode, 204);
        assert.equal(response.headers['access-control-allow-origin'], 'https://app.example');
        assert.equal(response.headers['access-control-allow-headers'], 'authorization,content-type');
        assert.equal(response.headers['vary'], 'Origin');
        // The page must be able to read why it was refused.
        const refused = await app.inject({ url: '/v1/models', headers: { origin: 'https://app.example' } });
        assert.equal(refused.statusCode, 401);
        assert.equal(refused.headers['access-control-allow-origin'], 'https://app.example');
        const other = await app.inject({ url: '/v1/models', headers: { origin: 'https://evil.example' } });
        assert.equal(other.statusCode, 403);
        assert.equal(other.headers['access-control-allow-origin'], undefined);
    });
    it('reach streams too', async () => {
        const { engine, post } = testServer({ corsOrigins: ['*'] });
        engine.onSubmit = answering('ok');
        const response = await post('/v1/chat/completions', { ...CHAT, stream: true }, { origin: 'https://a.b' });
        assert.equal(response.headers['access-control-allow-origin'], '*');
    });
});
describe('headers', () => {
    it('that a client sends come back in no other shape', async () => {
        const { engine, post, app } = testServer({ corsOrigins: ['*'] });
        engine.onSubmit = answering('ok');
        const response = await post('/v1/chat/completions', CHAT, {
            'x-request-id': 'mine',
            'x-forwarded-host': 'evil',
        });
        assert.match(String(response.headers['x-request-id']), /^chatcmpl-[0-9a-f]{32}$/);
        assert.ok(!JSON.stringify(response.headers).includes('evil'));
        const url = new URL(await listen(app, { host: '127.0.0.1', port: 0 }));
        const socket = connect(Number(url.port), url.hostname);
        socket.setEncoding('latin1');
        // A bare CR in what is sent back would begin a header of the client's own.
        socket.write(`OPTIONS /v1/completions HTTP/1.1\r\nhost: ${url.host}\r\norigin: https://a.b\r\naccess-control-request-method: POST\r\n` +
            'access-control-request-headers: x\rset-cookie: a=b\r\nconnection: close\r\n\r\n');
        let received = '';
        for await (const part of socket)
            received += part;
        assert.ok(!/\rset-cookie/.test(received), received);
        assert.match(received, /^HTTP\/1.1 (400|204) /);
    });
});
//# sourceMappingURL=origins.test.js.map