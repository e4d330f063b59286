/** OpenAI's Responses API over a fake engine: what a body becomes, and what an answer becomes, whole and as a stream. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ErrorBody } from './failures.js';
import { FakeCodec } from './fake-engine.js';
import { ResponseStore } from './response-store.js';
import { answering, namedEvents, recording, testServer } from './test-server.js';

const BODY = { model: 'demo', input: 'Hi' } as const;
const TOOL = {
  type: 'function',
  name: 'weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  strict: true,
} as const;
const CALL = '<tool_call>\n{"name": "weather", "arguments": {"city": "Oslo"}}\n</tool_call>';

type Item = Readonly<Record<string, unknown>> & { readonly id: string };
interface Response {
  readonly id: string;
  readonly status: string;
  readonly output: readonly Item[];
  readonly incomplete_details: unknown;
  readonly usage: Readonly<Record<string, unknown>>;
}

describe('POST /v1/responses', () => {
  it('answers whole', async () => {
    const { engine, post } = testServer();
    engine.onSubmit = answering('Hello', ' there');
    const answer = await post('/v1/responses', { ...BODY, instructions: 'Be brief.', temperature: 0.5 });
    assert.equal(answer.statusCode, 200, answer.body);
    const response = answer.json<Record<string, unknown> & Response>();
    assert.match(response.id, /^resp_/);
    assert.equal(answer.headers['x-request-id'], response.id);
    assert.equal(response['object'], 'response');
    assert.equal(response.status, 'completed');
    assert.equal(response['instructions'], 'Be brief.');
    assert.equal(response['temperature'], 0.5);
    assert.equal(response['error'], null);
    const [item] = response.output;
    assert.deepEqual(
      { ...item, id: '' },
      {
        id: '',
        type: 'message',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: 'Hello there', annotations: [], logprobs: [] }],
      },
    );
    assert.deepEqual(response.usage, {
      input_tokens: 'system: Be brief.\nuser: Hi\n'.length,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 12,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 39,
    });
  });

  it('streams numbered events in the order that clients expect', async () => {
    const { engine, post } = testServer();
    engine.onSubmit = answering('Hello', ' there');
    const events = namedEvents((await post('/v1/responses', { ...BODY, stream: true })).body);
    assert.deepEqual(
      events.map(({ type }) => type.replace('response.', '')),
      [
        'created',
        'in_progress',
        'output_item.added',
        'content_part.added',
        'output_text.delta',
        'output_text.delta',
        'output_text.done',
        'content_part.done',
        'output_item.done',
        'completed',
      ],
    );
    assert.deepEqual(
      events.map(({ sequence_number: number }) => number),
      events.map((_, index) => index),
    );
    const { response } = events.at(-1) as unknown as { response: Response };
    const [item] = response.output;
    assert.equal(events[4]!['item_id'], item!.id);
    assert.deepEqual(events.at(-2)!['item'], item);
    assert.equal((events[0]!['response'] as Response).status, 'in_progress');
  });

  it('says that the limit cut an answer', async () => {
    const { engine, post } = testServer();
    engine.onSubmit = (stream) => {
      stream.text('Hel');
      stream.finish('length');
    };
    const body = { ...BODY, max_output_tokens: 3 };
    const response = (await post('/v1/responses', body)).json<Response>();
    assert.equal(engine.last.request.maxTokens, 3);
    assert.equal(response.status, 'incomplete');
    assert.deepEqual(response.incomplete_details, { reason: 'max_output_tokens' });
    assert.equal(response.output[0]!['status'], 'incomplete');
    const events = namedEvents((await post('/v1/responses', { ...body, stream: true })).body);
    assert.equal(events.at(-1)?.type, 'response.incomplete');
  });

  it('tells thoughts and calls as items', async () => {
    const { engine, post } = testServer({ codec: new FakeCodec(undefined, true) });
    engine.onSubmit = answering('<think>', 'Oslo?', '</think>', 'Wait. ', CALL);
    const body = { ...BODY, tools: [TOOL] };
    const { output, usage } = (await post('/v1/responses', body)).json<Response>();
    assert.deepEqual(
      output.map(({ type }) => type),
      ['reasoning', 'message', 'function_call'],
    );
    assert.deepEqual(output[0]!['content'], [{ type: 'reasoning_text', text: 'Oslo?' }]);
    assert.equal(output[2]!['name'], 'weather');
    assert.equal(output[2]!['arguments'], '{"city": "Oslo"}');
    const events = namedEvents((await post('/v1/responses', { ...body, stream: true })).body);
    const types = new Set(events.map(({ type }) => type));
    for (const type of [
      'response.reasoning_text.delta',
      'response.reasoning_text.done',
      'response.function_call_arguments.delta',
      'response.function_call_arguments.done',
    ])
      assert.ok(types.has(type), type);
    const json = events
      .filter(({ type }) => type === 'response.function_call_arguments.delta')
      .map(({ delta }) => delta);
    assert.equal(json.join(''), '{"city": "Oslo"}');
    const { response } = events.at(-1) as unknown as { response: Response };
    const details = response.usage['output_tokens_details'] as { reasoning_tokens: number };
    assert.ok(details.reasoning_tokens >= 5);
    assert.deepEqual(usage['output_tokens_details'], details);
  });

  it('gives items to the template as turns', async () => {
    const seen: unknown[] = [];
    const { engine, post } = testServer({ codec: recording(seen) });
    engine.onSubmit = answering('Fine.');
    const answer = await post('/v1/responses', {
      model: 'demo',
      input: [
        { role: 'developer', content: 'Be brief.' },
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Weather?' }] },
        { type: 'reasoning', id: 'rs_1', summary: [], content: [{ type: 'reasoning_text', text: 'Hm.' }] },
        { type: 'function_call', call_id: 'a', name: 'weather', arguments: '{"city":"Oslo"}' },
        { type: 'function_call', call_id: 'b', name: 'weather', arguments: '{"city":"Rome"}' },
        { type: 'function_call_output', call_id: 'a', output: 'Rain.' },
        { type: 'function_call_output', call_id: 'b', output: [{ type: 'input_text', text: 'Sun.' }] },
        { role: 'user', content: 'And now?' },
      ],
    });
    assert.equal(answer.statusCode, 200, answer.body);
    const call = (id: string, city: string) => ({
      id,
      type: 'function',
      function: { name: 'weather', arguments: `{"city":"${city}"}` },
    });
    assert.deepEqual(seen[0], [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Weather?' },
      {
        role: 'assistant',
        content: '',
        reasoning_content: 'Hm.',
        tool_calls: [call('a', 'Oslo'), call('b', 'Rome')],
      },
      { role: 'tool', content: 'Rain.', tool_call_id: 'a' },
      { role: 'tool', content: 'Sun.', tool_call_id: 'b' },
      { role: 'user', content: 'And now?' },
    ]);
  });

  it('goes on from an answer that is kept, and refers to its items', async () => {
    const seen: unknown[] = [];
    const { app, engine, post } = testServer({ codec: recording(seen) });
    engine.onSubmit = answering('Hello.');
    const first = (await post('/v1/responses', { ...BODY, instructions: 'Once.' })).json<Response>();
    await post('/v1/responses', { ...BODY, input: 'Again', previous_response_id: first.id });
    const conversation = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello.' },
      { role: 'user', content: 'Again' },
    ];
    // Instructions are for one answer only.
    assert.deepEqual(seen[2], conversation);
    const reference = { type: 'item_reference', id: first.output[0]!.id };
    await post('/v1/responses', {
      ...BODY,
      input: [{ role: 'user', content: 'Hi' }, reference, { role: 'user', content: 'Again' }],
    });
    assert.deepEqual(seen[4], conversation);
    const kept = await app.inject(`/v1/responses/${first.id}`);
    assert.deepEqual(kept.json(), { ...first });
    assert.equal((await app.inject({ method: 'DELETE', url: `/v1/responses/${first.id}` })).statusCode, 200);
    assert.equal((await app.inject(`/v1/responses/${first.id}`)).statusCode, 404);
    const gone = await post('/v1/responses', { ...BODY, previous_response_id: first.id });
    assert.equal(gone.statusCode, 400);
    assert.equal(gone.json<ErrorBody>().error.param, 'previous_response_id');
    const unkept = (await post('/v1/responses', { ...BODY, store: false })).json<Response>();
    assert.equal((await app.inject(`/v1/responses/${unkept.id}`)).statusCode, 404);
  });

  it('keeps the answers of one key from those of another', async () => {
    const { app, engine, post } = testServer({ apiKeys: ['a', 'b'] });
    engine.onSubmit = answering('Hello.');
    const key = (name: string) => ({ authorization: `Bearer ${name}` });
    const { id } = (await post('/v1/responses', BODY, key('a'))).json<Response>();
    const url = `/v1/responses/${id}`;
    assert.equal((await app.inject({ url, headers: key('b') })).statusCode, 404);
    assert.equal((await app.inject({ url, headers: key('a') })).statusCode, 200);
  });

  it('holds the text to a schema', async () => {
    const { engine, post } = testServer();
    engine.onSubmit = answering('{}');
    const schema = { type: 'object', properties: {}, additionalProperties: false };
    const format = { type: 'json_schema', name: 'nothing', schema, strict: true };
    const answer = await post('/v1/responses', { ...BODY, text: { format, verbosity: 'low' } });
    assert.equal(answer.statusCode, 200, answer.body);
    assert.ok(engine.last.request.grammar !== undefined);
    assert.deepEqual(answer.json<{ text: unknown }>().text, { format, verbosity: 'low' });
  });

  it("leaves tools of others' servers out, and says so", async () => {
    const body = { ...BODY, tools: [{ type: 'web_search' }, TOOL] };
    const { engine, post } = testServer();
    engine.onSubmit = answering(CALL);
    const answer = await post('/v1/responses', body);
    assert.equal(answer.statusCode, 200, answer.body);
    assert.match(String(answer.headers['x-foretoken-warning']), /Tool ignored: 'tools\[0\]/);
    assert.match(answer.body, /"weather"/);
    assert.equal((await testServer({ strict: true }).post('/v1/responses', body)).statusCode, 400);
  });

  it('gives effort and verbosity to the template, and names unknown fields in a header', async () => {
    const seen: unknown[] = [];
    const { engine, post } = testServer({ codec: recording(seen) });
    engine.onSubmit = answering('Hello.');
    const answer = await post('/v1/responses', {
      ...BODY,
      reasoning: { effort: 'low' },
      text: { verbosity: 'high' },
      max_tokens: 3,
    });
    assert.equal(answer.statusCode, 200, answer.body);
    assert.deepEqual(seen[1], { reasoning_effort: 'low', verbosity: 'high' });
    assert.match(String(answer.headers['x-foretoken-warning']), /max_tokens/);
  });

  it('refuses what it cannot do, by name', async () => {
    const { engine, post } = testServer();
    engine.onSubmit = answering('Hello.');
    for (const [change, param] of [
      [{ input: [] }, 'input'],
      [{ input: [{ type: 'image_generation_call' }] }, 'input[0].type'],
      [{ input: [{ role: 'user', content: [{ type: 'input_image' }] }] }, 'input[0].content[0].type'],
      [{ tools: [{ type: 'function', name: 'no spaces' }] }, 'tools[0].name'],
      [{ text: { format: { type: 'json_schema', name: 'x', schema: 7 } } }, 'text.format.schema'],
      [{ input: 'x'.repeat(600) }, 'input'],
      [{ background: true }, 'background'],
      [{ conversation: 'conv_1' }, 'conversation'],
      [{ max_output_tokens: -2 }, 'max_output_tokens'],
      [{ text: { format: { type: 'xml' } } }, 'text.format.type'],
      [{ input: [{ type: 'item_reference', id: 'msg_1' }] }, 'input[0].id'],
    ] as const) {
      const answer = await post('/v1/responses', { ...BODY, ...change });
      assert.equal(answer.statusCode, 400, JSON.stringify(change));
      assert.equal(answer.json<ErrorBody>().error.param, param);
    }
  });

  it('ends a stream that fails with an error that clients raise', async () => {
    const { engine, post } = testServer();
    engine.onSubmit = (stream) => {
      stream.text('Hel');
      stream.finish('error', { error: { code: 'decode_failed', message: 'no' } });
    };
    const events = namedEvents((await post('/v1/responses', { ...BODY, stream: true })).body);
    const [failed, error] = events.slice(-2);
    assert.equal(failed?.type, 'response.failed');
    assert.equal((failed['response'] as Response).status, 'failed');
    assert.equal(error?.type, 'error');
    assert.equal((error['error'] as { code: string }).code, 'decode_failed');
  });
});

describe('the store of answers', () => {
  const stored = (id: string, text = '') => {
    const output = [{ id: `msg_${id}`, text }];
    return { id, owner: '', body: { id }, items: output, output };
  };

  it('lets the oldest go', () => {
    const store = new ResponseStore({ mostResponses: 2 });
    for (const id of ['a', 'b', 'c']) store.add(stored(id));
    assert.equal(store.get('a', ''), undefined);
    assert.equal(store.item('msg_a', ''), undefined);
    assert.equal(store.get('b', '')?.id, 'b');
    assert.equal(store.item('msg_c', '')?.['id'], 'msg_c');
    assert.equal(store.get('c', 'somebody else'), undefined);
  });

  it('holds no more than so many characters', () => {
    const store = new ResponseStore({ mostCharacters: 300 });
    store.add(stored('a', 'x'.repeat(100)));
    store.add(stored('b', 'x'.repeat(100)));
    assert.ok(store.get('a', '') && store.get('b', ''));
    store.add(stored('c', 'x'.repeat(100)));
    assert.equal(store.get('a', ''), undefined);
    store.add(stored('d', 'x'.repeat(1000)));
    assert.equal(store.get('d', ''), undefined);
    assert.ok(store.get('c', ''));
  });
});
