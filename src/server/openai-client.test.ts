/**
 * The official OpenAI client against the real server, engine and model. Nothing here depends on what the
 * model says or how fast it is.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import OpenAI from 'openai';
import { bundledTarget } from '../base/bundled.js';
import type { EngineHandle } from '../engine/types.js';
import { startEngine } from '../engine/engine.js';
import { LlamaCodec } from './llama-codec.js';
import { buildServer, listen } from './server.js';
import { until } from './test-server.js';
import type { SpeculationFigures, Timings } from './usage.js';

const MODEL_PATH = bundledTarget();
const PARALLEL = 4;
const QUEUE_LIMIT = 16;
const MESSAGES: OpenAI.ChatCompletionMessageParam[] = [
  { role: 'system', content: 'You answer briefly.' },
  { role: 'user', content: 'Translate into German: The dog sleeps in the garden.' },
];
/** Greedy, so that two requests can be compared. */
const GREEDY = { model: 'demo', messages: MESSAGES, temperature: 0, max_tokens: 48 } as const;

/** Fields and figures that OpenAI's types do not know. */
interface Additions {
  readonly timings: Timings;
  readonly metrics: { readonly speculative_decoding: SpeculationFigures };
}

let engine: EngineHandle;
let baseURL: string;
let client: OpenAI;
const closing: (() => Promise<unknown>)[] = [];

async function serve(apiKeys: readonly string[] = []): Promise<string> {
  const codec = LlamaCodec.open(MODEL_PATH);
  const app = buildServer({
    engine,
    codec,
    modelId: 'demo',
    modelPath: MODEL_PATH,
    apiKeys,
    shutdownGraceMs: 0,
  });
  closing.push(async () => {
    await app.close();
    codec.dispose();
  });
  return `${await listen(app, { host: '127.0.0.1', port: 0 })}/v1`;
}

before(async () => {
  engine = await startEngine(
    {
      modelPath: MODEL_PATH,
      draftPath: undefined,
      contextSize: 0,
      parallel: PARALLEL,
      batchSize: 512,
      microBatchSize: 512,
      // Two would wait for each other whenever another test holds a core: 0.7 s a step was seen, not 0.03.
      threads: 1,
      gpu: 'none',
      gpuLayers: 0,
      kvUnified: undefined,
      loraPaths: [],
      calibration: 'off',
    },
    {
      parallel: PARALLEL,
      queueLimit: QUEUE_LIMIT,
      prefillChunk: 256,
      speculation: {
        mode: 'auto',
        length: 16,
        proposers: ['lookup', 'suffix'],
        lookupMinNgram: 2,
        suffixBytes: 2 ** 20,
      },
    },
  );
  baseURL = await serve();
  client = new OpenAI({ baseURL, apiKey: 'none needed', maxRetries: 0 });
});

after(async () => {
  for (const close of closing) await close();
});

describe('models', () => {
  it('lists and retrieves the model', async () => {
    const ids: string[] = [];
    for await (const model of client.models.list()) ids.push(model.id);
    assert.deepEqual(ids, ['demo']);
    const model = await client.models.retrieve('demo');
    assert.equal(model.object, 'model');
    await assert.rejects(client.models.retrieve('another'), OpenAI.NotFoundError);
  });
});

