/** Every field's limits, at both routes: each refusal names the field and says what is allowed. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ErrorBody } from './failures.js';
import { FakeEngine } from './fake-engine.js';
import { answering, CHAT, testServer } from './test-server.js';

const COMPLETION = { model: 'demo', prompt: 'Once' };

/** Fields added to a good body, the field that must be named, words that must be in the message. */
type Refusal = readonly [fields: Record<string, unknown>, param: string, ...words: RegExp[]];

const TOOL = { type: 'function', function: { name: 'f' } };

const SHARED: readonly Refusal[] = [
  [{ temperature: 2.1 }, 'temperature', /from 0 to 2/, /2\.1/],
  [{ temperature: -0.1 }, 'temperature'],
  [{ temperature: '1' }, 'temperature', /a number/, /"1"/],
  [{ top_p: 0 }, 'top_p', /above 0 and at most 1/],
  [{ top_p: 1.5 }, 'top_p'],
  [{ top_k: 1.5 }, 'top_k', /an integer/],
  [{ top_k: -2 }, 'top_k'],
  [{ min_p: -0.1 }, 'min_p'],
  [{ min_p: 1.1 }, 'min_p'],
  [{ presence_penalty: 2.5 }, 'presence_penalty', /from -2 to 2/],
  [{ frequency_penalty: -2.5 }, 'frequency_penalty'],
  [{ repeat_penalty: 0 }, 'repeat_penalty'],
  [{ repetition_penalty: 11 }, 'repetition_penalty', /above 0 and at most 10/],
  [{ repetition_penalty: 1.1, repeat_penalty: 1.2 }, 'repetition_penalty', /contradict/],
  [{ repeat_last_n: -2 }, 'repeat_last_n'],
  [{ seed: 1.5 }, 'seed'],
  [{ seed: -2 }, 'seed'],
  [{ seed: 2 ** 64 }, 'seed', /-1 to 2\^64 - 1; got 18446744073709552000/],
  [{ seed: 1e30 }, 'seed'],
  [{ seed: '5' }, 'seed'],
  [{ n: 0 }, 'n', /from 1 to 128/],
  [{ n: 129 }, 'n'],
  [{ max_tokens: -2 }, 'max_tokens', /at least/],
  [{ max_tokens: 'many' }, 'max_tokens'],
  [{ stream: 'yes' }, 'stream', /true or false/],
  [{ ignore_eos: 1 }, 'ignore_eos'],
  [{ stream_options: { include_usage: true } }, 'stream_options', /'stream': true/],
  [{ stream: true, stream_options: { usage: true } }, 'stream_options.usage', /include_usage/],
  [{ stop: '' }, 'stop', /1 to 500 characters/],
  [{ stop: ['a', 7] }, 'stop[1]', /got 7/],
  [{ stop: Array.from({ length: 17 }, () => 'x') }, 'stop', /up to 16/, /an array of 17/],
  [{ stop: 'x'.repeat(501) }, 'stop'],
  [{ logit_bias: [1] }, 'logit_bias', /an object/],
  [{ logit_bias: { 257: 1 } }, 'logit_bias', /0 to 256/, /"257"/],
  [{ logit_bias: { '05': 1 } }, 'logit_bias', /"05"/],
  [{ logit_bias: { hello: 1 } }, 'logit_bias', /"hello"/],
  [{ logit_bias: { 5: 101 } }, 'logit_bias.5', /-100 to 100/],
  [{ logit_bias: { 5: null } }, 'logit_bias.5', /null/],
  [
    { speculation: 'magic' },
    'speculation',
    /auto, off or fixed:K with K from 1 to 64, or an object/,
    /magic/,
  ],
  [{ speculation: 'fixed:0' }, 'speculation', /for no guesses say off/],
  [{ speculation: ['off'] }, 'speculation', /an array of 1/],
  [{ speculation: 5 }, 'speculation', /fixed:K/],
  [{ speculation: { mode: 'fixed:65' } }, 'speculation.mode', /from 1 to 64; got "fixed:65"/],
  [{ speculation: { mode: 'draft' } }, 'speculation.mode', /what may guess is said by proposers/],
  [{ speculation: { mode: 5 } }, 'speculation.mode', /got 5/],
  [{ speculation: { max_tokens: 0 } }, 'speculation.max_tokens', /from 1 to 64/],
  [{ speculation: { mode: 'fixed:4', max_tokens: 4 } }, 'speculation.max_tokens', /'fixed:4'; leave one/],
  [{ speculation: { mode: 'off', max_tokens: 4 } }, 'speculation.max_tokens', /contradicts/],
  [{ speculation: { mode: 'off', proposers: ['lookup'] } }, 'speculation.proposers', /lets nothing guess/],
  [{ speculation: { proposers: 'lookup' } }, 'speculation.proposers', /an array of 'lookup'/],
  [{ speculation: { proposers: [] } }, 'speculation.proposers', /at least one \(for none say mode 'off'\)/],
  [{ speculation: { proposers: ['lookup', 'oracle'] } }, 'speculation.proposers[1]', /got "oracle"/],
  [
    { speculation: { proposers: ['tree'] } },
    'speculation.proposers[0]',
    /tree cannot.*it has lookup, draft\./,
  ],
  [{ speculation: { length: 4 } }, 'speculation.length', /mode, proposers, max_tokens/],
  [{ response_format: 'json' }, 'response_format'],
  [{ response_format: {} }, 'response_format.type'],
  [{ response_format: { type: 'xml' } }, 'response_format.type', /json_schema/],
  [{ response_format: { type: 'json_schema' } }, 'response_format.json_schema'],
  [
    { response_format: { type: 'json_schema', json_schema: { name: 'x' } } },
    'response_format.json_schema.schema',
  ],
  [{ grammar: 5 }, 'grammar'],
  [{ grammar: 'root ::= "a"', response_format: { type: 'json_object' } }, 'grammar', /both/],
  [{ model: 7 }, 'model', /a string/],
];

