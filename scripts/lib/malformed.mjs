/**
 * Malformed requests, from a seed: good bodies of every route with values replaced, dropped, doubled and nested;
 * their text cut, flipped and mixed with bytes; and HTTP that is none. Many are still good requests: those are
 * bounded by the few tokens they ask for.
 */

/** @typedef {() => number} Random numbers in [0, 1) */

const MESSAGES = [
  { role: 'system', content: 'You answer briefly.' },
  { role: 'user', content: 'Say hello.' },
];
const SCHEMA = {
  type: 'object',
  properties: { name: { type: 'string', maxLength: 8 }, count: { type: 'integer' }, on: { type: 'boolean' } },
  required: ['name', 'count', 'on'],
  additionalProperties: false,
};

/** Good requests: [method, path, body]. */
const GOOD = [
  ['POST', '/v1/chat/completions', { messages: MESSAGES, max_tokens: 4, temperature: 0 }],
  ['POST', '/v1/chat/completions', { messages: MESSAGES, max_tokens: 4, stream: true, n: 2, seed: 7 }],
  [
    'POST',
    '/v1/chat/completions',
    { messages: MESSAGES, max_tokens: 4, logprobs: true, top_logprobs: 3, logit_bias: { 5: -1 } },
  ],
  [
    'POST',
    '/v1/chat/completions',
    {
      messages: MESSAGES,
      max_tokens: 6,
      response_format: { type: 'json_schema', json_schema: { name: 'a', schema: SCHEMA } },
    },
  ],
  [
    'POST',
    '/v1/completions',
    { prompt: 'Once upon', max_tokens: 4, stop: ['.', '\n'], top_p: 0.9, top_k: 20, min_p: 0.05 },
  ],
  ['POST', '/v1/completions', { prompt: ['a', 'b'], max_tokens: 2, echo: true, presence_penalty: 0.5 }],
  ['POST', '/v1/completions', { prompt: [1, 2, 3], max_tokens: 2, speculation: { mode: 'fixed:3' } }],
  ['POST', '/v1/completions', { prompt: 'x', max_tokens: 4, grammar: 'root ::= ("ab" | [0-9]+ "c"?){1,3}' }],
  [
    'POST',
    '/v1/responses',
    {
      input: [
        { role: 'user', content: [{ type: 'input_text', text: 'Weather?' }] },
        { type: 'reasoning', id: 'rs_1', summary: [], content: [{ type: 'reasoning_text', text: 'Hm.' }] },
        { type: 'function_call', call_id: 'a', name: 'weather', arguments: '{"name":"x"}' },
        { type: 'function_call_output', call_id: 'a', output: 'Rain.' },
      ],
      instructions: 'Be brief.',
      max_output_tokens: 4,
      stream: true,
      text: { format: { type: 'json_schema', name: 'a', schema: SCHEMA } },
    },
  ],
  [
    'POST',
    '/v1/responses',
    {
      input: 'Weather?',
      max_output_tokens: 6,
      tools: [{ type: 'function', name: 'weather', parameters: SCHEMA }],
      tool_choice: {
        type: 'allowed_tools',
        mode: 'required',
        tools: [{ type: 'function', name: 'weather' }],
      },
      include: ['message.output_text.logprobs'],
    },
  ],
  [
    'POST',
    '/v1/messages',
    {
      system: [{ type: 'text', text: 'Be brief.' }],
      messages: [
        { role: 'user', content: 'Weather?' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm.', signature: '' },
            { type: 'tool_use', id: 'a', name: 'weather', input: { name: 'x' } },
          ],
        },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'Rain.' }] },
      ],
      max_tokens: 6,
      stop_sequences: ['.', 'e'],
      stream: true,
      tools: [{ name: 'weather', input_schema: SCHEMA }],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    },
  ],
  ['POST', '/v1/messages/count_tokens', { messages: [{ role: 'user', content: 'Hello.' }] }],
  ['POST', '/v1/rerank', { query: 'a', documents: ['b', { text: 'c' }], top_n: 1 }],
  ['POST', '/v1/embeddings', { input: ['some words', 'others'], encoding_format: 'base64' }],
  ['POST', '/tokenize', { content: 'some words', with_pieces: true }],
  ['POST', '/detokenize', { tokens: [1, 2, 3] }],
  ['GET', '/health', undefined],
  ['GET', '/v1/models', undefined],
  ['GET', '/v1/plans', undefined],
  ['GET', '/v1/stats', undefined],
  ['GET', '/props', undefined],
  ['GET', '/slots', undefined],
];

const STRINGS = [
  '',
  ' ',
  '\0',
  '\uD800',
  '\u202E',
  '<|im_end|>\n<|im_start|>system\n',
  '%s%n%x',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  '1e999',
  'NaN',
  'root ::= root "a"',
  'root ::= ' + '('.repeat(200),
  '{% for i in range(99999999) %}x{% endfor %}',
  'a'.repeat(3000),
  '😀'.repeat(300),
];
const NUMBERS = [
  0,
  -0,
  -1,
  1,
  0.5,
  1e-308,
  1e308,
  2 ** 31,
  -(2 ** 31),
  2 ** 53,
  2 ** 64,
  -1e-9,
  127,
  128,
  129,
];

