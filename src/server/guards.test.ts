/** Keys, unknown paths and methods, media types, sizes, and what is no HTTP at all. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import type { ErrorBody } from './failures.js';
import { listen } from './server.js';
import { answering, CHAT, testServer } from './test-server.js';

describe('API keys', () => {
  const server = testServer({ apiKeys: ['first-key', 'second-key'] });
  server.engine.onSubmit = answering('ok');

  it('open the API, in either header', async () => {
    for (const headers of [
      { authorization: 'Bearer first-key' },
      { authorization: 'bearer second-key' },
      { 'x-api-key': 'second-key' },
    ])
      assert.equal((await server.post('/v1/chat/completions', CHAT, headers)).statusCode, 200);
  });

  it('are asked for everywhere but at /health, which then says nothing but that it is up', async () => {
    const health = await server.app.inject('/health');
    assert.deepEqual([health.statusCode, health.json()], [200, { status: 'ok' }]);
    const wrong = await server.app.inject({ url: '/health', headers: { 'x-api-key': 'wrong' } });
    assert.deepEqual(wrong.json(), { status: 'ok' });
    const whole = await server.app.inject({ url: '/health', headers: { 'x-api-key': 'first-key' } });
    const told = whole.json<{ model: string; model_path: string }>();
    assert.deepEqual([told.model, told.model_path], ['demo', '/models/demo.gguf']);
    for (const path of ['/v1/models', '/metrics', '/v1/plans', '/v1/stats', '/nowhere']) {
      const response = await server.app.inject(path);
      assert.equal(response.statusCode, 401, path);
      const { error } = response.json<ErrorBody>();
      assert.equal(error.code, 'invalid_api_key');
      assert.equal(error.type, 'authentication_error');
      assert.equal(response.headers['www-authenticate'], 'Bearer');
    }
  });

  it('that are wrong, empty or of another scheme do not', async () => {
    for (const authorization of ['Bearer wrong', 'Bearer ', 'Bearer', 'Basic first-key', 'first-key', '']) {
      const response = await server.post('/v1/chat/completions', CHAT, { authorization });
      assert.equal(response.statusCode, 401, authorization);
    }
    assert.equal(server.engine.inFlight, 0);
  });

  it('are not asked for where there are none, but no path of a file is told either', async () => {
    const { app } = testServer();
    assert.equal((await app.inject('/v1/models')).statusCode, 200);
    const health = await app.inject({ url: '/health', headers: { 'x-api-key': 'any' } });
    assert.equal(health.json<{ model: string }>().model, 'demo');
    assert.ok(!health.body.includes('/models/'), health.body);
  });

  it('are not asked for at /metrics where scrapers may have none', async () => {
    const { app } = testServer({ apiKeys: ['k'], openMetrics: true });
    assert.equal((await app.inject('/metrics')).statusCode, 200);
    assert.equal((await app.inject('/metrics/')).statusCode, 200);
    assert.equal((await app.inject('/v1/plans')).statusCode, 401);
  });
});

describe('requests that reach no route', () => {
  const server = testServer({ bodyLimitBytes: 1000 });
  const error = (body: string): ErrorBody['error'] => (JSON.parse(body) as ErrorBody).error;

  it('unknown paths are 404 and name the nearest', async () => {
    for (const [path, suggestion] of [
      ['/chat/completions', /\/v1\/chat\/completions\?/],
      ['/v1/chat/completion', /\/v1\/chat\/completions\?/],
      ['/v1/model', /\/v1\/models\?/],
      ['/something/else/entirely', /docs\/api\.md/],
    ] as const) {
      const response = await server.app.inject({ method: 'POST', url: path });
      assert.equal(response.statusCode, 404);
      assert.equal(error(response.body).code, 'not_found');
      assert.match(error(response.body).message, suggestion);
    }
  });

  it('wrong methods are 405 and name the right ones', async () => {
    for (const [method, url, allowed] of [
      ['GET', '/v1/chat/completions', 'POST'],
      ['DELETE', '/v1/models/demo', 'GET, HEAD'],
      ['POST', '/health?x=1', 'GET, HEAD'],
    ] as const) {
      const response = await server.app.inject({ method, url });
      assert.equal(response.statusCode, 405, url);
      assert.equal(response.headers['allow'], allowed);
      assert.equal(error(response.body).code, 'method_not_allowed');
    }
  });

  it('what curl -d and fetch() send without a type is read, but not from pages', async () => {
    for (const type of ['application/x-www-form-urlencoded', 'text/plain;charset=UTF-8']) {
      const byDefault = { 'content-type': type };
      server.engine.onSubmit = answering('ok');
      assert.equal((await server.post('/v1/chat/completions', CHAT, byDefault)).statusCode, 200);
      const ofPage = { ...byDefault, host: 'localhost', origin: 'http://localhost' };
      assert.equal((await server.post('/v1/chat/completions', CHAT, ofPage)).statusCode, 415);
    }
  });

  it('other media types are 415', async () => {
    for (const type of ['text/html', 'multipart/form-data']) {
      const response = await server.post('/v1/completions', CHAT, { 'content-type': type });
      assert.equal(response.statusCode, 415, type);
      assert.equal(error(response.body).code, 'unsupported_media_type');
      assert.match(error(response.body).message, /application\/json/);
    }
  });

  it('bodies beyond the limit are 413', async () => {
    const response = await server.post('/v1/completions', { prompt: 'x'.repeat(1000) });
    assert.equal(response.statusCode, 413);
    assert.equal(error(response.body).code, 'body_too_large');
    assert.match(error(response.body).message, /1000 bytes/);
  });

  it('paths that do not decode are 400', async () => {
    const response = await server.app.inject('/v1/models/%zz');
    assert.equal(response.statusCode, 400);
    assert.equal(error(response.body).code, 'invalid_request');
  });

  it('what is no HTTP is answered in the same shape', async () => {
    const url = new URL(await listen(server.app, { host: '127.0.0.1', port: 0 }));
    for (const [bytes, status] of [
      ['NONSENSE\r\n\r\n', 400],
      [`GET / HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
      ['GET /health HTTP/1.1\r\nconnection: close\r\n\r\n', 400],
      [`GET /health HTTP/1.1\r\nhost: ${url.host}\r\nexpect: a miracle\r\n\r\n`, 417],
    ] as const) {
      const socket = connect(Number(url.port), url.hostname);
      socket.setEncoding('utf8');
      socket.write(bytes);
      let received = '';
      for await (const part of socket) received += part as string;
      assert.match(received, new RegExp(`^HTTP/1.1 ${status} `));
      assert.equal(error(received.slice(received.indexOf('{'))).code, 'invalid_request');
    }
  });
});

it('a port that is taken is told by its name', async () => {
  const first = testServer();
  const { port } = new URL(await listen(first.app, { host: '127.0.0.1', port: 0 }));
  await assert.rejects(listen(testServer().app, { host: '127.0.0.1', port: Number(port) }), {
    code: 'address_in_use',
    message: new RegExp(port),
  });
});

it('an address that cannot be had is told with what would do', async () => {
  const { app } = testServer();
  for (const host of ['192.0.2.1', '[::1]', 'nosuch.invalid'])
    await assert.rejects(listen(app, { host, port: 0 }), {
      code: 'invalid_option',
      param: 'host',
      message: /is no address of this machine; choose --host 127\.0\.0\.1/,
    });
});