describe('chat completions', () => {
  it('answer whole', async () => {
    const answer = await client.chat.completions.create(GREEDY);
    const [choice] = answer.choices;
    assert.equal(choice?.message.role, 'assistant');
    assert.ok(choice.message.content!.length > 0);
    assert.ok(['stop', 'length'].includes(choice.finish_reason));
    assert.equal(answer._request_id, answer.id);
    const usage = answer.usage!;
    assert.ok(usage.prompt_tokens > 10);
    assert.ok(usage.completion_tokens > 0 && usage.completion_tokens <= 48);
    assert.equal(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
    const { timings, metrics } = answer as unknown as Additions;
    assert.equal(timings.predicted_n, usage.completion_tokens);
    assert.equal(timings.cache_n + timings.prompt_n, usage.prompt_tokens);
    const figures = metrics.speculative_decoding;
    assert.ok(figures.num_accepted_tokens <= figures.num_draft_tokens);
    assert.equal(
      figures.acceptance_histogram.reduce((sum, count) => sum + count, 0),
      figures.num_drafts,
    );
  });

  it('answer the same as a stream', async () => {
    const whole = await client.chat.completions.create(GREEDY);
    const stream = await client.chat.completions.create({
      ...GREEDY,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    let usage: OpenAI.CompletionUsage | undefined;
    const reasons: string[] = [];
    for await (const chunk of stream) {
      for (const choice of chunk.choices) {
        text += choice.delta.content ?? '';
        if (choice.finish_reason) reasons.push(choice.finish_reason);
      }
      usage = chunk.usage ?? usage;
    }
    assert.equal(text, whole.choices[0]?.message.content);
    assert.deepEqual(reasons, [whole.choices[0]?.finish_reason]);
    assert.equal(usage?.completion_tokens, whole.usage?.completion_tokens);
  });

  it("answer through the client's own stream helper", async () => {
    const runner = client.chat.completions.stream(GREEDY);
    const whole = await client.chat.completions.create(GREEDY);
    assert.equal(await runner.finalContent(), whole.choices[0]?.message.content);
  });

  it('reuse what a conversation has in common with the one before', async () => {
    const first = await client.chat.completions.create(GREEDY);
    const second = await client.chat.completions.create({
      ...GREEDY,
      messages: [
        ...MESSAGES,
        { role: 'assistant', content: first.choices[0]!.message.content },
        { role: 'user', content: 'And in English again?' },
      ],
    });
    const cached = second.usage?.prompt_tokens_details?.cached_tokens ?? 0;
    assert.ok(cached >= first.usage!.prompt_tokens - 1, `${cached} of ${first.usage?.prompt_tokens}`);
  });

  it('several choices, each what its own seed gives', async () => {
    const sampled = (seed: number) => ({ ...GREEDY, temperature: 2, max_tokens: 24, seed });
    const three = await client.chat.completions.create({ ...sampled(42), n: 3 });
    assert.deepEqual(
      three.choices.map(({ index }) => index),
      [0, 1, 2],
    );
    for (const { index, message } of three.choices) {
      const one = await client.chat.completions.create(sampled(42 + index));
      assert.equal(one.choices[0]?.message.content, message.content);
    }
    assert.ok(new Set(three.choices.map(({ message }) => message.content)).size > 1);
  });

  it('the same text however it is guessed', async () => {
    const texts = new Set<string | null | undefined>();
    for (const speculation of ['off', 'fixed:3', { proposers: ['lookup'] }, { max_tokens: 2 }]) {
      const body = { ...GREEDY, speculation };
      texts.add((await client.chat.completions.create(body)).choices[0]?.message.content);
    }
    assert.equal(texts.size, 1);
  });

  it('end in front of a stop string, whole and as a stream', async () => {
    const { choices } = await client.chat.completions.create(GREEDY);
    const text = choices[0]!.message.content!;
    assert.ok(text.length >= 8, text);
    const stop = text.slice(4, 8);
    const expected = text.slice(0, text.indexOf(stop));
    const stopped = await client.chat.completions.create({ ...GREEDY, stop: [stop, '\u0000'] });
    assert.equal(stopped.choices[0]?.message.content, expected);
    assert.equal(stopped.choices[0].finish_reason, 'stop');
    const stream = await client.chat.completions.create({ ...GREEDY, stop, stream: true });
    let streamed = '';
    for await (const chunk of stream) streamed += chunk.choices[0]?.delta.content ?? '';
    assert.equal(streamed, expected);
  });

  it('end after max_completion_tokens', async () => {
    const body = { model: 'demo', messages: MESSAGES, max_completion_tokens: 5, ignore_eos: true };
    const answer = await client.chat.completions.create(body);
    assert.equal(answer.choices[0]?.finish_reason, 'length');
    assert.equal(answer.usage?.completion_tokens, 5);
  });

  it('a banned token does not come, a pushed one does', async () => {
    const brief = { ...GREEDY, max_tokens: 1, logprobs: true };
    const first = await client.chat.completions.create(brief);
    const token = first.choices[0]!.logprobs!.content![0]!.token;
    const { tokens } = (await (
      await fetch(new URL('/tokenize', baseURL), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ content: token }),
      })
    ).json()) as { tokens: number[] };
    assert.equal(tokens.length, 1);
    const bias = async (value: number): Promise<string | undefined> => {
      const body = { ...brief, logit_bias: { [tokens[0]!]: value } };
      return (await client.chat.completions.create(body)).choices[0]!.logprobs?.content![0]?.token;
    };
    assert.notEqual(await bias(-100), token);
    assert.equal(await bias(100), token);
  });

  it('log-probabilities of what was chosen and of the likeliest', async () => {
    const answer = await client.chat.completions.create({ ...GREEDY, logprobs: true, top_logprobs: 3 });
    const [choice] = answer.choices;
    const entries = choice!.logprobs!.content!;
    const bytes = Buffer.from(entries.flatMap((entry) => entry.bytes ?? []));
    assert.equal(bytes.toString('utf8'), choice!.message.content);
    for (const entry of entries) {
      assert.ok(entry.logprob <= 1e-6);
      assert.equal(entry.top_logprobs.length, 3);
      assert.equal(entry.top_logprobs[0]!.token, entry.token);
      assert.ok(entry.top_logprobs[0]!.logprob >= entry.top_logprobs[1]!.logprob);
    }
    const none = await client.chat.completions.create(GREEDY);
    assert.equal(none.choices[0]?.message.content, choice!.message.content);
    assert.equal(none.choices[0].logprobs, null);
  });

  it('JSON that a schema allows, whatever the model would have said', async () => {
    const schema = {
      type: 'object',
      properties: {
        animal: { enum: ['cat', 'dog'] },
        legs: { type: 'integer', minimum: 0, maximum: 9 },
        sleeps: { type: 'boolean' },
      },
      required: ['animal', 'legs', 'sleeps'],
      additionalProperties: false,
    };
    for (const seed of [1, 2, 3]) {
      const body = {
        model: 'demo',
        messages: MESSAGES,
        temperature: 1,
        max_tokens: 200,
        seed,
        response_format: {
          type: 'json_schema' as const,
          json_schema: { name: 'animal', strict: true, schema },
        },
      };
      const answer = await client.chat.completions.create(body);
      const [choice] = answer.choices;
      assert.equal(choice?.finish_reason, 'stop');
      const value = JSON.parse(choice.message.content!) as Record<string, unknown>;
      assert.deepEqual(Object.keys(value).sort(), ['animal', 'legs', 'sleeps']);
      assert.ok(value['animal'] === 'cat' || value['animal'] === 'dog');
      assert.ok(Number.isInteger(value['legs']) && Number(value['legs']) >= 0 && Number(value['legs']) <= 9);
      assert.equal(typeof value['sleeps'], 'boolean');
    }
  });

  it('a JSON object where only that is asked for', async () => {
    const answer = await client.chat.completions.create({
      model: 'demo',
      messages: MESSAGES,
      temperature: 0,
      max_completion_tokens: 200,
      response_format: { type: 'json_object' },
    });
    const [choice] = answer.choices;
    assert.match(choice!.message.content!, /^\s*\{/);
    // A small model may go on to the limit; what it has ended must parse.
    if (choice!.finish_reason === 'stop') assert.equal(typeof JSON.parse(choice!.message.content!), 'object');
  });
});

describe('text completions', () => {
  const TEXT = { model: 'demo', temperature: 0, max_tokens: 12 } as const;

  it('of a text, of its tokens, of several at once', async () => {
    const prompt = 'The old lighthouse';
    const one = await client.completions.create({ ...TEXT, prompt });
    const response = await fetch(new URL('/tokenize', baseURL), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ content: prompt, add_special: true }),
    });
    const { tokens } = (await response.json()) as { tokens: number[] };
    const same = await client.completions.create({ ...TEXT, prompt: tokens });
    assert.equal(same.choices[0]?.text, one.choices[0]?.text);
    assert.equal(same.usage?.prompt_tokens, tokens.length);
    const many = await client.completions.create({ ...TEXT, prompt: [prompt, 'Once'], n: 2, echo: true });
    assert.equal(many.choices.length, 4);
    assert.equal(many.choices[0]?.text, prompt + (one.choices[0]?.text ?? ''));
    assert.ok(many.choices[3]?.text.startsWith('Once'));
  });

  it('as a stream, with log-probabilities', async () => {
    const body = { ...TEXT, prompt: 'The old lighthouse', logprobs: 2 };
    const whole = await client.completions.create(body);
    const entries = whole.choices[0]!.logprobs!;
    assert.equal(entries.tokens?.length, entries.token_logprobs?.length);
    assert.ok(entries.top_logprobs?.every((top) => Object.keys(top).length <= 2));
    assert.equal(entries.text_offset?.[0], 0);
    let text = '';
    const tokens: string[] = [];
    for await (const chunk of await client.completions.create({ ...body, stream: true })) {
      text += chunk.choices[0]?.text ?? '';
      tokens.push(...(chunk.choices[0]?.logprobs?.tokens ?? []));
    }
    assert.equal(text, whole.choices[0]?.text);
    assert.deepEqual(tokens, entries.tokens);
  });
});

