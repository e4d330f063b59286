/** Embeddings, models, tokens, plans and health. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isPlanRecord } from '../planning/plan-record.js';
import { planGuesses } from '../planning/planner.js';
import { FREE, FREE_MODEL } from '../costs/test-machines.js';
import type { ErrorBody } from './failures.js';
import { CHAT, testServer, until } from './test-server.js';

describe('embeddings', () => {
  it('of texts and tokens, as floats and as base64', async () => {
    const { engine, post } = testServer();
    const floats = await post('/v1/embeddings', { model: 'demo', input: ['ab', [0x63]] });
    assert.deepEqual(floats.json(), {
      object: 'list',
      data: [0, 1].map((index) => ({
        object: 'embedding',
        index,
        embedding: [Math.fround(0.6), Math.fround(-0.8), 0],
      })),
      model: 'demo',
      usage: { prompt_tokens: 3, total_tokens: 3 },
    });
    assert.deepEqual(
      engine.embedded.map((tokens) => Array.from(tokens)),
      [[0x61, 0x62], [0x63]],
    );
    const packed = await post('/v1/embeddings', { input: 'ab', encoding_format: 'base64' });
    const [entry] = packed.json<{ data: { embedding: string }[] }>().data;
    const bytes = Buffer.from(entry!.embedding, 'base64');
    assert.deepEqual(
      [0, 4, 8].map((at) => bytes.readFloatLE(at)),
      [Math.fround(0.6), Math.fround(-0.8), 0],
    );
  });

  it('beyond the limit of those waiting are refused', async () => {
    const { engine, post } = testServer({ embeddingQueueLimit: 1 });
    let release: ((value: Float32Array) => void) | undefined;
    engine.embed = () => new Promise((resolve) => (release = resolve));
    const first = post('/v1/embeddings', { input: 'a' });
    await until('the first is under way', () => release !== undefined);
    const second = await post('/v1/embeddings', { input: 'b' });
    assert.equal(second.statusCode, 429);
    release?.(Float32Array.of(1, 0, 0));
    assert.equal((await first).statusCode, 200);
  });
});

describe('models, tokens, health', () => {
  it('lists and shows the one model', async () => {
    const { app } = testServer({ modelId: 'org/demo' });
    const list = (await app.inject('/v1/models')).json<{ object: string; data: { id: string }[] }>();
    assert.equal(list.object, 'list');
    assert.equal(list.data[0]?.id, 'org/demo');
    const one = (await app.inject('/v1/models/org%2Fdemo')).json<unknown>();
    assert.deepEqual(one, list.data[0]);
    const other = await app.inject('/v1/models/other');
    assert.equal(other.statusCode, 404);
    assert.equal(other.json<ErrorBody>().error.code, 'model_not_found');
  });

  it('tokenises and back', async () => {
    const { post } = testServer();
    const tokens = await post('/tokenize', { content: 'é', with_pieces: true });
    assert.deepEqual(tokens.json(), {
      tokens: [
        { id: 0xc3, piece: [0xc3] },
        { id: 0xa9, piece: [0xa9] },
      ],
    });
    assert.deepEqual((await post('/tokenize', { content: 'é' })).json(), { tokens: [0xc3, 0xa9] });
    assert.deepEqual((await post('/detokenize', { tokens: [0xc3, 0xa9] })).json(), { content: 'é' });
    for (const [path, body] of [
      ['/tokenize', { text: 'x' }],
      ['/tokenize', {}],
      ['/detokenize', { tokens: [999] }],
      ['/detokenize', { tokens: 'x' }],
    ] as const)
      assert.equal((await post(path, body)).statusCode, 400);
  });

  it('gives plans that can be read back as they were', async () => {
    const { app, engine } = testServer();
    assert.deepEqual((await app.inject('/v1/plans')).json(), { object: 'list', data: [] });
    const costs = { ...FREE, version: 1, target: { ...FREE_MODEL, curve: { tokens: [1, 8], ms: [10, 12] } } };
    const survival = [0.9, 0.8];
    const option = { source: 'lookup', survival, catchUp: 0, catchUpShare: 1 } as const;
    const input = {
      requests: [{ id: 7, sequence: 0, context: 3, fixed: false, options: [option] }],
      prefill: [],
      prefillTokenCells: 0,
      unified: false,
      costs,
    };
    const record = {
      step: 3,
      input,
      plan: planGuesses(input),
      guesses: [{ source: 'lookup', drafted: 2, verified: 2, survival }],
      outcome: { predictedMs: 11, ms: 12, committed: 3 },
    };
    engine.planned = [record];
    const [read, ...more] = (await app.inject('/v1/plans')).json<{ data: unknown[] }>().data;
    assert.ok(isPlanRecord(read) && more.length === 0);
    assert.deepEqual(read.plan, record.plan);
    assert.deepEqual(read.input.costs.drafts, {});
  });

  it('says that it is ready, and how busy', async () => {
    const { app, engine, post } = testServer();
    const pending = Array.from({ length: 6 }, () => post('/v1/chat/completions', CHAT));
    await until('all are submitted', () => engine.inFlight === 6);
    const health = await app.inject('/health');
    assert.equal(health.statusCode, 200);
    const body = health.json<{ status: string; model: string; slots: unknown; exactness: string }>();
    assert.equal(body.status, 'ok');
    assert.equal(body.model, 'demo');
    assert.deepEqual(body.slots, { total: 4, busy: 4, waiting: 2 });
    assert.equal(body.exactness, 'exact');
    for (const stream of engine.streams) stream.finish('finished');
    await Promise.all(pending);
  });
});
