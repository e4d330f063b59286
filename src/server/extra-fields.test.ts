/** Fields of other servers: taken, and what they do; fields that nobody knows: named in a warning, or refused. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ErrorBody } from './failures.js';
import { FakeCodec } from './fake-engine.js';
import { answering, CHAT, testServer } from './test-server.js';

const COMPLETION = { prompt: 'Once' };
const ROUTES = [
  ['/v1/chat/completions', CHAT],
  ['/v1/completions', COMPLETION],
  ['/v1/embeddings', { input: 'x' }],
] as const;

describe('unknown fields', () => {
  for (const [path, body] of ROUTES) {
    it(`${path}: left out of account and named`, async () => {
      const { engine, post } = testServer();
      engine.onSubmit = answering('ok');
      const response = await post(path, { ...body, modle: 'x', frobnicate: [1], 'naïve\n': 1 });
      assert.equal(response.statusCode, 200, response.body);
      const warning = String(response.headers['x-foretoken-warning']);
      assert.match(warning, /'modle'; did you mean 'model'\?/);
      assert.match(warning, /'frobnicate'/);
      assert.match(warning, /'na\\u00efve\\u000a'/);
    });

    it(`${path}: refused by a strict server`, async () => {
      const { engine, post } = testServer({ strict: true });
      engine.onSubmit = answering('ok');
      const response = await post(path, { ...body, modle: 'x' });
      assert.equal(response.statusCode, 400);
      const { error } = response.json<ErrorBody>();
      assert.equal(error.param, 'modle');
      assert.match(error.message, /did you mean 'model'\?/);
      assert.equal((await post(path, body)).headers['x-foretoken-warning'], undefined);
    });
  }

  it('names of prototypes are names like any other', async () => {
    const { engine, post } = testServer();
    engine.onSubmit = answering('ok');
    const response = await post('/v1/completions', '{"prompt":"a","__proto__":{"n":9},"constructor":1}');
    assert.equal(response.statusCode, 200, response.body);
    assert.equal(engine.streams.length, 1);
    assert.match(String(response.headers['x-foretoken-warning']), /'__proto__'.*'constructor'/);
  });

  it('thousands of them make a short warning', async () => {
    const { engine, post } = testServer();
    engine.onSubmit = answering('ok');
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`field_${index}`, 1]));
    const response = await post('/v1/completions', { ...COMPLETION, ...many });
    assert.equal(response.statusCode, 200);
    const warning = String(response.headers['x-foretoken-warning']);
    assert.ok(warning.length < 2000);
    assert.match(warning, /4992 more/);
  });
});

it('a body of no content type is JSON', async () => {
  const { app, engine } = testServer();
  engine.onSubmit = answering('ok');
  const inject = (headers: Record<string, string>): Promise<{ statusCode: number }> =>
    app.inject({ method: 'POST', url: '/v1/completions', headers, payload: Buffer.from('{"prompt":"a"}') });
  assert.equal((await inject({})).statusCode, 200);
  assert.equal((await inject({ 'content-type': 'text/html' })).statusCode, 415);
});

describe('the model', () => {
  for (const model of [undefined, null, 'default', 'demo'])
    it(`${String(model)} is the one that is served`, async () => {
      const { engine, post } = testServer();
      engine.onSubmit = answering('ok');
      for (const [path, body] of ROUTES) {
        const response = await post(path, { ...body, model });
        assert.equal(response.statusCode, 200, response.body);
        assert.equal(response.json<{ model: string }>().model, 'demo');
      }
    });

  it('is told with its length', async () => {
    const { app } = testServer();
    const response = await app.inject({ url: '/v1/models' });
    assert.equal(response.json<{ data: { max_model_len: number }[] }>().data[0]!.max_model_len, 512);
  });
});

describe('sampling', () => {
  it('is as the server says where the request does not', async () => {
    const { engine, post } = testServer({ sampling: { temperature: 0.3, topK: 20, repeatPenalty: 1.1 } });
    engine.onSubmit = answering('ok');
    await post('/v1/completions', COMPLETION);
    const { sampling } = engine.last.request;
    assert.deepEqual(
      [sampling.temperature, sampling.topK, sampling.topP, sampling.minP, sampling.repeatPenalty],
      [0.3, 20, 1, 0, 1.1],
    );
    await post('/v1/completions', { ...COMPLETION, temperature: 0, top_k: -1, repetition_penalty: 1 });
    const own = engine.last.request.sampling;
    assert.deepEqual([own.temperature, own.topK, own.repeatPenalty], [0, 0, 1]);
  });
});

describe('endings', () => {
  it('min_tokens, stop_token_ids and include_stop_str_in_output reach the engine', async () => {
    const { engine, post } = testServer();
    engine.onSubmit = answering('ok');
    const response = await post('/v1/chat/completions', {
      ...CHAT,
      min_tokens: 5,
      stop_token_ids: [7, 9],
      include_stop_str_in_output: true,
      skip_special_tokens: true,
    });
    assert.equal(response.statusCode, 200, response.body);
    const { minTokens, stopTokens, includeStop } = engine.last.request;
    assert.deepEqual(
      { minTokens, stopTokens, includeStop },
      { minTokens: 5, stopTokens: [7, 9], includeStop: true },
    );
  });

  for (const [fields, param] of [
    [{ min_tokens: -1 }, 'min_tokens'],
    [{ min_tokens: 5, max_tokens: 4 }, 'min_tokens'],
    [{ stop_token_ids: 7 }, 'stop_token_ids'],
    [{ stop_token_ids: [257] }, 'stop_token_ids[0]'],
    [{ skip_special_tokens: false }, 'skip_special_tokens'],
  ] as const)
    it(`${JSON.stringify(fields)} is refused`, async () => {
      const { post } = testServer();
      const response = await post('/v1/completions', { ...COMPLETION, ...fields });
      assert.equal(response.statusCode, 400);
      assert.equal(response.json<ErrorBody>().error.param, param);
    });
});

describe('conversations', () => {
  it('reasoning_effort and verbosity are variables of the template; its own arguments win', async () => {
    const codec = new FakeCodec();
    const { engine, post } = testServer({ codec });
    engine.onSubmit = answering('ok');
    const response = await post('/v1/chat/completions', {
      ...CHAT,
      reasoning_effort: 'low',
      verbosity: 'high',
      chat_template_kwargs: { verbosity: 'none' },
    });
    assert.equal(response.statusCode, 200, response.body);
    assert.deepEqual(codec.asked?.extra, { reasoning_effort: 'low', verbosity: 'none' });
    assert.equal(codec.asked.ending, 'before an answer');
  });

  for (const [fields, ending] of [
    [{ add_generation_prompt: false }, 'after the last message'],
    [{ continue_final_message: true }, 'within the last message'],
    [{ continue_final_message: true, add_generation_prompt: false }, 'within the last message'],
    [{ continue_final_message: false, add_generation_prompt: true }, 'before an answer'],
  ] as const)
    it(`${JSON.stringify(fields)} ends ${ending}`, async () => {
      const codec = new FakeCodec();
      const { engine, post } = testServer({ codec });
      engine.onSubmit = answering('ok');
      assert.equal((await post('/v1/chat/completions', { ...CHAT, ...fields })).statusCode, 200);
      assert.equal(codec.asked?.ending, ending);
    });

  it('cannot both go on and be answered', async () => {
    const { post } = testServer();
    const both = { continue_final_message: true, add_generation_prompt: true };
    const response = await post('/v1/chat/completions', { ...CHAT, ...both });
    assert.equal(response.statusCode, 400);
    assert.equal(response.json<ErrorBody>().error.param, 'continue_final_message');
  });

  it('max_tokens 0 computes the prompt', async () => {
    const { engine, post } = testServer();
    engine.onSubmit = (stream) => {
      stream.finish('length');
    };
    const response = await post('/v1/chat/completions', { ...CHAT, max_tokens: 0 });
    assert.equal(response.statusCode, 200, response.body);
    assert.equal(engine.last.request.maxTokens, 0);
  });

  it('max_tokens -1 is what the context holds', async () => {
    const { engine, post } = testServer();
    engine.onSubmit = answering('ok');
    await post('/v1/completions', { prompt: 'x', max_tokens: -1 });
    assert.equal(engine.last.request.maxTokens, 512 - engine.last.request.prompt.length);
    await post('/v1/chat/completions', { ...CHAT, max_completion_tokens: -1 });
    assert.equal(engine.last.request.maxTokens, 512 - engine.last.request.prompt.length);
  });
});

describe('best_of', () => {
  /** Each choice says its own number, and its tokens are as likely as `logprobs` has it. */
  function server(logprobs: readonly number[]): ReturnType<typeof testServer> {
    const test = testServer();
    test.engine.onSubmit = (stream) => {
      const number = test.engine.streams.length - 1;
      const token = 48 + number;
      const logprob = logprobs[number]!;
      // Longer texts are less likely as a whole, and not for each token.
      const tokens = Array.from({ length: 1 + number }, () => token);
      stream.tokens(tokens, { logprobs: tokens.map(() => ({ token, logprob, top: [] })) });
      stream.finish('finished');
    };
    return test;
  }

  it('gives the likeliest choices of each prompt, best first, and counts all that was written', async () => {
    const { engine, post } = server([-2, -0.5, -0.1, -3, -1, -4]);
    const response = await post('/v1/completions', { prompt: ['a', 'b'], n: 2, best_of: 3 });
    assert.equal(response.statusCode, 200, response.body);
    const body = response.json<{
      choices: { index: number; text: string; logprobs: unknown }[];
      usage: { completion_tokens: number };
    }>();
    assert.deepEqual(
      body.choices.map(({ index, text }) => [index, text]),
      [
        [0, '222'],
        [1, '11'],
        [2, '44444'],
        [3, '3333'],
      ],
    );
    assert.equal(body.choices[0]!.logprobs, null);
    assert.equal(body.usage.completion_tokens, 21);
    assert.equal(engine.last.request.topLogprobs, 0);
  });

  it('equal to n is the same as none', async () => {
    const { engine, post } = server([-1, -1]);
    await post('/v1/completions', { ...COMPLETION, n: 2, best_of: 2 });
    assert.equal(engine.last.request.topLogprobs, -1);
  });

  for (const [fields, words] of [
    [{ n: 3, best_of: 2 }, /at least 'n'/],
    [{ best_of: 2, stream: true }, /streamed/],
    [{ best_of: 129 }, /128/],
  ] as const)
    it(`${JSON.stringify(fields)} is refused`, async () => {
      const { post } = testServer();
      const response = await post('/v1/completions', { ...COMPLETION, ...fields });
      assert.equal(response.statusCode, 400);
      assert.equal(response.json<ErrorBody>().error.param, 'best_of');
      assert.match(response.json<ErrorBody>().error.message, words);
    });
});