const CHAT_ONLY: readonly Refusal[] = [
  [{ messages: undefined }, 'messages', /got nothing/],
  [{ messages: [] }, 'messages', /an empty array/],
  [{ messages: 'Hi' }, 'messages', /"Hi"/],
  [{ messages: ['Hi'] }, 'messages[0]', /an object/],
  [{ messages: [{ content: 'Hi' }] }, 'messages[0].role', /'developer'/],
  [{ messages: [{ role: 'robot', content: 'Hi' }] }, 'messages[0].role', /"robot"/],
  [{ messages: [{ role: 'user' }] }, 'messages[0].content'],
  [{ messages: [{ role: 'user', content: 5 }] }, 'messages[0].content'],
  [{ messages: [{ role: 'user', content: [] }] }, 'messages[0].content'],
  [
    { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }] },
    'messages[0].content[0].type',
    /text only/,
  ],
  [{ messages: [{ role: 'user', content: [{ type: 'text' }] }] }, 'messages[0].content[0].text'],
  [{ messages: [{ role: 'user', content: 'Hi', contents: '' }] }, 'messages[0].contents', /content/],
  [
    { messages: [{ role: 'assistant', content: '', tool_calls: [{ id: 'a' }] }] },
    'messages[0].tool_calls[0].function',
    /an object; got nothing/,
  ],
  [{ tools: [{ type: 'custom', custom: { name: 'f' } }] }, 'tools[0].custom', /Unknown field/],
  [{ tools: [{ type: 'custom', function: { name: 'f' } }] }, 'tools[0].type', /'function'/],
  [{ tools: [{ type: 'function', function: {} }] }, 'tools[0].function.name', /got nothing/],
  [{ tools: [{ type: 'function', function: { name: 'a b' } }] }, 'tools[0].function.name', /letters/],
  [
    { tools: [{ type: 'function', function: { name: 'f', parameters: [] } }] },
    'tools[0].function.parameters',
  ],
  [{ tools: {} }, 'tools', /an array/],
  [
    { tools: Array.from({ length: 129 }, () => ({ type: 'function', function: { name: 'f' } })) },
    'tools',
    /128/,
  ],
  [{ tool_choice: 'required' }, 'tool_choice', /'tools' holds no function/],
  [{ tool_choice: { type: 'function', function: { name: 'f' } } }, 'tool_choice', /holds no function/],
  [{ tool_choice: 'f' }, 'tool_choice', /'required' or an object/],
  [{ tool_choice: { type: 'function' } }, 'tool_choice.function', /an object/],
  [
    { tools: [TOOL], tool_choice: { type: 'function', function: { name: 'g' } } },
    'tool_choice',
    /names 'g', which 'tools' does not hold/,
  ],
  [{ tools: [TOOL, TOOL] }, 'tools', /a second function named 'f'/],
  [{ tools: [TOOL], grammar: 'root ::= "x"' }, 'tools', /no place for calls/],
  [{ messages: [{ role: 'user', content: null }] }, 'messages[0].content'],
  [
    { messages: [{ role: 'user', content: 'x', tool_calls: [{ function: { name: 'f' } }] }] },
    'messages[0].tool_calls',
    /assistant/,
  ],
  [
    { messages: [{ role: 'assistant', tool_calls: [{ function: { name: 'f', arguments: {} } }] }] },
    'messages[0].tool_calls[0].function.arguments',
    /a string/,
  ],
  [{ functions: [] }, 'functions', /not supported/],
  [{ modalities: ['audio'] }, 'modalities'],
  [{ audio: { voice: 'x' } }, 'audio'],
  [{ reasoning_effort: 1 }, 'reasoning_effort', /a string/],
  [{ logprobs: 3 }, 'logprobs', /true or false/],
  [{ top_logprobs: 3 }, 'top_logprobs', /'logprobs': true/],
  [{ logprobs: true, top_logprobs: 21 }, 'top_logprobs', /0 to 20/],
  [{ max_tokens: 3, max_completion_tokens: 4 }, 'max_tokens', /contradict/],
  [{ chat_template_kwargs: 'x' }, 'chat_template_kwargs'],
];

