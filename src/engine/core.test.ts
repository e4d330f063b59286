/** The step loop over a fake decoder: losslessness, bookkeeping, fairness, faults. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fakeModel, hashedModel, type FakeDecoderOptions } from '../decoder/fake.js';
import { EngineCore } from './core.js';
import type { EngineOptions, EngineRequest, FinishReason, RequestEvent, StepReport } from './types.js';

type Model = ReturnType<typeof fakeModel>;

const SAMPLING: EngineRequest['sampling'] = {
  temperature: 0,
  topK: 0,
  topP: 1,
  minP: 0,
  presencePenalty: 0,
  frequencyPenalty: 0,
  repeatPenalty: 1,
  repeatLastN: 64,
  logitBias: [],
  seed: 7,
};

function requestOf(id: number, prompt: readonly number[], more: Partial<EngineRequest> = {}): EngineRequest {
  return {
    id,
    prompt: Int32Array.from(prompt),
    maxTokens: 40,
    sampling: SAMPLING,
    stop: [],
    ignoreEndOfGeneration: true,
    grammar: undefined,
    topLogprobs: -1,
    speculation: { mode: 'auto', maxTokens: undefined },
    ...more,
  };
}

function optionsOf(
  more: Partial<EngineOptions> & { draftLength?: number; lookup?: boolean } = {},
): EngineOptions {
  const { draftLength = 4, lookup = true, ...rest } = more;
  return {
    parallel: 4,
    queueLimit: 100,
    prefillChunk: 16,
    speculation: { mode: 'auto', draftLength, lookup, lookupMinNgram: 2 },
    ...rest,
  };
}

interface Outcome {
  readonly tokens: number[];
  readonly finish: NonNullable<RequestEvent['finish']>;
}

/** Steps until all is answered; checks that each request ends once and that the books are right. */
function runAll(
  core: EngineCore,
  onStep: (step: number, report: StepReport) => void = () => undefined,
): Map<number, Outcome> {
  const tokens = new Map<number, number[]>();
  const outcomes = new Map<number, Outcome>();
  for (let step = 0; ; step++) {
    for (const event of core.takeEvents()) {
      assert.ok(!outcomes.has(event.id), `request ${event.id} goes on after its end`);
      const text = tokens.get(event.id) ?? [];
      tokens.set(event.id, text);
      text.push(...event.tokens);
      if (event.finish) outcomes.set(event.id, { tokens: text, finish: event.finish });
    }
    if (core.idle) break;
    assert.ok(step < 20_000, 'the engine makes no progress');
    const report = core.step();
    assert.equal(report.cellsInUse + report.cellsCached + report.cellsFree, core.pool.total);
    onStep(step, report);
  }
  core.pool.checkIntegrity();
  assert.equal(core.pool.inUse, 0);
  return outcomes;
}

function generate(
  model: Model,
  options: EngineOptions,
  requests: readonly EngineRequest[],
): Map<number, Outcome> {
  const core = new EngineCore(model, options);
  for (const request of requests) core.submit(request);
  return runAll(core);
}

const textsOf = (outcomes: Map<number, Outcome>): number[][] =>
  [...outcomes].sort(([a], [b]) => a - b).map(([, outcome]) => outcome.tokens);

/** A draft that agrees with its target in most contexts; both repeat themselves enough for lookup. */
const pair = (more: FakeDecoderOptions = {}): Model =>
  fakeModel({
    next: hashedModel({ salt: 3, sharpness: 5 }),
    vocabularySize: 24,
    ...more,
    draft: { next: hashedModel({ salt: 3, sharpness: 5, disagreement: 0.2 }) },
  });

const PROMPTS = [[1, 2, 3], [4, 5, 6, 7, 8, 9, 10, 11, 12], [1, 2, 3, 9], [20], [13, 14, 13, 14, 13]];

