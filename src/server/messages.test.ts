/** Anthropic's API over a fake engine: what a body becomes, and what an answer becomes, whole and as a stream. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeCodec } from './fake-engine.js';
import { answering, namedEvents, recording, testServer } from './test-server.js';

const BODY = { model: 'demo', max_tokens: 20, messages: [{ role: 'user', content: 'Hi' }] } as const;
const TOOL = {
  name: 'weather',
  description: 'Tells the weather.',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
} as const;
const CALL = '<tool_call>\n{"name": "weather", "arguments": {"city": "Oslo"}}\n</tool_call>';

interface Message {
  readonly content: readonly Readonly<Record<string, unknown>>[];
  readonly stop_reason: string;
  readonly stop_sequence: string | null;
  readonly usage: Readonly<Record<string, number>>;
}

describe('POST /v1/messages', () => {
  it('answers whole', async () => {
    const { engine, post } = testServer();
    engine.onSubmit = answering('Hello', ' there');
    const answer = await post('/v1/messages', { ...BODY, temperature: 0.5, top_k: 3 });
    assert.equal(answer.statusCode, 200, answer.body);
    const message = answer.json<Record<string, unknown> & Message>();
    assert.equal(message['type'], 'message');
    assert.equal(message['role'], 'assistant');
    assert.equal(message['model'], 'demo');
    assert.match(String(message['id']), /^msg_/);
    assert.equal(answer.headers['request-id'], message['id']);
    assert.deepEqual(message.content, [{ type: 'text', text: 'Hello there' }]);
    assert.equal(message.stop_reason, 'end_turn');
    assert.equal(message.stop_sequence, null);
    assert.deepEqual(message.usage, {
      input_tokens: 'user: Hi\n'.length,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: 12,
    });
    const { maxTokens, sampling } = engine.last.request;
    assert.equal(maxTokens, 20);
    assert.equal(sampling.temperature, 0.5);
    assert.equal(sampling.topK, 3);
  });

  it('streams events in the order that clients expect', async () => {
    const { engine, post } = testServer();
    engine.onSubmit = (stream) => {
      stream.text('Hello');
      stream.text(' there');
      stream.finish('length', { statistics: { cachedTokens: 4 } });
    };
    const { body, headers } = await post('/v1/messages', { ...BODY, stream: true });
    assert.match(String(headers['content-type']), /^text\/event-stream/);
    const events = namedEvents(body);
    assert.deepEqual(
      events.map(({ type }) => type),
      [
        'message_start',
        'ping',
        'content_block_start',
        'content_block_delta',
        'content_block_delta',
        'content_block_stop',
        'message_delta',
        'message_stop',
      ],
    );
    const [start, , begin, first, , , delta] = events;
    const { content, usage } = start!['message'] as Message;
    assert.deepEqual(content, []);
    assert.deepEqual(usage, { input_tokens: 9, output_tokens: 0 });
    assert.deepEqual(begin!['content_block'], { type: 'text', text: '' });
    assert.deepEqual(first!['delta'], { type: 'text_delta', text: 'Hello' });
    assert.deepEqual(delta!['delta'], { stop_reason: 'max_tokens', stop_sequence: null });
    assert.deepEqual(delta!['usage'], {
      input_tokens: 5,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 4,
      output_tokens: 11,
    });
  });

  it('says which stop sequence ended the answer', async () => {
    const { engine, post } = testServer();
    engine.onSubmit = (stream) => {
      stream.text('one END');
      stream.finish('stopped', { stop: 'END', stopTrimBytes: 3 });
    };
    const body = { ...BODY, stop_sequences: ['STOP', 'END'] };
    const message = (await post('/v1/messages', body)).json<Message>();
    assert.deepEqual(message.content, [{ type: 'text', text: 'one ' }]);
    assert.equal(message.stop_reason, 'stop_sequence');
    assert.equal(message.stop_sequence, 'END');
    assert.deepEqual(engine.last.request.stop, ['STOP', 'END']);
    const events = namedEvents((await post('/v1/messages', { ...body, stream: true })).body);
    const told = events.find(({ type }) => type === 'message_delta');
    assert.deepEqual(told?.['delta'], { stop_reason: 'stop_sequence', stop_sequence: 'END' });
  });

  it('tells calls as blocks, whole and as a stream', async () => {
    const { engine, post } = testServer();
    engine.onSubmit = answering('Let me see. ', CALL.slice(0, 50), CALL.slice(50));
    const body = { ...BODY, tools: [TOOL], tool_choice: { type: 'auto' } };
    const message = (await post('/v1/messages', body)).json<Message>();
    const [text, call] = message.content;
    assert.deepEqual(text, { type: 'text', text: 'Let me see.' });
    assert.equal(typeof call!['id'], 'string');
    assert.deepEqual(
      { ...call, id: '' },
      { type: 'tool_use', id: '', name: 'weather', input: { city: 'Oslo' } },
    );
    assert.equal(message.stop_reason, 'tool_use');
    const events = namedEvents((await post('/v1/messages', { ...body, stream: true })).body);
    const ofCall = events.filter(({ index }) => index === 1);
    assert.deepEqual(
      { ...(ofCall[0]!['content_block'] as object), id: '' },
      {
        type: 'tool_use',
        id: '',
        name: 'weather',
        input: {},
      },
    );
    const json = ofCall.map(
      ({ delta }) => (delta as { partial_json?: string } | undefined)?.partial_json ?? '',
    );
    assert.deepEqual(JSON.parse(json.join('')), { city: 'Oslo' });
    assert.equal(ofCall.at(-1)?.type, 'content_block_stop');
  });

  it('gives earlier turns to the template: system, calls, results, thoughts', async () => {
    const seen: unknown[] = [];
    const { app, engine: other } = testServer({ codec: recording(seen) });
    other.onSubmit = answering('Fine.');
    const payload = {
      ...BODY,
      system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
      thinking: { type: 'enabled', budget_tokens: 1024 },
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'Weather?' }] },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'I should ask.', signature: 'x' },
            { type: 'text', text: 'Let me see.' },
            { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Oslo' } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'text', text: 'Rain.' }] },
            { type: 'text', text: 'And now?' },
          ],
        },
      ],
    };
    const answer = await app.inject({ method: 'POST', url: '/v1/messages', payload });
    assert.equal(answer.statusCode, 200, answer.body);
    assert.deepEqual(seen, [
      [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Weather?' },
        {
          role: 'assistant',
          content: 'Let me see.',
          reasoning_content: 'I should ask.',
          tool_calls: [
            {
              id: 'toolu_1',
              type: 'function',
              function: { name: 'weather', arguments: '{"city":"Oslo"}' },
            },
          ],
        },
        { role: 'tool', content: 'Rain.', tool_call_id: 'toolu_1' },
        { role: 'user', content: 'And now?' },
      ],
      { enable_thinking: true },
    ]);
  });

  it('lets the model go on with an answer that has begun', async () => {
    const codec = new FakeCodec();
    const { engine, post } = testServer({ codec });
    engine.onSubmit = answering('lo.');
    const begun = { role: 'assistant', content: 'Hel' };
    const answer = await post('/v1/messages', { ...BODY, messages: [...BODY.messages, begun] });
    assert.equal(answer.statusCode, 200, answer.body);
    assert.equal(codec.asked?.ending, 'within the last message');
  });

  it("leaves tools of others' servers out, and says so", async () => {
    const body = { ...BODY, tools: [TOOL, { type: 'web_search_20250305', name: 'web_search' }] };
    const { engine, post } = testServer();
    engine.onSubmit = answering(CALL);
    const answer = await post('/v1/messages', body);
    assert.equal(answer.statusCode, 200, answer.body);
    assert.match(String(answer.headers['x-foretoken-warning']), /Tool ignored: 'tools\[1\]/);
    assert.match(answer.body, /"weather"/);
    assert.equal((await testServer({ strict: true }).post('/v1/messages', body)).statusCode, 400);
  });

  it('names unknown fields in a header', async () => {
    const { engine, post } = testServer();
    engine.onSubmit = answering('Hello.');
    const answer = await post('/v1/messages', { ...BODY, max_token: 3 });
    assert.equal(answer.statusCode, 200);
    assert.match(String(answer.headers['x-foretoken-warning']), /max_token.*max_tokens/);
  });

  it('tells errors as Anthropic does', async () => {
    const { engine, post } = testServer({ apiKeys: ['sesame'] });
    const key = { 'x-api-key': 'sesame', 'anthropic-version': '2023-06-01' };
    const shut = await post('/v1/messages', BODY);
    assert.equal(shut.statusCode, 401);
    assert.equal(shut.json<{ error: { type: string } }>().error.type, 'authentication_error');
    for (const [change, names] of [
      [{ messages: [] }, 'messages'],
      [{ max_tokens: 0.5 }, 'max_tokens'],
      [{ stop_sequences: [''] }, 'stop_sequences'],
      [{ stop_sequences: 'END' }, 'stop_sequences'],
      [{ messages: [{ role: 'user', content: [{ type: 'image', source: {} }] }] }, 'content[0].type'],
      [{ messages: [{ role: 'robot', content: 'x' }] }, 'messages[0].role'],
      [{ tool_choice: { type: 'tool' } }, 'tool_choice.name'],
      [{ tools: [TOOL], tool_choice: { type: 'tool', name: 'no spaces' } }, "'tool_choice.name'"],
      [{ tools: [{ name: 'no spaces', input_schema: {} }] }, "'tools[0].name'"],
      [{ tools: [{ name: 'x', input_schema: { type: 'object', properties: 3 } }] }, 'tools[0].input_schema'],
      [{ output_config: { format: { schema: { type: 'nothing' } } } }, 'output_config.format.schema'],
      [{ mcp_servers: [] }, 'mcp_servers'],
    ] as const) {
      const answer = await post('/v1/messages', { ...BODY, ...change }, key);
      assert.equal(answer.statusCode, 400, JSON.stringify(change));
      const body = answer.json<{ type: string; error: { type: string; message: string; param?: string } }>();
      assert.equal(body.type, 'error');
      assert.equal(body.error.type, 'invalid_request_error');
      assert.ok(`${body.error.message} ${body.error.param}`.includes(names), answer.body);
    }
    engine.onSubmit = (stream) => {
      stream.text('Hel');
      stream.finish('error', { error: { code: 'decode_failed', message: 'no' } });
    };
    const events = namedEvents((await post('/v1/messages', { ...BODY, stream: true }, key)).body);
    assert.deepEqual(events.at(-1), {
      type: 'error',
      error: {
        type: 'api_error',
        message: 'no A smaller --ctx-size needs less memory.',
        code: 'decode_failed',
      },
    });
  });

  it('counts tokens, also of what does not fit', async () => {
    const { post } = testServer();
    const count = async (content: string): Promise<unknown> =>
      (
        await post('/v1/messages/count_tokens', { model: 'demo', messages: [{ role: 'user', content }] })
      ).json();
    assert.deepEqual(await count('Hi'), { input_tokens: 'user: Hi\n'.length });
    assert.deepEqual(await count('x'.repeat(2000)), { input_tokens: 2007 });
  });
});
