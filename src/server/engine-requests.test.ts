/** What of a request's body reaches the engine. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileGbnf } from '../constraints/compile.js';
import { AS_THE_ENGINE } from '../engine/types.js';
import { JSON_OBJECT_GBNF, jsonSchemaToGbnf } from '../grammar/json-schema.js';
import { answering, CHAT, testServer } from './test-server.js';

describe('what reaches the engine', () => {
  it('prompts that are texts and tokens side by side, each as it is', async () => {
    const { engine, post } = testServer();
    engine.onSubmit = answering('ok');
    const response = await post('/v1/completions', { prompt: ['ab', [1, 2], 'c'] });
    assert.equal(response.statusCode, 200);
    const prompts = engine.streams.map(({ request }) => [...request.prompt]);
    assert.deepEqual(prompts, [[97, 98], [1, 2], [99]]);
  });

  it('defaults, where nothing is said', async () => {
    const { engine, post } = testServer();
    engine.onSubmit = answering('ok');
    await post('/v1/chat/completions', CHAT);
    const { prompt, sampling, group, ...rest } = engine.last.request;
    assert.equal(Buffer.from(prompt).toString(), 'user: Hi\n');
    const { seed, ...fixed } = sampling;
    assert.ok(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32);
    assert.deepEqual(fixed, {
      temperature: 1,
      topK: 0,
      topP: 1,
      minP: 0,
      presencePenalty: 0,
      frequencyPenalty: 0,
      repeatPenalty: 1,
      repeatLastN: 64,
      logitBias: [],
    });
    assert.deepEqual(rest, {
      maxTokens: 512 - prompt.length,
      stop: [],
      minTokens: 0,
      stopTokens: [],
      includeStop: false,
      ignoreEndOfGeneration: false,
      grammar: undefined,
      topLogprobs: -1,
      speculation: AS_THE_ENGINE,
      label: 0,
      client: 'address 127.0.0.1',
    });
    assert.ok(Number.isInteger(group));
    await post('/v1/completions', { prompt: 'x' });
    assert.equal(engine.last.request.maxTokens, 16);
  });

  it('every field', async () => {
    const { engine, post } = testServer();
    engine.onSubmit = answering('ok');
    await post('/v1/chat/completions', {
      ...CHAT,
      max_completion_tokens: 7,
      temperature: 0.5,
      top_k: 40,
      top_p: 0.9,
      min_p: 0.05,
      presence_penalty: 1,
      frequency_penalty: -1,
      repeat_penalty: 1.1,
      repeat_last_n: -1,
      logit_bias: { 5: 2.5, 6: -100 },
      seed: 2 ** 32 + 3,
      stop: ['a', 'b'],
      ignore_eos: true,
      grammar: 'root ::= "a"',
      logprobs: true,
      top_logprobs: 4,
      speculation: { mode: 'auto', proposers: ['draft'], max_tokens: 3 },
    });
    const { prompt, group, ...request } = engine.last.request;
    await post('/v1/completions', { prompt: 'a', max_tokens: 4, repetition_penalty: 1.2 });
    assert.equal(engine.last.request.sampling.repeatPenalty, 1.2);
    assert.equal(prompt.length, 9);
    assert.deepEqual(request, {
      maxTokens: 7,
      sampling: {
        temperature: 0.5,
        topK: 40,
        topP: 0.9,
        minP: 0.05,
        presencePenalty: 1,
        frequencyPenalty: -1,
        repeatPenalty: 1.1,
        repeatLastN: 512,
        logitBias: [
          [5, 2.5],
          [6, -Infinity],
        ],
        seed: 3,
      },
      stop: ['a', 'b'],
      minTokens: 0,
      stopTokens: [],
      includeStop: false,
      ignoreEndOfGeneration: true,
      grammar: compileGbnf('root ::= "a"'),
      topLogprobs: 4,
      speculation: { mode: 'auto', length: 3, proposers: ['draft'] },
      label: 0,
      client: 'address 127.0.0.1',
    });
    assert.ok(Number.isInteger(group));
  });

  it('speculation in all its forms', async () => {
    const { engine, post } = testServer();
    engine.onSubmit = answering('ok');
    const wish = async (speculation: unknown): Promise<unknown> => {
      assert.equal((await post('/v1/completions', { prompt: 'x', speculation })).statusCode, 200);
      return engine.last.request.speculation;
    };
    const [mode, length, proposers] = [undefined, undefined, undefined];
    assert.deepEqual(await wish('off'), { mode: 'off', length, proposers });
    assert.deepEqual(await wish('auto'), { mode: 'auto', length, proposers });
    assert.deepEqual(await wish('fixed:5'), { mode: 'fixed', length: 5, proposers });
    assert.deepEqual(await wish({}), { mode, length, proposers });
    assert.deepEqual(await wish({ mode: null, proposers: null, max_tokens: null }), {
      mode,
      length,
      proposers,
    });
    assert.deepEqual(await wish({ mode: 'fixed:64' }), { mode: 'fixed', length: 64, proposers });
    const twice = { proposers: ['lookup', 'draft', 'lookup'] };
    assert.deepEqual(await wish(twice), { mode, length, proposers: ['lookup', 'draft'] });
    assert.deepEqual(await wish({ max_tokens: 7 }), { mode: 'auto', length: 7, proposers });
  });

  it('roles, parts and the newer word for system', async () => {
    const { engine, post } = testServer();
    engine.onSubmit = answering('ok');
    const part = (text: string): unknown => ({ type: 'text', text });
    await post('/v1/chat/completions', {
      messages: [
        { role: 'developer', content: 'Be brief.' },
        { role: 'user', content: [part('One'), part('two')] },
        { role: 'assistant', content: 'Three', refusal: null, tool_calls: [], annotations: [] },
        { role: 'tool', content: 'Four', tool_call_id: 'a' },
      ],
    });
    assert.equal(
      Buffer.from(engine.last.request.prompt).toString(),
      'system: Be brief.\nuser: One\ntwo\nassistant: Three\ntool: Four\n',
    );
  });

  it('seeds of several choices follow from the one given', async () => {
    const { engine, post } = testServer();
    engine.onSubmit = answering('ok');
    await post('/v1/completions', { prompt: ['x', 'y'], n: 3, seed: 2 ** 32 - 2 });
    const seeds = engine.streams.map(({ request }) => request.sampling.seed);
    assert.deepEqual(seeds, [4294967294, 4294967295, 0, 4294967294, 4294967295, 0]);
  });

  it('json_object and json_schema become grammars', async () => {
    const { engine, post } = testServer();
    engine.onSubmit = answering('{}');
    await post('/v1/chat/completions', { ...CHAT, response_format: { type: 'json_object' } });
    assert.equal(engine.last.request.grammar?.key, compileGbnf(JSON_OBJECT_GBNF).key);
    const schema = { type: 'object', properties: { colour: { type: 'string' } }, required: ['colour'] };
    await post('/v1/chat/completions', {
      ...CHAT,
      response_format: { type: 'json_schema', json_schema: { name: 'x', strict: true, schema } },
    });
    assert.equal(engine.last.request.grammar.key, compileGbnf(jsonSchemaToGbnf(schema)).key);
    await post('/v1/completions', { prompt: 'x', response_format: { type: 'json_object', schema } });
    assert.equal(engine.last.request.grammar.key, compileGbnf(jsonSchemaToGbnf(schema)).key);
    await post('/v1/chat/completions', { ...CHAT, response_format: { type: 'text' } });
    assert.equal(engine.last.request.grammar, undefined);
  });
});