describe('lossless speculation', () => {
  const samplings: Record<string, EngineRequest['sampling']> = {
    greedy: SAMPLING,
    sampled: { ...SAMPLING, temperature: 1 },
    chain: { ...SAMPLING, temperature: 0.9, topK: 12, topP: 0.9, minP: 0.02 },
    penalised: {
      ...SAMPLING,
      temperature: 0.7,
      presencePenalty: 0.5,
      frequencyPenalty: 0.3,
      repeatPenalty: 1.2,
    },
  };
  for (const [name, sampling] of Object.entries(samplings)) {
    it(`gives the same text at every length, load and proposer: ${name}`, () => {
      const requests = PROMPTS.map((prompt, id) =>
        requestOf(id, prompt, { sampling: { ...sampling, seed: id } }),
      );
      const off = requests.map((request) => ({
        ...request,
        speculation: { mode: 'off' as const, maxTokens: undefined },
      }));
      const expected = textsOf(generate(pair(), optionsOf({ parallel: 1 }), off));
      for (const draftLength of [1, 2, 3, 5, 8, 16]) {
        for (const parallel of [1, 3, 5]) {
          const outcomes = generate(pair(), optionsOf({ draftLength, parallel }), requests);
          assert.deepEqual(textsOf(outcomes), expected, `length ${draftLength}, ${parallel} in parallel`);
        }
      }
      const drafted = generate(pair(), optionsOf({ lookup: false }), requests);
      assert.deepEqual(textsOf(drafted), expected);
      const accepted = [...drafted.values()].map(({ finish }) => finish.statistics.acceptedTokens);
      assert.ok(Math.min(...accepted) > 5, `hardly any guess was accepted: ${accepted.join()}`);
    });
  }

  it('agrees more by coupling than by chance at temperature 1', () => {
    const requests = PROMPTS.map((prompt, id) =>
      requestOf(id, prompt, { maxTokens: 200, sampling: { ...SAMPLING, temperature: 1, seed: id } }),
    );
    const same = fakeModel({ next: hashedModel({ salt: 3 }), draft: { next: hashedModel({ salt: 3 }) } });
    for (const { finish } of generate(same, optionsOf({ lookup: false }), requests).values()) {
      const { acceptedTokens, draftTokens } = finish.statistics;
      assert.equal(acceptedTokens, draftTokens, 'a draft that equals its target is always right');
    }
  });

  it('prunes guesses by the grammar and keeps the text', () => {
    const requests = PROMPTS.map((prompt, id) => requestOf(id, prompt, { grammar: '3:1' }));
    const off = generate(
      pair(),
      optionsOf({ speculation: { ...optionsOf().speculation, mode: 'off' } }),
      requests,
    );
    const on = generate(pair(), optionsOf(), requests);
    assert.deepEqual(textsOf(on), textsOf(off));
    assert.ok(
      textsOf(on)
        .flat()
        .every((token) => token % 3 === 1),
    );
    assert.ok([...on.values()].some(({ finish }) => finish.statistics.acceptedTokens > 0));
  });

  it('goes on without a proposer that throws, and says so once', () => {
    const model = pair();
    model.draft!.decode = () => {
      throw new Error('draft exploded');
    };
    const core = new EngineCore(model, optionsOf({ lookup: false }));
    core.submit(requestOf(1, [1, 2, 3]));
    const errors: string[] = [];
    const outcomes = runAll(core, (_, report) => errors.push(...report.proposerErrors));
    assert.equal(outcomes.get(1)!.tokens.length, 40);
    assert.deepEqual(errors, ['draft: draft exploded']);
  });

  it('survives a draft whose cache is full', () => {
    const model = fakeModel({ cellCount: 512, draft: { cellCount: 32 } });
    const outcomes = generate(model, optionsOf({ lookup: false }), [
      requestOf(1, PROMPTS[1]!, { maxTokens: 100 }),
    ]);
    assert.equal(outcomes.get(1)!.finish.reason, 'length');
  });
});

describe('endings', () => {
  const reasonOf = (more: Partial<EngineRequest>): [FinishReason, number[]] => {
    const outcome = generate(pair(), optionsOf(), [requestOf(1, [1, 2, 3], more)]).get(1)!;
    return [outcome.finish.reason, outcome.tokens];
  };

  it('stops at the end of the text, the limit and the context', () => {
    const [, text] = reasonOf({ maxTokens: 200 });
    assert.equal(text.length, 200);
    const end = text.indexOf(0);
    assert.ok(end > 0, 'the fake text has an end token');
    assert.deepEqual(reasonOf({ maxTokens: 200, ignoreEndOfGeneration: false }), [
      'finished',
      text.slice(0, end + 1),
    ]);
    assert.deepEqual(reasonOf({ maxTokens: 3 }), ['length', text.slice(0, 3)]);
    const small = generate(fakeModel({ cellCount: 32 }), optionsOf(), [
      requestOf(1, [1, 2, 3], { maxTokens: 999 }),
    ]);
    assert.equal(small.get(1)!.finish.reason, 'length');
    assert.equal(small.get(1)!.tokens.length, 29);
  });

  it('stops at a stop text that crosses tokens and says how much to cut', () => {
    const [, text] = reasonOf({ maxTokens: 200 });
    const letters = text.map((token) => (token === 0 ? '' : String.fromCharCode(97 + (token % 26))));
    const stop = letters.slice(20, 23).join('');
    const whole = letters.join('');
    const outcome = generate(pair(), optionsOf(), [
      requestOf(1, [1, 2, 3], { maxTokens: 200, stop: [stop] }),
    ]).get(1)!;
    assert.equal(outcome.finish.reason, 'stopped');
    const got = letters.slice(0, outcome.tokens.length).join('');
    assert.equal(
      got.slice(0, got.length - outcome.finish.stopTrimBytes),
      whole.slice(0, whole.indexOf(stop)),
    );
  });

  it('answers a prompt that is empty, too long, or has a bad grammar', () => {
    const codeOf = (request: EngineRequest): string | undefined =>
      generate(fakeModel({ cellCount: 64 }), optionsOf(), [request]).get(request.id)!.finish.error?.code;
    assert.equal(codeOf(requestOf(1, [])), 'invalid_request');
    assert.equal(codeOf(requestOf(1, [1], { maxTokens: 0 })), 'invalid_request');
    assert.equal(codeOf(requestOf(2, new Array<number>(64).fill(1))), 'context_length_exceeded');
    assert.equal(codeOf(requestOf(3, [1], { grammar: 'nonsense' })), 'invalid_schema');
  });

  it('frees the place of a cancelled request within one step, running or waiting', () => {
    const core = new EngineCore(pair(), optionsOf({ parallel: 2 }));
    for (const id of [1, 2, 3, 4]) core.submit(requestOf(id, [id, 5, 6], { maxTokens: 300 }));
    core.step();
    core.step();
    core.cancel(1);
    core.cancel(4);
    core.cancel(4);
    core.cancel(99);
    assert.equal(core.running, 1);
    core.step();
    assert.equal(core.running, 2);
    const outcomes = runAll(core);
    assert.deepEqual(
      [1, 2, 3, 4].map((id) => outcomes.get(id)!.finish.reason),
      ['cancelled', 'length', 'length', 'cancelled'],
    );
  });
});

