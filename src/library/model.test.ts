/** The library as a program uses it, with the bundled model. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import OpenAI from 'openai';
import { ForetokenError, openModel, type Model } from '../index.js';

const isCode = (code: string, words: RegExp) => (error: unknown) => {
  assert.ok(error instanceof ForetokenError, String(error));
  assert.equal(error.code, code);
  assert.match(error.message, words);
  return true;
};

describe('a model that is opened', () => {
  const warnings: string[] = [];
  let progress = 0;
  let model: Model;
  before(async () => {
    const options = { threads: 1, parallel: 2, ctxSize: 2048, calibration: 'off' };
    model = await openModel('demo', options, {
      // That of processors on which texts are not exactly the same says nothing of the program.
      onWarning: (text) => {
        if (!text.startsWith('texts are equal up to rounding: ')) warnings.push(text);
      },
      onProgress: (done) => {
        progress = done;
      },
    });
  });
  after(() => model.close());

  it('says how far it is loaded, and warns of nothing', () => {
    assert.deepEqual(warnings, []);
    assert.equal(progress, 1);
  });

  it('answers, whole and in pieces, with the same text', async () => {
    const answer = await model.chat('Translate to German: The house is small.', {
      temperature: 0,
      max_tokens: 24,
    });
    assert.ok(answer.text.length > 0);
    assert.ok(['stop', 'length'].includes(answer.finishReason));
    assert.equal(answer.body['model'], model.name);
    let text = '';
    for await (const piece of model.stream(
      [{ role: 'user', content: 'Translate to German: The house is small.' }],
      {
        temperature: 0,
        max_tokens: 24,
        speculation: 'off',
      },
    ))
      text += piece;
    assert.equal(text, answer.text);
  });

  it('holds answers to a schema and calls functions', async () => {
    const { text } = await model.chat('A person.', {
      max_tokens: 64,
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'person',
          schema: { type: 'object', properties: { age: { enum: [1, 2] } }, required: ['age'] },
        },
      },
    });
    assert.ok([1, 2].includes((JSON.parse(text) as { age: number }).age), text);
    const { toolCalls, finishReason } = await model.chat('The weather in Rome?', {
      max_tokens: 128,
      tools: [
        {
          type: 'function',
          function: {
            name: 'weather',
            parameters: { type: 'object', properties: { city: { enum: ['Rome'] } }, required: ['city'] },
          },
        },
      ],
      tool_choice: 'required',
      parallel_tool_calls: false,
    });
    assert.equal(finishReason, 'tool_calls');
    assert.deepEqual(JSON.parse(toolCalls[0]!.function.arguments), { city: 'Rome' });
  });

  it('warns once of an option that is not known', async () => {
    for (let time = 0; time < 2; time++) await model.chat('Hi', { max_tokens: 1, temprature: 1 });
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /temprature.*temperature/);
  });

  it('gives several choices, but one stream', async () => {
    const { body } = await model.chat('Hi', { max_tokens: 1, n: 2 });
    assert.equal((body['choices'] as unknown[]).length, 2);
    await assert.rejects(model.stream('Hi', { n: 2 }).next(), isCode('invalid_request', /n: /));
  });

  it('gives vectors', async () => {
    const vectors = await model.embed(['one', 'another']);
    assert.equal(vectors.length, 2);
    assert.ok(vectors[0]!.length > 8);
  });

  it('serves a client of OpenAI by its fetch', async () => {
    const client = new OpenAI({
      baseURL: 'http://in.process/v1',
      apiKey: 'none',
      fetch: model.fetch,
      maxRetries: 0,
    });
    const stream = await client.chat.completions.create({
      model: model.name,
      messages: [{ role: 'user', content: 'Hello' }],
      max_completion_tokens: 8,
      stream: true,
    });
    let chunks = 0;
    for await (const chunk of stream) chunks += chunk.choices.length;
    assert.ok(chunks > 1);
    const { data } = await client.models.list();
    assert.deepEqual(
      data.map(({ id }) => id),
      [model.name],
    );
  });

  const long = { max_tokens: 1500, ignore_eos: true, temperature: 1 };
  const idle = async (): Promise<void> => {
    for (;;) {
      const response = await model.fetch('/metrics');
      const running = /^foretoken_num_requests_running (\d+)$/m.exec(await response.text());
      assert.ok(running, 'the metric has another name');
      if (running[1] === '0') return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  it(
    'frees the place of an answer that nobody reads on, or that is aborted',
    { timeout: 60_000 },
    async () => {
      const pieces: string[] = [];
      for await (const piece of model.stream('Go on.', long)) {
        pieces.push(piece);
        if (pieces.length === 3) break;
      }
      await idle();
      const controller = new AbortController();
      const answering = model.chat('Go on.', { ...long, signal: controller.signal });
      setTimeout(() => {
        controller.abort();
      }, 100);
      await assert.rejects(answering, { name: 'AbortError' });
      await idle();
    },
  );

  it('says what is wrong as the API does', async () => {
    await assert.rejects(model.chat([]), isCode('invalid_request', /messages/));
    await assert.rejects(model.chat('x'.repeat(20_000)), isCode('context_length_exceeded', /tokens/));
    const never = async (): Promise<void> => {
      for await (const piece of model.stream('Hi', { temperature: -1 })) assert.fail(piece);
    };
    await assert.rejects(never(), isCode('invalid_request', /temperature/));
    assert.equal((await model.fetch('/nowhere')).status, 404);
  });

  it('is closed once, and answers nothing more', async () => {
    await Promise.all([model.close(), model.close()]);
    await assert.rejects(model.chat('Hi'), isCode('shutting_down', /closed/));
  });
});

describe('what cannot be opened', () => {
  it('an option that is unknown, wrong, or about listening', async () => {
    await assert.rejects(openModel('demo', { ctxSiez: 1 }), isCode('invalid_option', /--ctx-siez/));
    await assert.rejects(openModel('demo', { ctxSize: -1 }), isCode('invalid_option', /--ctx-size/));
    await assert.rejects(openModel('demo', { '; rm': 1 }), isCode('invalid_option', /no option/));
    await assert.rejects(openModel('demo', { port: 1 }), isCode('invalid_option', /listens nowhere/));
  });

  it('options in the place of the file', async () => {
    await assert.rejects(
      openModel({ hfRepo: 'a/b' } as unknown as string),
      isCode('invalid_option', /GGUF file/),
    );
  });

  it('a file that is not there', async () => {
    await assert.rejects(openModel('/nowhere.gguf'), isCode('file_not_found', /nowhere/));
  });
});