const COMPLETION_ONLY: readonly Refusal[] = [
  [{ prompt: undefined }, 'prompt', /got nothing/],
  [{ prompt: [] }, 'prompt', /an empty array/],
  [{ prompt: '' }, 'prompt', /at least one token/],
  [{ prompt: {} }, 'prompt'],
  [{ prompt: ['a', {}] }, 'prompt', /entry 1/],
  [{ prompt: [1, 'a'] }, 'prompt[1]', /0 to 256/],
  [{ prompt: [[1], [257]] }, 'prompt[1][0]', /got 257/],
  [{ prompt: [1.5] }, 'prompt[0]'],
  [{ prompt: ['a', 'b'], n: 65 }, 'prompt', /128 choices/],
  [{ logprobs: true }, 'logprobs', /an integer/],
  [{ logprobs: 21 }, 'logprobs'],
  [{ echo: true, logprobs: 1, n: 2 }, 'n', /one choice for each prompt/],
  [{ suffix: 'end' }, 'suffix', /'demo', which has no tokens to fill gaps with/],
  [{ messages: [] }, 'messages', /chat\/completions/],
];

const EMBEDDING: readonly Refusal[] = [
  [{ input: undefined }, 'input'],
  [{ input: '' }, 'input'],
  [{ input: [''] }, 'input'],
  [{ input: Array.from({ length: 2049 }, () => 'x') }, 'input', /up to 2048/],
  [{ encoding_format: 'hex' }, 'encoding_format', /'float', 'base64'/],
  [{ dimensions: 4 }, 'dimensions', /3/],
];

