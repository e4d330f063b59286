/** Calls of functions over HTTP: what the engine is asked, and the shapes of answers and streams. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeCodec } from './fake-engine.js';
import { answering, CHAT, sseData, testServer } from './test-server.js';

const TOOLS = [
  {
    type: 'function',
    function: {
      name: 'weather',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  },
  { type: 'function', function: { name: 'now' } },
];
const CALL = '<tool_call>\n{"name": "weather", "arguments": {"city": "Oslo"}}\n</tool_call>';
const NOW = '<tool_call>\n{"name": "now", "arguments": {}}\n</tool_call>';

interface Message {
  readonly content: string | null;
  readonly reasoning_content?: string;
  readonly tool_calls?: readonly {
    readonly id: string;
    readonly type: string;
    readonly function: { readonly name: string; readonly arguments: string };
  }[];
}
interface Body {
  readonly choices: readonly { readonly message: Message; readonly finish_reason: string }[];
}
interface Chunk {
  readonly choices: readonly {
    readonly delta: Partial<Message> & {
      readonly tool_calls?: readonly {
        readonly index: number;
        readonly id?: string;
        readonly function: { readonly name?: string; readonly arguments: string };
      }[];
    };
    readonly finish_reason: string | null;
  }[];
}

async function ask(
  texts: readonly string[],
  more: object = {},
  codec = new FakeCodec(),
): Promise<{ readonly body: string; readonly grammar: unknown }> {
  const { engine, post } = testServer({ codec });
  engine.onSubmit = answering(...texts);
  const response = await post('/v1/chat/completions', { ...CHAT, tools: TOOLS, ...more });
  assert.equal(response.statusCode, 200, response.body);
  return { body: response.body, grammar: engine.last.request.grammar };
}

describe('calls of functions', () => {
  it('are told apart from text', async () => {
    const { body, grammar } = await ask([`Let me look.\n${CALL}\n${NOW}`]);
    const [{ message, finish_reason: reason }] = (JSON.parse(body) as Body).choices as [Body['choices'][0]];
    assert.notEqual(grammar, undefined);
    assert.equal(reason, 'tool_calls');
    assert.equal(message.content, 'Let me look.');
    assert.deepEqual(
      message.tool_calls?.map(({ type, function: called }) => [type, called.name, called.arguments]),
      [
        ['function', 'weather', '{"city": "Oslo"}'],
        ['function', 'now', '{}'],
      ],
    );
    assert.equal(new Set(message.tool_calls.map(({ id }) => id)).size, 2);
  });

  it('without text leave none', async () => {
    const { body } = await ask([CALL], { tool_choice: 'required' });
    assert.equal((JSON.parse(body) as Body).choices[0]?.message.content, null);
  });

  it('may be restricted to some of the tools', async () => {
    const some = (mode: string, ...names: readonly string[]) => ({
      tool_choice: {
        type: 'allowed_tools',
        allowed_tools: { mode, tools: names.map((name) => ({ type: 'function', function: { name } })) },
      },
    });
    const { grammar } = await ask([NOW], some('required', 'now'));
    const { grammar: alone } = await ask([NOW], { tools: TOOLS.slice(1), tool_choice: 'required' });
    assert.deepEqual(grammar, alone);
    const { body } = await ask(['It rains.'], some('auto', 'weather'));
    assert.equal((JSON.parse(body) as Body).choices[0]?.message.content, 'It rains.');
    const { post } = testServer({ codec: new FakeCodec() });
    for (const wrong of [some('required', 'nothing'), some('required'), some('never', 'now')]) {
      const response = await post('/v1/chat/completions', { ...CHAT, tools: TOOLS, ...wrong });
      assert.equal(response.statusCode, 400);
      assert.match(response.body, /tool_choice/);
    }
  });

  it('need not come', async () => {
    const { body } = await ask(['It rains.']);
    const [choice] = (JSON.parse(body) as Body).choices;
    assert.equal(choice?.finish_reason, 'stop');
    assert.deepEqual(Object.keys(choice.message), ['role', 'content', 'refusal']);
  });

  it('come in pieces in a stream', async () => {
    const { body } = await ask(['So', '.\n<tool', CALL.slice(5, 60), CALL.slice(60)], { stream: true });
    const chunks = sseData(body).slice(0, -1) as Chunk[];
    const deltas = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta));
    assert.equal(deltas.map(({ content }) => content ?? '').join(''), 'So.');
    const calls = deltas.flatMap(({ tool_calls: called }) => called ?? []);
    assert.equal(calls[0]?.function.name, 'weather');
    assert.match(calls[0].id ?? '', /^\w{9}$/);
    assert.deepEqual(
      calls.slice(1).map(({ id, index, function: { name } }) => [id, index, name]),
      calls.slice(1).map(() => [undefined, 0, undefined]),
    );
    assert.equal(calls.map(({ function: called }) => called.arguments).join(''), '{"city": "Oslo"}');
    assert.ok(calls.length > 1, 'arguments arrive as they are written');
    assert.equal(chunks.at(-1)?.choices[0]?.finish_reason, 'tool_calls');
  });

  it('may stand beside a format for what is no call', async () => {
    for (const format of [
      { type: 'json_object' },
      { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' } } },
    ]) {
      const { body } = await ask([CALL], { response_format: format });
      assert.equal((JSON.parse(body) as Body).choices[0]?.finish_reason, 'tool_calls');
    }
  });

  it('are looked for only where something can be called', async () => {
    for (const more of [{ tools: undefined }, { tools: [] }, { tool_choice: 'none' }]) {
      const { body, grammar } = await ask([CALL], more);
      assert.equal(grammar, undefined);
      assert.equal((JSON.parse(body) as Body).choices[0]?.message.content, CALL);
    }
  });
});

describe('reasoning', () => {
  const thinking = (): FakeCodec => new FakeCodec(undefined, true);

  it('is told apart for models that write it', async () => {
    const text = '<think>\nHm.\n</think>\n\nYes.';
    const { body } = await ask([text], { tools: undefined }, thinking());
    const [choice] = (JSON.parse(body) as Body).choices;
    assert.equal(choice?.message.content, 'Yes.');
    assert.equal(choice.message.reasoning_content, 'Hm.');
    const others = await ask([text], { tools: undefined });
    assert.equal((JSON.parse(others.body) as Body).choices[0]?.message.content, text);
  });

  it('is told apart where the prompt has begun it', async () => {
    const { body } = await ask(
      ['Hm.</think>Yes.'],
      { tools: undefined, messages: [{ role: 'user', content: 'Hi <think>' }] },
      thinking(),
    );
    assert.equal((JSON.parse(body) as Body).choices[0]?.message.reasoning_content, 'Hm.');
  });

  it('comes before calls, and in streams', async () => {
    const { body } = await ask(['<think>H', `m</think>\n${CALL}`], { stream: true }, thinking());
    const deltas = (sseData(body).slice(0, -1) as Chunk[]).flatMap(({ choices }) =>
      choices.map(({ delta }) => delta),
    );
    assert.equal(deltas.map(({ reasoning_content: text }) => text ?? '').join(''), 'Hm');
    assert.equal(deltas.map(({ content }) => content ?? '').join(''), '');
    assert.equal(deltas.flatMap(({ tool_calls: calls }) => calls ?? [])[0]?.function.name, 'weather');
  });
});