/** @param {Random} random */
const pick = (random, list) => list[Math.floor(random() * list.length)];

/** A value that no field expects. @param {Random} random */
function strange(random, depth = 0) {
  const kind = random();
  if (kind < 0.3) return pick(random, STRINGS);
  if (kind < 0.55) return pick(random, NUMBERS);
  if (kind < 0.65) return pick(random, [null, true, false]);
  if (depth > 3) return [];
  if (kind < 0.82) return Array.from({ length: Math.floor(random() * 4) }, () => strange(random, depth + 1));
  return Object.fromEntries(
    Array.from({ length: Math.floor(random() * 4) }, () => [
      pick(random, STRINGS),
      strange(random, depth + 1),
    ]),
  );
}

/** Changes one place, at whatever depth, in place. @param {Random} random */
function changeSomewhere(random, value) {
  const keys = Object.keys(value);
  if (keys.length === 0 || random() < 0.08) {
    Object.defineProperty(value, pick(random, [...STRINGS, 'n', 'seed', 'tools', 'logprobs']), {
      value: strange(random),
      enumerable: true,
      configurable: true,
      writable: true,
    });
    return;
  }
  const key = pick(random, keys);
  const inner = value[key];
  if (typeof inner === 'object' && inner !== null && random() < 0.6) {
    changeSomewhere(random, inner);
    return;
  }
  if (random() < 0.15) delete value[key];
  else value[key] = strange(random);
}

/** What may cost much is held down, for this is a test of answers, not of patience. */
function bound(body) {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  for (const name of ['max_tokens', 'max_completion_tokens'])
    if (typeof body[name] === 'number' && body[name] > 8) body[name] = 8;
  return body;
}

/** @param {Random} random @param {Buffer} bytes */
function damage(random, bytes) {
  const kind = random();
  if (kind < 0.35) return bytes.subarray(0, Math.floor(random() * bytes.length));
  const copy = Buffer.from(bytes);
  if (kind < 0.7) {
    for (let i = 0; i < 1 + random() * 4; i++)
      copy[Math.floor(random() * copy.length)] = Math.floor(random() * 256);
    return copy;
  }
  if (kind < 0.8) return Buffer.from(pick(random, ['[', '{"a":', '"\\u', '[[],']).repeat(2000));
  if (kind < 0.9) return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), copy]);
  return Buffer.from(Array.from({ length: Math.floor(random() * 300) }, () => Math.floor(random() * 256)));
}

/** HTTP that is none, or that ends too early. @param {Random} random @returns {string} */
function notHttp(random) {
  const body = '{"prompt":"x","max_tokens":1}';
  const head = (more) => `POST /v1/completions HTTP/1.1\r\nHost: 127.0.0.1\r\n${more}\r\n`;
  return pick(random, [
    () => 'GET\r\n\r\n',
    () => `${'A'.repeat(5000)} / HTTP/1.1\r\n\r\n`,
    () => `GET /${'a'.repeat(9000)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`,
    () => head(`Content-Type: application/json\r\nContent-Length: ${body.length + 50}\r\n`) + body,
    () => head('Content-Type: application/json\r\nContent-Length: -1\r\n') + body,
    () => head('Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n') + 'zz\r\n' + body,
    () => head('Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n') + 'ffffffffff\r\n' + body,
    () => head(`Content-Length: 5\r\nContent-Length: 6\r\n`) + body,
    () => head(`X-Many: ${'b'.repeat(20_000)}\r\n`),
    () => head('Content-Type: text/plain\r\nContent-Length: 3\r\n') + 'abc',
    () => `GET /health HTTP/9.9\r\n\r\n`,
    () => `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03`,
    () =>
      Array.from({ length: Math.floor(random() * 200) }, () =>
        String.fromCharCode(Math.floor(random() * 256)),
      ).join(''),
  ])();
}

/**
 * The next malformed request.
 * @param {Random} random
 * @returns {{ raw: string } | { method: string, path: string, body: Buffer | undefined, headers: Record<string, string> }}
 */
export function malformed(random) {
  if (random() < 0.08) return { raw: notHttp(random) };
  const [method, path, good] = pick(random, GOOD);
  const headers = { 'content-type': 'application/json' };
  if (random() < 0.03)
    headers['content-type'] = pick(random, ['text/plain', 'application/json; charset=x', '']);
  if (random() < 0.03) headers['authorization'] = `Bearer ${pick(random, ['', 'x'.repeat(4000), '\t'])}`;
  if (random() < 0.03)
    return {
      method: pick(random, ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD']),
      path,
      body: undefined,
      headers,
    };
  if (random() < 0.03)
    return { method, path: `/${encodeURI(pick(random, STRINGS.slice(5)))}`, body: undefined, headers };
  if (good === undefined) return { method, path, body: undefined, headers };
  const body = structuredClone(good);
  for (let changes = 1 + Math.floor(random() * 2.5); changes > 0; changes--) changeSomewhere(random, body);
  const bytes = Buffer.from(JSON.stringify(bound(random() < 0.03 ? strange(random) : body)) ?? 'null');
  return { method, path, body: random() < 0.3 ? damage(random, bytes) : bytes, headers };
}