describe('embeddings', () => {
  it('are unit vectors, the same packed and plain', async () => {
    const input = ['The dog sleeps.', 'A contract between two companies.'];
    // The client asks for base64 by itself and unpacks it.
    const packed = await client.embeddings.create({ model: 'demo', input });
    const plain = await client.embeddings.create({ model: 'demo', input, encoding_format: 'float' });
    assert.equal(packed.data.length, 2);
    packed.data.forEach(({ embedding, index }, place) => {
      assert.equal(index, place);
      assert.equal(embedding.length, engine.info.embeddingWidth);
      const norm = Math.hypot(...embedding);
      assert.ok(Math.abs(norm - 1) < 1e-3, `${norm}`);
      embedding.forEach((value, at) => {
        assert.ok(Math.abs(value - plain.data[place]!.embedding[at]!) < 1e-4);
      });
    });
    assert.notDeepEqual(packed.data[0]?.embedding, packed.data[1]?.embedding);
    assert.ok(packed.usage.prompt_tokens > 5);
  });
});

describe('errors, as the client raises them', () => {
  it('bad requests', async () => {
    await assert.rejects(client.chat.completions.create({ ...GREEDY, temperature: 3 }), (error: unknown) => {
      assert.ok(error instanceof OpenAI.BadRequestError);
      assert.equal(error.code, 'invalid_request');
      assert.equal(error.param, 'temperature');
      return true;
    });
    const tooLong = [{ role: 'user', content: 'many words '.repeat(5000) }] as const;
    await assert.rejects(
      client.chat.completions.create({ ...GREEDY, messages: [...tooLong], stream: true }),
      (error: unknown) => {
        assert.ok(error instanceof OpenAI.BadRequestError);
        assert.equal(error.code, 'context_length_exceeded');
        return true;
      },
    );
    // Found out only in the engine thread, and still in time for its own status.
    const grammar = { ...GREEDY, grammar: 'root ::= (((', stream: true } as const;
    await assert.rejects(client.chat.completions.create(grammar), (error: unknown) => {
      assert.ok(error instanceof OpenAI.BadRequestError);
      assert.equal(error.code, 'invalid_grammar');
      return true;
    });
  });

  it('unknown models and wrong keys', async () => {
    await assert.rejects(
      client.chat.completions.create({ ...GREEDY, model: 'gpt-4o' }),
      OpenAI.NotFoundError,
    );
    const keyed = await serve(['sesame']);
    const open = new OpenAI({ baseURL: keyed, apiKey: 'sesame', maxRetries: 0 });
    assert.equal((await open.models.retrieve('demo')).id, 'demo');
    const shut = new OpenAI({ baseURL: keyed, apiKey: 'guess', maxRetries: 0 });
    await assert.rejects(shut.chat.completions.create(GREEDY), OpenAI.AuthenticationError);
  });
});

