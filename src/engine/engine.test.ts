/** The engine in its thread with the real model. No test depends on the model's words. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { bundledTarget } from '../base/bundled.js';
import { GREEDY } from '../base/sampling-options.js';
import { startEngine } from './engine.js';
import { plainRequest } from './plain-request.js';
import {
  AS_THE_ENGINE,
  type EngineHandle,
  type EngineOptions,
  type EngineRequest,
  type ProposerName,
  type ModelOptions,
  type RequestEvent,
  type StepReport,
  type SpeculationMode,
} from './types.js';

const MODEL_PATH = bundledTarget();

/** The target is its own draft: every guess should stand, whatever the weights are. */
const MODEL: ModelOptions = {
  modelPath: MODEL_PATH,
  draftPath: MODEL_PATH,
  contextSize: 2048,
  parallel: 4,
  batchSize: 256,
  microBatchSize: 256,
  threads: 1,
  gpu: 'none',
  gpuLayers: 0,
  kvUnified: undefined,
  loraPaths: [],
};
const OPTIONS: EngineOptions = {
  parallel: 4,
  queueLimit: 3,
  prefillChunk: 64,
  speculation: {
    mode: 'auto',
    length: 8,
    proposers: ['lookup', 'suffix', 'draft'],
    lookupMinNgram: 2,
    suffixBytes: 1 << 20,
  },
};

function requestOf(prompt: readonly number[], more: Partial<EngineRequest> = {}): Omit<EngineRequest, 'id'> {
  return plainRequest(0, Int32Array.from(prompt), 32, { sampling: { ...GREEDY, seed: 11 }, ...more });
}

interface Answer {
  readonly tokens: number[];
  readonly finish: NonNullable<RequestEvent['finish']>;
}

async function answerOf(engine: EngineHandle, request: Omit<EngineRequest, 'id'>): Promise<Answer> {
  const tokens: number[] = [];
  for await (const event of engine.submit(request)) {
    tokens.push(...event.tokens);
    if (event.finish) return { tokens, finish: event.finish };
  }
  throw new Error('the stream ended without a finish');
}

const PROMPTS = [3, 5, 7, 9].map((step) =>
  Array.from({ length: 20 + step }, (_, index) => 300 + index * step),
);

