/** Prompts given back with the log-probabilities of their own tokens, by the real engine and models. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { bundledTarget } from '../base/bundled.js';
import { GEMMA, absent } from '../base/real-models.js';
import { startEngine } from '../engine/engine.js';
import type { ErrorBody } from './failures.js';
import { LlamaCodec } from './llama-codec.js';
import type { CompletionLogprobs } from './logprobs.js';
import { buildServer } from './server.js';
import { sseData } from './test-server.js';

interface Completion {
  readonly choices: readonly {
    readonly text: string;
    readonly logprobs: CompletionLogprobs | null;
    readonly finish_reason: string | null;
  }[];
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number };
}

class Server {
  private constructor(
    readonly app: FastifyInstance,
    readonly codec: LlamaCodec,
  ) {}

  static async start(modelPath: string): Promise<Server> {
    const engine = await startEngine(
      {
        ...{ modelPath, draftPath: undefined, contextSize: 1024, parallel: 2, batchSize: 512 },
        ...{ microBatchSize: 512, threads: 1, gpu: 'none', gpuLayers: 0, kvUnified: undefined },
        ...{ loraPaths: [], calibration: 'off' },
      },
      {
        ...{ parallel: 2, queueLimit: 16, prefillChunk: 16 },
        speculation: {
          mode: 'off',
          length: 1,
          proposers: ['lookup'],
          lookupMinNgram: 2,
          suffixBytes: 2 ** 20,
        },
      },
    );
    const codec = LlamaCodec.open(modelPath);
    return new Server(buildServer({ engine, codec, modelId: 'm', modelPath, shutdownGraceMs: 0 }), codec);
  }

  async post(path: string, body: object): Promise<LightMyRequestResponse> {
    return await this.app.inject({ method: 'POST', url: path, payload: body });
  }

  async complete(body: object): Promise<Completion> {
    const response = await this.post('/v1/completions', { temperature: 0, ...body });
    assert.equal(response.statusCode, 200, response.body);
    return response.json<Completion>();
  }

  async close(): Promise<void> {
    await this.app.close();
    this.codec.dispose();
  }
}

const TEXT = 'The quick brown fox — größer als 3 € — jumps over 12 lazy dogs, and over 13 more.';

describe('scoring', () => {
  let server: Server;
  before(async () => {
    server = await Server.start(bundledTarget());
  });
  after(() => server.close());

  it('gives a prompt back with what its tokens have', async () => {
    const { choices, usage } = await server.complete({
      prompt: TEXT,
      max_tokens: 0,
      echo: true,
      logprobs: 3,
    });
    const [{ text, logprobs, finish_reason }] = choices as [Completion['choices'][0]];
    const tokens = server.codec.tokenize(TEXT, true, false);
    assert.deepEqual([text, finish_reason], [TEXT, 'length']);
    assert.deepEqual([usage.prompt_tokens, usage.completion_tokens], [tokens.length, 0]);
    for (const list of Object.values(logprobs!)) assert.equal((list as unknown[]).length, tokens.length);
    assert.equal(logprobs!.token_logprobs[0], null);
    assert.equal(logprobs!.top_logprobs[0], null);
    assert.ok(logprobs!.token_logprobs.slice(1).every((one) => one !== null && one <= 0));
    for (const top of logprobs!.top_logprobs.slice(1)) assert.ok(Object.keys(top!).length <= 3);
    const characters = Array.from(TEXT);
    logprobs!.tokens.forEach((token, index) => {
      if (token.startsWith('bytes:')) return;
      const from = logprobs!.text_offset[index]!;
      assert.equal(characters.slice(from, from + Array.from(token).length).join(''), token);
    });
  });

  it('stands in front of the same answer as without it', async () => {
    const prompt = 'One two three';
    const written = await server.complete({ prompt, max_tokens: 24, logprobs: 0, ignore_eos: true });
    const [answer] = written.choices as [Completion['choices'][0]];
    const before = server.codec.tokenize(prompt, true, false).length;
    const { choices } = await server.complete({
      prompt,
      max_tokens: 24,
      logprobs: 0,
      echo: true,
      ignore_eos: true,
    });
    const [both] = choices as [Completion['choices'][0]];
    assert.equal(both.text, prompt + answer.text);
    assert.deepEqual(both.logprobs!.tokens.slice(before), answer.logprobs!.tokens);
    assert.deepEqual(
      both.logprobs!.text_offset.slice(before),
      answer.logprobs!.text_offset.map((offset) => offset + prompt.length),
    );
  });

  it('agrees with what is said of the same tokens when they are written', async () => {
    const tokens = Array.from(server.codec.tokenize(TEXT, true, false));
    const scored = await server.complete({ prompt: tokens, max_tokens: 0, logprobs: 0, echo: true });
    for (const at of [1, 2, 7, tokens.length - 1]) {
      const { choices } = await server.complete({
        prompt: tokens.slice(0, at),
        max_tokens: 1,
        logprobs: 0,
        // Makes the model say just this token; what is reported is before the bias.
        logit_bias: { [tokens[at]!]: 100 },
      });
      const difference =
        choices[0]!.logprobs!.token_logprobs[0]! - scored.choices[0]!.logprobs!.token_logprobs[at]!;
      assert.ok(Math.abs(difference) < 0.05, `token ${at} differs by ${difference}`);
    }
  });

  it('takes several prompts, as tokens, and streams', async () => {
    const tokens = Array.from(server.codec.tokenize(TEXT, true, false));
    const body = {
      prompt: [tokens, tokens.slice(0, 1), tokens.slice(0, 20)],
      max_tokens: 1,
      logprobs: 1,
      echo: true,
    };
    const { choices } = await server.complete(body);
    assert.deepEqual(
      choices.map(({ logprobs }) => logprobs!.tokens.length),
      [tokens.length + 1, 2, 21],
    );
    const stream = await server.post('/v1/completions', { ...body, temperature: 0, stream: true });
    const chunks = (sseData(stream.body) as Completion[]).filter((chunk) => typeof chunk === 'object');
    const [first] = choices;
    const ofFirst = chunks.flatMap((chunk) =>
      chunk.choices.filter((choice) => (choice as unknown as { index: number }).index === 0),
    );
    assert.equal(ofFirst.map(({ text }) => text).join(''), first!.text);
    assert.deepEqual(
      ofFirst.flatMap(({ logprobs }) => logprobs?.tokens ?? []),
      first!.logprobs!.tokens,
    );
    assert.deepEqual(
      ofFirst.flatMap(({ logprobs }) => logprobs?.text_offset ?? []),
      first!.logprobs!.text_offset,
    );
  });

  it('names special tokens that stand in the text', async () => {
    const { choices } = await server.complete({
      ...{ prompt: '<|im_start|>user', parse_special: true, max_tokens: 0, echo: true, logprobs: 0 },
    });
    assert.equal(choices[0]!.logprobs!.tokens[0], '<|im_start|>');
    assert.deepEqual(choices[0]!.logprobs!.text_offset.slice(0, 2), [0, 12]);
  });

  it('without log-probabilities, or without an echo, computes the prompt only', async () => {
    for (const [more, text] of [
      [{ echo: true }, 'a'],
      [{}, ''],
      [{ logprobs: 1 }, ''],
      [{ stream: false, echo: true, max_tokens: 0 }, 'a'],
    ] as const) {
      const { choices, usage } = await server.complete({ prompt: 'a', max_tokens: 0, ...more });
      assert.deepEqual(
        [choices[0]!.text, choices[0]!.finish_reason, usage.completion_tokens],
        [text, 'length', 0],
      );
    }
  });

  it('says what it does not do', async () => {
    const message = async (body: object): Promise<string> => {
      const response = await server.post('/v1/completions', body);
      assert.equal(response.statusCode, 400);
      return response.json<ErrorBody>().error.message;
    };
    assert.match(await message({ prompt: 'a', n: 2, echo: true, logprobs: 1 }), /one choice for each prompt/);
    const many = Array.from({ length: 128 }, () => Array.from({ length: 500 }, () => 5));
    assert.match(await message({ prompt: many, echo: true, logprobs: 20 }), /more than the 1000000/);
    assert.match(await message({ prompt: 'a', max_tokens: -2 }), /at least -1/);
  });
});

describe('Gemma, a base model without a chat template', { skip: absent(GEMMA) }, () => {
  let server: Server;
  before(async () => {
    server = await Server.start(GEMMA);
  });
  after(() => server.close());

  it("ends its answers at ChatML's markers", async () => {
    const response = await server.post('/v1/chat/completions', {
      messages: [{ role: 'user', content: 'What is the capital of France?' }],
      temperature: 0,
      max_tokens: 60,
    });
    const { choices, warnings } = response.json<{
      choices: { message: { content: string } }[];
      warnings: string[];
    }>();
    assert.doesNotMatch(choices[0]!.message.content, /<\|im_(end|start)\|>/);
    assert.match(warnings[0]!, /ChatML/);
  });

  it('counts the beginning of the text once', async () => {
    const { usage, choices } = await server.complete({
      prompt: '<bos>Hello',
      max_tokens: 1,
      echo: true,
      logprobs: 0,
    });
    assert.equal(usage.prompt_tokens, 2);
    assert.deepEqual(choices[0]!.logprobs!.tokens.slice(0, 2), ['<bos>', 'Hello']);
  });
});