describe('KV cache', () => {
  it('does not prefill a conversation again', () => {
    const core = new EngineCore(pair(), optionsOf());
    const first = Array.from({ length: 50 }, (_, index) => 1 + (index % 20));
    core.submit(requestOf(1, first));
    const { tokens } = runAll(core).get(1)!;
    const second = [...first, ...tokens, 3, 4, 5];
    core.submit(requestOf(2, second));
    let prefilled = 0;
    const outcome = runAll(core, (_, report) => (prefilled += report.prefillTokens)).get(2)!;
    assert.ok(outcome.finish.statistics.cachedTokens >= first.length + tokens.length - 1);
    assert.ok(prefilled <= 3, `${prefilled} tokens were prefilled`);
    const fresh = generate(pair(), optionsOf(), [requestOf(2, second)]).get(2)!;
    assert.deepEqual(outcome.tokens, fresh.tokens);
  });

  it('shares a long beginning between requests that arrive together', () => {
    const beginning = Array.from({ length: 200 }, (_, index) => 1 + ((index * 7) % 20));
    const requests = [1, 2, 3, 4].map((id) => requestOf(id, [...beginning, id, id]));
    for (const unified of [true, false]) {
      const core = new EngineCore(
        pair({ cellCount: unified ? 600 : 1200, unified, maxSequences: 4 }),
        optionsOf(),
      );
      for (const request of requests) core.submit(request);
      let prefilled = 0;
      let most = 0;
      const outcomes = runAll(core, (_, report) => {
        prefilled += report.prefillTokens;
        most = Math.max(most, report.cellsInUse);
      });
      // Each of the three waits until what it could not share is short.
      assert.ok(prefilled < 202 + 3 * 34, `${prefilled} tokens were prefilled`);
      if (unified) assert.ok(most < 450, `${most} cells in use`);
      const alone = requests.map(
        (request) => generate(pair(), optionsOf(), [request]).get(request.id)!.tokens,
      );
      assert.deepEqual(textsOf(outcomes), alone);
    }
  });

  it('queues, preempts and resumes when cells run out, with the same texts', () => {
    for (const [cellCount, unified] of [
      [120, true],
      [90, true],
      [360, false],
    ] as const) {
      const requests = [1, 2, 3, 4, 5, 6].map((id) =>
        requestOf(id, [id, id + 1, 9, 9, id], { maxTokens: 60 }),
      );
      const expected = textsOf(generate(pair({ cellCount: 2048 }), optionsOf(), requests));
      const core = new EngineCore(pair({ cellCount, unified, maxSequences: unified ? 16 : 4 }), optionsOf());
      for (const request of requests) core.submit(request);
      let preemptions = 0;
      const outcomes = runAll(core, (_, report) => (preemptions += report.preemptions));
      assert.deepEqual(textsOf(outcomes), expected, `${cellCount} cells`);
      if (unified) assert.ok(preemptions > 0, `no preemption with ${cellCount} cells`);
    }
  });

  it('prefills in chunks while others decode', () => {
    const core = new EngineCore(pair(), optionsOf({ prefillChunk: 8 }));
    core.submit(requestOf(1, [1, 2, 3], { maxTokens: 100 }));
    core.step();
    core.submit(
      requestOf(
        2,
        Array.from({ length: 80 }, (_, index) => 1 + (index % 23)),
      ),
    );
    let idleSteps = 0;
    runAll(core, (step, report) => {
      if (step > 8) return;
      assert.ok(report.prefillTokens <= 8);
      if (report.committedTokens === 0) idleSteps += 1;
    });
    assert.equal(idleSteps, 0, 'the running request waited for a prompt');
  });

  it('works with a model that cannot truncate: no speculation, whole-text reuse only', () => {
    const model = pair({ canTruncate: false });
    const core = new EngineCore(model, optionsOf());
    core.submit(requestOf(1, [1, 2, 3], { ignoreEndOfGeneration: true }));
    const first = runAll(core).get(1)!;
    assert.equal(first.finish.statistics.drafts, 0);
    assert.deepEqual(first.tokens, generate(pair(), optionsOf(), [requestOf(1, [1, 2, 3])]).get(1)!.tokens);
  });
});

