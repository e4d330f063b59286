/** The step loop over a fake decoder: endings, KV cache, fairness. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileGbnf } from '../constraints/compile.js';
import { fakeModel } from '../decoder/fake.js';
import { EngineCore } from './core.js';
import { generate, optionsOf, pair, requestOf, runAll, textsOf } from './test-support.js';
import type { EngineRequest, FinishReason } from './types.js';

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
    assert.equal(outcome.finish.stop, stop);
    const got = letters.slice(0, outcome.tokens.length).join('');
    assert.equal(
      got.slice(0, got.length - outcome.finish.stopTrimBytes),
      whole.slice(0, whole.indexOf(stop)),
    );
  });

  it('answers a prompt that is empty, too long, or has a grammar that no token goes on with', () => {
    const codeOf = (request: EngineRequest): string | undefined =>
      generate(fakeModel({ cellCount: 64 }), optionsOf(), [request]).get(request.id)!.finish.error?.code;
    assert.equal(codeOf(requestOf(1, [])), 'invalid_request');
    assert.equal(codeOf(requestOf(1, [1], { maxTokens: -1 })), 'invalid_request');
    assert.equal(codeOf(requestOf(2, new Array<number>(64).fill(1))), 'context_length_exceeded');
    // No token of the model is a digit.
    assert.equal(codeOf(requestOf(3, [1], { grammar: compileGbnf('root ::= "bcd1"') })), 'invalid_grammar');
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

  it('fills a narrow gap between streams, where nobody guesses, and keeps nothing of it', () => {
    const requests = [60, 20, 60, 60].map((maxTokens, id) => requestOf(id, [id + 1, 5, 6], { maxTokens }));
    const options = optionsOf({ mode: 'off' });
    const core = new EngineCore(pair({ cellCount: 800, unified: false, maxSequences: 4 }), options);
    for (const request of requests) core.submit(request);
    let gaps = 0;
    const outcomes = runAll(core, (_, { batchTokens, prefillTokens, decodingRequests }) => {
      core.pool.checkIntegrity();
      gaps += batchTokens - prefillTokens - decodingRequests;
    });
    assert.equal(gaps, 40, 'tokens in place of the request that ended first');
    assert.deepEqual(
      textsOf(outcomes),
      requests.map((request) => generate(pair(), options, [request]).get(request.id)!.tokens),
    );
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