describe('the engine thread with the real model', () => {
  let engine: EngineHandle;
  const reports: StepReport[] = [];
  before(async () => {
    engine = await startEngine(MODEL, OPTIONS);
    engine.onStep((report) => reports.push(report));
  });
  after(() => engine.close({ graceMs: 0 }));

  it('says what it is', () => {
    assert.equal(engine.info.hasDraft, true);
    assert.equal(engine.info.canSpeculate, true);
    assert.ok(engine.info.sequenceCapacity > 0 && engine.info.vocabularySize > 1000);
  });

  for (const temperature of [0, 0.8]) {
    it(`gives the same tokens with and without speculation, alone and together, T = ${temperature}`, async () => {
      const requestWith = (
        prompt: readonly number[],
        mode: SpeculationMode,
        proposers?: readonly ProposerName[],
        length?: number,
      ) =>
        requestOf(prompt, {
          speculation: { mode, length, proposers },
          sampling: { ...GREEDY, seed: 11, temperature },
        });
      const expected: number[][] = [];
      let [same, all] = [0, 0];
      for (const prompt of PROMPTS)
        expected.push((await answerOf(engine, requestWith(prompt, 'off'))).tokens);
      const settings: [SpeculationMode, ProposerName[]?, number?][] = [
        ['off'],
        ['auto'],
        ['fixed', ['draft'], 1],
        ['fixed', ['draft'], 5],
        ['fixed', ['lookup'], 8],
        ['fixed', ['suffix'], 8],
      ];
      for (const [mode, proposers, length] of settings) {
        const together = await Promise.all(
          PROMPTS.map((p) => answerOf(engine, requestWith(p, mode, proposers, length))),
        );
        together.forEach(({ tokens, finish }, index) => {
          let begins = 0;
          while (begins < 32 && tokens[begins] === expected[index]![begins]) begins += 1;
          same += begins;
          all += 32;
          if (engine.info.exactness === 'exact')
            assert.equal(begins, 32, `${mode} ${proposers?.join()} ${length}: text ${index} differs`);
          if (mode === 'fixed' && proposers?.[0] === 'draft' && begins === 32) {
            const { acceptedTokens, draftTokens } = finish.statistics;
            assert.ok(acceptedTokens >= draftTokens * 0.8, `${acceptedTokens} of ${draftTokens} accepted`);
          }
        });
      }
      // On kernels that round batches differently a near tie may fall the other way, and all that follows.
      assert.ok(same > all / 2, `only ${same} of ${all} tokens came out the same`);
    });
  }

  it('reuses the cache for a conversation that goes on', async () => {
    const first = await answerOf(engine, requestOf(PROMPTS[0]!));
    const second = await answerOf(engine, requestOf([...PROMPTS[0]!, ...first.tokens, 400, 401]));
    assert.ok(second.finish.statistics.cachedTokens >= PROMPTS[0]!.length + first.tokens.length - 1);
  });

  it('refuses when the queue is full and serves all others', async () => {
    const streams = Array.from({ length: 7 }, (_, index) => engine.submit(requestOf([500 + index, 4, 5])));
    assert.throws(() => engine.submit(requestOf([1])), { code: 'queue_full' });
    for (const stream of streams) {
      let reason: string | undefined;
      for await (const event of stream) reason = event.finish?.reason;
      assert.equal(reason, 'length');
    }
    assert.equal(engine.inFlight, 0);
  });

  it('cancels when the reader leaves', async () => {
    for await (const event of engine.submit(requestOf(PROMPTS[1]!, { maxTokens: 900 }))) {
      if (event.tokens.length > 0) break;
    }
    await answerOf(engine, requestOf([9, 9, 9]));
    assert.equal(engine.inFlight, 0);
  });

  it('answers bad requests with their code', async () => {
    const tooLong = requestOf(new Array<number>(engine.info.sequenceCapacity).fill(5));
    assert.equal((await answerOf(engine, tooLong)).finish.error?.code, 'context_length_exceeded');
    const banned = Array.from({ length: engine.info.vocabularySize }, (_, id) => [id, -Infinity] as const);
    const error = (await answerOf(engine, requestOf([5], { sampling: { ...GREEDY, logitBias: banned } })))
      .finish.error;
    assert.equal(error?.code, 'invalid_request');
    assert.match(error.message, /logit bias bans every token/);
  });

  it('embeds', async () => {
    const [one, two] = await Promise.all([
      engine.embed(Int32Array.of(40, 41)),
      engine.embed(Int32Array.of(700, 9)),
    ]);
    assert.equal(one.length, engine.info.embeddingWidth);
    assert.ok(Math.abs(Math.hypot(...one) - 1) < 1e-3);
    assert.notDeepEqual(one, two);
  });

  it('tells of the cells that a request frees when it is cancelled, though no step follows', async () => {
    const stream = engine.submit(requestOf(PROMPTS[0]!, { maxTokens: 1500 }));
    for await (const { tokens } of stream) {
      if (tokens.length === 0) continue;
      assert.ok(engine.cells!.inUse >= PROMPTS[0]!.length);
      break;
    }
    // Leaving the loop cancels, and the thread says so when it has done it.
    for (let waited = 0; engine.cells!.inUse > 0 && waited < 1000; waited++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    const { inUse, cached, free } = engine.cells!;
    assert.equal(inUse, 0);
    assert.equal(cached + free, engine.info.cellCount);
    assert.equal(engine.inFlight, 0);
  });

  it('keeps its books', () => {
    assert.ok(reports.length > 0);
    for (const report of reports) {
      const { cellsInUse, cellsCached, cellsFree } = report;
      assert.equal(cellsInUse + cellsCached + cellsFree, engine.info.cellCount);
      assert.ok(report.targetMs + report.draftMs <= report.stepMs);
      assert.deepEqual(report.proposerErrors, []);
    }
  });
});

describe('starting and stopRule', () => {
  it('answers everything in flight when it closes', async () => {
    const engine = await startEngine({ ...MODEL, draftPath: undefined }, OPTIONS);
    const drafted = requestOf([1], {
      speculation: { ...AS_THE_ENGINE, proposers: ['draft'] },
    });
    assert.throws(() => engine.submit(drafted), { code: 'invalid_request', param: 'speculation.proposers' });
    const finished = answerOf(engine, requestOf([5, 6, 7], { maxTokens: 4 }));
    const cut = answerOf(engine, requestOf([5, 6, 8], { maxTokens: 1500 }));
    await finished;
    const closing = engine.close({ graceMs: 20 });
    assert.throws(() => engine.submit(requestOf([1])), { code: 'shutting_down' });
    await closing;
    assert.equal((await cut).finish.error?.code, 'shutting_down');
    assert.throws(() => engine.submit(requestOf([1])), { code: 'engine_stopped' });
  });

  it('says why a model cannot be loaded', async () => {
    const broken = { ...MODEL, draftPath: undefined, modelPath: '/nowhere/model.gguf' };
    await assert.rejects(startEngine(broken, OPTIONS), { code: 'file_not_found' });
  });
});