describe('faults of the decoder', () => {
  it('makes room when the library finds no slot, and loses nothing', () => {
    const model = pair();
    const core = new EngineCore(model, optionsOf({ parallel: 2 }));
    const requests = [1, 2, 3].map((id) => requestOf(id, [id, 4, 4]));
    for (const request of requests) core.submit(request);
    core.step();
    core.step();
    model.decoder.faults.push('no-slot', 'done', 'done', 'no-slot');
    const outcomes = runAll(core);
    assert.deepEqual(textsOf(outcomes), textsOf(generate(pair(), optionsOf(), requests)));
  });

  it('answers those concerned when a decode fails, and serves the next', () => {
    for (const fault of ['failed', 'aborted', 'invalid'] as const) {
      const model = pair();
      const core = new EngineCore(model, optionsOf({ parallel: 2 }));
      for (const id of [1, 2, 3]) core.submit(requestOf(id, [id, 4, 4]));
      core.step();
      model.decoder.faults.push(fault);
      const outcomes = runAll(core);
      assert.deepEqual(
        [1, 2, 3].map((id) => outcomes.get(id)!.finish.error?.code),
        ['decode_failed', 'decode_failed', undefined],
      );
    }
  });
});

describe('random loads', () => {
  it('answers every request, with its own text, whatever comes when (fixed seeds)', () => {
    for (let seed = 1; seed <= 25; seed++) {
      let state = seed;
      const random = (limit: number): number => {
        state = (Math.imul(state, 1103515245) + 12345) >>> 0;
        return (state >>> 8) % limit;
      };
      const unified = random(3) > 0;
      const requests = Array.from({ length: 12 }, (_, id) =>
        requestOf(
          id,
          Array.from({ length: 1 + random(40) }, () => 1 + random(4)),
          {
            maxTokens: 1 + random(40),
            ignoreEndOfGeneration: random(2) === 0,
            sampling: { ...SAMPLING, temperature: random(2), seed: id },
            speculation: {
              mode: (['auto', 'off', 'draft', 'lookup'] as const)[random(4)]!,
              maxTokens: 1 + random(9),
            },
          },
        ),
      );
      const cells = unified ? 90 + random(200) : 400;
      const core = new EngineCore(
        pair({ cellCount: cells, unified, maxSequences: unified ? 12 : 4, batchSize: 8 + random(40) }),
        optionsOf({ parallel: 1 + random(4), prefillChunk: 4 + random(16) }),
      );
      const cancelled = new Set<number>();
      const outcomes = new Map<number, Outcome>();
      const arrivals = requests.map((request) => ({ request, at: random(60) }));
      const late = new EngineCore(pair({ cellCount: 4096 }), optionsOf({ parallel: 1, lookup: false }));
      for (let step = 0; arrivals.length > 0; step++) {
        for (const arrival of arrivals.filter(({ at }) => at === step)) core.submit(arrival.request);
        arrivals.splice(0, arrivals.length, ...arrivals.filter(({ at }) => at > step));
        if (random(20) === 0) {
          const id = random(12);
          core.cancel(id);
          cancelled.add(id);
        }
        if (!core.idle) core.step();
      }
      for (const [id, outcome] of runAll(core)) outcomes.set(id, outcome);
      assert.equal(outcomes.size, requests.length, `seed ${seed}`);
      for (const request of requests) late.submit(request);
      const expected = runAll(late);
      for (const [id, outcome] of outcomes) {
        if (outcome.finish.reason === 'cancelled') {
          assert.ok(cancelled.has(id));
          assert.deepEqual(outcome.tokens, expected.get(id)!.tokens.slice(0, outcome.tokens.length));
        } else assert.deepEqual(outcome.tokens, expected.get(id)!.tokens, `seed ${seed}, request ${id}`);
      }
    }
  });
});