describe('clients that go, and too many of them', () => {
  const LONG = { model: 'demo', messages: MESSAGES, ignore_eos: true, max_tokens: 900 } as const;
  const idle = (): Promise<void> => until('all slots are free', () => engine.inFlight === 0);

  it('breaking off a stream frees its slot', async () => {
    const stream = await client.chat.completions.create({ ...LONG, stream: true });
    for await (const chunk of stream) {
      assert.ok(chunk.choices.length > 0);
      assert.equal(engine.inFlight, 1);
      break;
    }
    await idle();
  });

  it('aborting a whole answer frees its slots', async () => {
    const abort = new AbortController();
    const answer = client.chat.completions.create({ ...LONG, n: 2 }, { signal: abort.signal });
    await until('it is in flight', () => engine.inFlight === 2);
    abort.abort();
    await assert.rejects(answer, OpenAI.APIUserAbortError);
    await idle();
  });

  it('1,000 requests at once are each answered: in full, or with 429', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 1000 }, async (_, index) => {
        try {
          const body = { ...LONG, max_tokens: 4, stream: index % 2 === 0 };
          const answer = await client.chat.completions.create(body);
          if (!(Symbol.asyncIterator in answer)) return answer.usage?.completion_tokens;
          let reason: string | null | undefined;
          for await (const chunk of answer) reason = chunk.choices[0]?.finish_reason ?? reason;
          return reason === 'length' ? 4 : 'cut';
        } catch (error) {
          return error instanceof OpenAI.RateLimitError ? 'refused' : error;
        }
      }),
    );
    const answered = outcomes.filter((outcome) => outcome === 4).length;
    const refused = outcomes.filter((outcome) => outcome === 'refused').length;
    assert.equal(answered + refused, 1000, String(outcomes.find((one) => one !== 4 && one !== 'refused')));
    assert.ok(answered >= PARALLEL + QUEUE_LIMIT, `${answered} answered`);
    await idle();
    assert.ok((await client.chat.completions.create(GREEDY)).choices[0]?.message.content);
  });
});
