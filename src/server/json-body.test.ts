/** Bodies that are JSON only in name, nest deep, name a field twice, or hold what no number does. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { randomIndices } from '../base/random.js';
import type { ErrorBody } from './failures.js';
import { MAX_JSON_DEPTH, MAX_JSON_PARTS, parseJsonBody } from './json-body.js';
import { answering, testServer } from './test-server.js';

const parse = (text: string): unknown => parseJsonBody(Buffer.from(text));

describe('a body', () => {
  it('nests as deep as is allowed, and no deeper, however much of it there is', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    assert.ok(Array.isArray(parse(nested(MAX_JSON_DEPTH))));
    for (const text of [
      nested(MAX_JSON_DEPTH + 1),
      '['.repeat(8 * 2 ** 20),
      '{"a":'.repeat(1_000_000),
      `{"a":"${'['.repeat(100)}","b":${nested(600)}}`,
    ])
      assert.throws(() => parse(text), { code: 'invalid_json', message: /deeper than the 512 levels/ });
    // Brackets in strings are text, whatever stands in front of their quotes.
    assert.deepEqual(parse(JSON.stringify(['\\"['.repeat(2000), '\\'])), ['\\"['.repeat(2000), '\\']);
  });

  it('holds so many objects and lists, and no more', () => {
    const lists = (count: number): string => `[${'[],'.repeat(count - 2)}{}]`;
    assert.ok(Array.isArray(parse(lists(MAX_JSON_PARTS))));
    assert.throws(() => parse(lists(MAX_JSON_PARTS + 1)), {
      code: 'invalid_json',
      message: /more than the 200000 objects and lists/,
    });
  });

  it('is refused when a field stands twice, however it is written', () => {
    for (const text of ['{"a":1,"b":2,"a":3}', '{"a":1,"\\u0061":2}', '{"a":{"a":1} , "a" : [1]}'])
      assert.throws(() => parse(text), { code: 'invalid_json', param: 'a', message: /more than once/ });
    assert.deepEqual(parse('{"a":{"b":1},"b":["a","a"],"c":"a"}'), { a: { b: 1 }, b: ['a', 'a'], c: 'a' });
    assert.deepEqual(parse('[{"a":1},{"a":1}]'), [{ a: 1 }, { a: 1 }]);
  });

  it('keeps the digits of a long seed, and of nothing else', () => {
    const long = 9007199254740993n;
    assert.deepEqual(parse(`{"seed":${long}}`), { seed: long });
    assert.deepEqual(parse(`{"a":{"seed":1}, "s\\u0065ed" :\n ${long} , "b":2}`), {
      a: { seed: 1 },
      seed: long,
      b: 2,
    });
    assert.deepEqual(parse(`{"seed":-${long}}`), { seed: -long });
    assert.deepEqual(parse('{"seed":5}'), { seed: 5 });
    assert.deepEqual(parse('{"seed":null,"x":"\\"seed\\":9007199254740993"}'), {
      seed: null,
      x: '"seed":9007199254740993',
    });
    for (const text of [`{"x":{"seed":${long}}}`, `[{"seed":${long}}]`, '{"seed":9007199254740993.0}'])
      assert.deepEqual(parse(text), JSON.parse(text), text);
    assert.deepEqual(parse(`{"seed":${'9'.repeat(50)}}`), { seed: 1e50 });
    assert.throws(() => parse(`{"seed":${long}x}`), { code: 'invalid_json' });
  });

  it('is read as JSON.parse reads it, whatever its bytes', () => {
    // A fixed sequence of pieces that make JSON, nearly JSON and nonsense.
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      '"a"',
      '"seed"',
      '1',
      '-',
      ' ',
      'null',
      'é',
      '\u0000',
      '\\u0061',
    ];
    const next = randomIndices(1);
    let good = 0;
    for (let round = 0; round < 20_000; round++) {
      const text = Array.from({ length: 1 + next(12) }, () => pieces[next(pieces.length)]!).join('');
      let wanted: unknown;
      let isJson = true;
      try {
        wanted = JSON.parse(text);
      } catch {
        isJson = false;
      }
      try {
        assert.deepEqual(parse(text), wanted, text);
        assert.ok(isJson, text);
        good += 1;
      } catch (thrown) {
        const error = thrown as { code?: string; message: string };
        assert.equal(error.code, 'invalid_json', text);
        assert.ok(!isJson || /more than once/.test(error.message), `${text}: ${error.message}`);
      }
    }
    assert.ok(good > 100, `only ${good} were JSON`);
  });
});

describe('over HTTP', () => {
  it('a seed of 64 bits counts with its lower 32 as they were sent', async () => {
    const { engine, post } = testServer();
    engine.onSubmit = answering('ok');
    for (const [digits, seed] of [
      ['9007199254740993', 1],
      ['18446744073709551615', 2 ** 32 - 1],
      ['1152921504606846977', 1],
      ['4294967298', 2],
      ['0', 0],
    ] as const) {
      const response = await post('/v1/completions', `{"prompt":"a","max_tokens":1,"seed":${digits}}`);
      assert.equal(response.statusCode, 200, response.body);
      assert.equal(engine.last.request.sampling.seed, seed, digits);
    }
    for (const digits of ['18446744073709551616', '-2', '-9007199254740993', '1e20', '1.5']) {
      const response = await post('/v1/completions', `{"prompt":"a","max_tokens":1,"seed":${digits}}`);
      assert.equal(response.statusCode, 400, digits);
      const { message } = response.json<ErrorBody>().error;
      assert.match(message, /'seed' must be an integer from -1 to 2\^64 - 1/);
      if (/^-?\d+$/.test(digits)) assert.ok(message.includes(digits), message);
    }
  });

  it('nothing sent with a type is no body, but where one is needed; a compressed one is not read', async () => {
    const { app } = testServer();
    const send = (method: 'POST' | 'PUT' | 'DELETE', url: string, more: object = {}, payload = '') =>
      app.inject({ method, url, headers: { 'content-type': 'application/json', ...more }, payload });
    assert.equal((await send('POST', '/v1/completions')).json<ErrorBody>().error.code, 'invalid_json');
    assert.equal((await send('PUT', '/v1/completions')).statusCode, 405);
    assert.equal((await send('DELETE', '/nowhere')).statusCode, 404);
    for (const encoding of ['gzip', 'br']) {
      const response = await send('POST', '/v1/completions', { 'content-encoding': encoding }, '{}');
      assert.equal(response.statusCode, 415);
      assert.match(response.json<ErrorBody>().error.message, new RegExp(`encoding "${encoding}"`));
    }
    const plain = await send('POST', '/v1/completions', { 'content-encoding': 'identity' }, '[]');
    assert.equal(plain.statusCode, 400);
  });

  it('names of prototypes are fields that nobody knows, and change nothing', async () => {
    const { engine, post } = testServer();
    engine.onSubmit = answering('ok');
    const chat = (more: string): string => `{"messages":[{"role":"user","content":"Hi"}]${more}}`;
    for (const [body, status] of [
      // Left out with a warning, as other fields that nobody knows.
      [chat(',"__proto__":{"temperature":9}'), 200],
      [chat(',"constructor":{"prototype":{}}'), 200],
      [chat(',"logit_bias":{"__proto__":5}'), 400],
      [chat(',"response_format":{"__proto__":{"type":"json_object"}}'), 400],
      [chat(',"speculation":{"__proto__":{"mode":"off"}}'), 400],
      ['{"messages":[{"role":"user","content":"Hi","__proto__":{"name":"x"}}]}', 400],
      ['{"messages":[{"__proto__":{"role":"user","content":"Hi"}}]}', 400],
      // What is the template's own may have any name.
      [chat(',"chat_template_kwargs":{"__proto__":{"polluted":true},"toString":1}'), 200],
      [chat(',"metadata":{"__proto__":{"polluted":true}}'), 200],
    ] as const) {
      const response = await post('/v1/chat/completions', body);
      assert.equal(response.statusCode, status, `${body} ${response.body}`);
      assert.equal(engine.streams.at(-1)?.request.sampling.temperature, 1);
    }
    const strict = testServer({ strict: true });
    for (const name of ['__proto__', 'constructor']) {
      const response = await strict.post('/v1/chat/completions', chat(`,"${name}":{"temperature":9}`));
      assert.equal(response.statusCode, 400);
    }
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
    assert.equal(({} as Record<string, unknown>)['temperature'], undefined);
  });

  it('8 MB of open brackets are refused', async () => {
    const { post } = testServer({ bodyLimitBytes: 9 * 2 ** 20 });
    for (const body of ['['.repeat(8 * 2 ** 20), `{"messages":${'['.repeat(8 * 2 ** 20)}`]) {
      const response = await post('/v1/chat/completions', body);
      assert.equal(response.statusCode, 400);
      assert.equal(response.json<ErrorBody>().error.code, 'invalid_json');
    }
  });
});