describe('refused fields', () => {
  const server = testServer();
  const suites: [string, Record<string, unknown>, readonly Refusal[]][] = [
    ['/v1/chat/completions', CHAT, [...SHARED, ...CHAT_ONLY]],
    ['/v1/completions', COMPLETION, [...SHARED, ...COMPLETION_ONLY]],
    ['/v1/embeddings', { model: 'demo', input: 'x' }, EMBEDDING],
  ];
  for (const [path, good, refusals] of suites) {
    for (const [fields, param, ...words] of refusals) {
      it(`${path} ${JSON.stringify(fields).slice(0, 80)}`, async () => {
        const response = await server.post(path, { ...good, ...fields });
        assert.equal(response.statusCode, 400, response.body);
        const { error } = response.json<ErrorBody>();
        assert.equal(error.code, 'invalid_request');
        assert.equal(error.type, 'invalid_request_error');
        assert.equal(error.param, param);
        assert.ok(error.message.includes(param.split(/[.[]/)[0]!), error.message);
        for (const word of words) assert.match(error.message, word);
        assert.equal(server.engine.inFlight, 0);
      });
    }
  }
});

describe('bodies that are no objects', () => {
  const server = testServer();
  const cases: [string, string, RegExp][] = [
    ['{"model": "demo",', 'invalid_json', /not valid JSON/],
    ['', 'invalid_json', /empty/],
    ['[]', 'invalid_request', /must be a JSON object; got an empty array/],
    ['null', 'invalid_request', /got null/],
    ['"text"', 'invalid_request', /got "text"/],
  ];
  for (const path of [
    '/v1/chat/completions',
    '/v1/completions',
    '/v1/embeddings',
    '/tokenize',
    '/detokenize',
  ])
    for (const [body, code, words] of cases)
      it(`${path} ${JSON.stringify(body)}`, async () => {
        const response = await server.post(path, body);
        assert.equal(response.statusCode, 400);
        const { error } = response.json<ErrorBody>();
        assert.equal(error.code, code);
        assert.match(error.message, words);
      });

  it('bytes that are not UTF-8', async () => {
    const response = await server.app.inject({
      method: 'POST',
      url: '/v1/completions',
      headers: { 'content-type': 'application/json' },
      payload: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]),
    });
    assert.equal(response.statusCode, 400);
    assert.match(response.json<ErrorBody>().error.message, /UTF-8/);
  });
});

describe('what is let through', () => {
  it('null stands for absent in every field', async () => {
    const { engine, post } = testServer();
    engine.onSubmit = answering('ok');
    const names = [
      ...['n', 'stream', 'stream_options', 'max_tokens', 'max_completion_tokens', 'temperature', 'top_p'],
      ...['top_k', 'min_p', 'presence_penalty', 'frequency_penalty', 'repeat_penalty', 'repeat_last_n'],
      ...['logit_bias', 'seed', 'stop', 'ignore_eos', 'grammar', 'response_format', 'speculation'],
      ...['logprobs', 'top_logprobs', 'tools', 'tool_choice', 'functions', 'audio', 'modalities', 'model'],
    ];
    const nulls = Object.fromEntries(names.map((name) => [name, null]));
    const response = await post('/v1/chat/completions', { ...nulls, messages: CHAT.messages });
    assert.equal(response.statusCode, 200, response.body);
  });

  it("harmless fields that OpenAI's clients send", async () => {
    const { engine, post } = testServer();
    engine.onSubmit = answering('ok');
    const response = await post('/v1/chat/completions', {
      ...CHAT,
      user: 'u',
      metadata: { a: 'b' },
      store: false,
      service_tier: 'auto',
      prompt_cache_key: 'k',
      safety_identifier: 's',
      parallel_tool_calls: true,
      tools: [],
      tool_choice: 'auto',
      modalities: ['text'],
      logprobs: false,
    });
    assert.equal(response.statusCode, 200, response.body);
  });
});