describe('log-probabilities that are held until an answer ends', () => {
  const many = { ...CHAT, n: 128, logprobs: true, top_logprobs: 20 };

  it('are bounded, in words that name the bound, and streamed without one', async () => {
    const { engine, post } = testServer();
    engine.onSubmit = answering('x');
    const refused = await post('/v1/chat/completions', many);
    assert.equal(refused.statusCode, 400, refused.body);
    const { error } = refused.json<ErrorBody>();
    assert.equal(error.param, 'max_tokens');
    assert.match(
      error.message,
      /at most 1048576 are held .* fewer choices, tokens \(max_tokens\).* or for a stream\.$/,
    );
    assert.equal(engine.streams.length, 0);
    for (const fields of [
      { max_tokens: 300 },
      { stream: true },
      { n: 1 },
      { logprobs: false, top_logprobs: null },
    ])
      assert.equal((await post('/v1/chat/completions', { ...many, ...fields })).statusCode, 200);
  });
});

describe('dimensions of embeddings', () => {
  it('the first numbers, of length 1 again', async () => {
    const { post } = testServer();
    const response = await post('/v1/embeddings', { input: 'x', dimensions: 1 });
    assert.deepEqual(response.json<{ data: { embedding: number[] }[] }>().data[0]!.embedding, [1]);
    const two = await post('/v1/embeddings', { input: 'x', dimensions: 2 });
    const [first, second] = two.json<{ data: { embedding: number[] }[] }>().data[0]!.embedding;
    assert.ok(Math.abs(first! - 0.6) < 1e-6 && Math.abs(second! + 0.8) < 1e-6);
  });

  it('not more than the model has', async () => {
    const { post } = testServer();
    const response = await post('/v1/embeddings', { input: 'x', dimensions: 4 });
    assert.equal(response.statusCode, 400);
    assert.match(response.json<ErrorBody>().error.message, /from 1 to 3/);
  });
});