describe('what cannot be met', () => {
  it('a proposer where nothing can guess', async () => {
    const { post } = testServer({ engine: new FakeEngine({ proposers: [] }) });
    const response = await post('/v1/chat/completions', { ...CHAT, speculation: { proposers: ['lookup'] } });
    assert.equal(response.statusCode, 400);
    assert.match(response.json<ErrorBody>().error.message, /lookup cannot guess on this server; it has none/);
  });

  it('an unknown model is 404 and names the one that is served', async () => {
    const { post } = testServer();
    for (const [path, rest] of [
      ['/v1/chat/completions', { messages: CHAT.messages }],
      ['/v1/completions', { prompt: 'x' }],
      ['/v1/embeddings', { input: 'x' }],
    ] as const) {
      const response = await post(path, { ...rest, model: 'gpt-4' });
      assert.equal(response.statusCode, 404);
      const { error } = response.json<ErrorBody>();
      assert.equal(error.code, 'model_not_found');
      assert.match(error.message, /'gpt-4'.*'demo'/);
    }
  });

  it('a prompt longer than the context is refused before the engine sees it', async () => {
    const { engine, post } = testServer();
    for (const [path, body, param] of [
      ['/v1/completions', { prompt: 'x'.repeat(512) }, 'prompt'],
      ['/v1/completions', { prompt: Array.from({ length: 512 }, () => 1) }, 'prompt'],
      ['/v1/chat/completions', { messages: [{ role: 'user', content: 'x'.repeat(600) }] }, 'messages'],
      ['/v1/embeddings', { input: ['short', 'x'.repeat(600)] }, 'input'],
      // Long enough to be refused without being tokenised.
      ['/v1/completions', { prompt: 'x'.repeat(100_000) }, 'prompt'],
    ] as const) {
      const response = await post(path, body);
      assert.equal(response.statusCode, 400);
      const { error } = response.json<ErrorBody>();
      assert.equal(error.code, 'context_length_exceeded');
      assert.equal(error.param, param);
      // What there is, what there could be, and how.
      assert.match(error.message, /may hold 512 here.*trained for 8192, which --ctx-size 32768/);
    }
    assert.equal(engine.streams.length, 0);
    assert.equal(engine.embedded.length, 0);
  });

  it("messages that the model's template refuses", async () => {
    const { post } = testServer();
    const response = await post('/v1/chat/completions', { ...CHAT, chat_template_kwargs: { refuse: true } });
    assert.equal(response.statusCode, 400);
    assert.match(response.json<ErrorBody>().error.message, /alternate/);
  });

  it('a schema that no grammar can hold to is refused with its place', async () => {
    const { post } = testServer();
    const response = await post('/v1/chat/completions', {
      ...CHAT,
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'x', schema: { type: 'object', properties: { a: { type: 'strnig' } } } },
      },
    });
    assert.equal(response.statusCode, 400);
    const { error } = response.json<ErrorBody>();
    assert.equal(error.code, 'invalid_schema');
    assert.equal(error.param, 'response_format.json_schema.schema');
    assert.match(error.message, /properties.*a/);
  });

  it('a schema that fails while it is written is refused as a schema, not as a grammar that nobody gave', async () => {
    const { post, engine } = testServer();
    engine.onSubmit = (stream) => {
      const error = { code: 'invalid_grammar', message: 'too many ways', param: 'grammar' } as const;
      stream.finish('error', { error });
    };
    const json_schema = { name: 'x', schema: { type: 'object', properties: { a: { type: 'string' } } } };
    for (const stream of [false, true]) {
      const response = await post('/v1/chat/completions', {
        ...CHAT,
        stream,
        response_format: { type: 'json_schema', json_schema },
      });
      assert.equal(response.statusCode, 400);
      const { error } = response.json<ErrorBody>();
      assert.equal(error.code, 'invalid_schema');
      assert.equal(error.param, 'response_format.json_schema.schema');
      assert.match(error.message, /JSON schema .* simpler.* too many ways/);
    }
    const given = await post('/v1/chat/completions', { ...CHAT, grammar: 'root ::= "a"' });
    assert.equal(given.json<ErrorBody>().error.code, 'invalid_grammar');
  });
});
