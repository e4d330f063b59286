/** The record of a request: one at its end, however it ends, and why nothing was guessed for it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MACHINE, oneDraft } from '../costs/test-machines.js';
import { EngineCore } from './core.js';
import { guessTotals } from './guess-counts.js';
import { notSpeculatedText, type RequestRecord } from './request-record.js';
import { optionsOf, pair, requestOf, runAll, type Model } from './test-support.js';
import type { EngineRequest } from './types.js';

/** Guessing costs as much as it can bring. */
const LINEAR = { tokens: [1, 64], ms: [1, 64] };

/** Runs requests to their ends; `runAll` checks that each ends once. */
function recordsOf(
  requests: readonly EngineRequest[],
  options: Parameters<typeof optionsOf>[0] = {},
  model: Model = pair(),
): RequestRecord[] {
  const core = new EngineCore(model, optionsOf(options));
  core.tellsTokens = true;
  for (const request of requests) core.submit(request);
  return [...runAll(core).values()].map(({ finish }) => finish);
}

const recordOf = (request: EngineRequest, options: Parameters<typeof optionsOf>[0] = {}, model?: Model) =>
  recordsOf([request], options, model)[0]!;

describe('the record of a request', () => {
  it('holds its tokens, what was guessed by whom, and figures that agree', () => {
    const [first, second] = recordsOf([
      requestOf(1, [1, 2, 3], { label: 7 }),
      requestOf(2, [1, 2, 3], { maxTokens: 1 }),
    ]);
    assert.ok(first !== undefined && second !== undefined);
    const { statistics, guesses, tokens } = first.id === 1 ? first : second;
    const record = first.id === 1 ? first : second;
    assert.equal(record.label, 7);
    assert.equal(record.reason, 'length');
    assert.equal(record.notSpeculated, undefined);
    assert.deepEqual(record.speculation, { mode: 'fixed', proposers: ['lookup', 'suffix', 'draft'] });
    assert.deepEqual([...tokens!.subarray(0, statistics.promptTokens)], [1, 2, 3]);
    assert.equal(tokens!.length, statistics.promptTokens + statistics.outputTokens);
    const { draftTokens, acceptedTokens, acceptedPerPosition } = guessTotals(guesses);
    assert.ok(acceptedTokens > 0 && acceptedTokens < draftTokens);
    assert.equal(draftTokens, statistics.draftTokens);
    assert.equal(acceptedTokens, statistics.acceptedTokens);
    // The histogram says the same: so many drafts of which more than `position` guesses were accepted.
    acceptedPerPosition.forEach((count, position) => {
      const longer = statistics.acceptanceHistogram.slice(position + 1);
      assert.equal(
        count,
        longer.reduce((sum, drafts) => sum + drafts, 0),
      );
    });
  });

  it('names the draft, and where a guess was refused', () => {
    const guessed = recordOf(requestOf(1, [1, 2, 3]), { proposers: ['draft'] });
    const { statistics, refusedAt } = guessed;
    assert.equal(guessed.draft, pair().drafts[0]!.id);
    assert.ok(refusedAt.length > 0 && refusedAt.length <= statistics.drafts);
    refusedAt.forEach((at, index) => {
      assert.ok(at > (refusedAt[index - 1] ?? -1) && at < statistics.outputTokens);
    });
    // A step without a refusal takes all of its four guesses.
    const whole = statistics.drafts - refusedAt.length;
    assert.ok((statistics.acceptanceHistogram[4] ?? 0) <= whole);
    const alone = recordOf(requestOf(1, [1, 2, 3]), { mode: 'off' });
    assert.deepEqual([alone.draft, alone.refusedAt], [undefined, []]);
  });

  it('is told however a request ends', () => {
    const core = new EngineCore(pair(), optionsOf({ parallel: 2 }));
    for (const id of [1, 2, 3, 4]) core.submit(requestOf(id, [id, 5], { maxTokens: 300 }));
    core.submit(requestOf(5, []));
    core.submit(requestOf(6, [6, 5], { maxTokens: 300, ignoreEndOfGeneration: false }));
    core.submit(requestOf(7, [7, 5], { maxTokens: 300, stop: ['b', 'c', 'd', 'e'] }));
    core.step();
    core.cancel(1);
    core.cancel(3);
    const outcomes = runAll(core);
    assert.deepEqual(
      [1, 2, 3, 4, 5, 6, 7].map((id) => outcomes.get(id)!.finish.reason),
      ['cancelled', 'length', 'cancelled', 'length', 'error', 'finished', 'stopped'],
    );
    for (const [id, { tokens, finish }] of outcomes) {
      assert.equal(finish.id, id);
      assert.equal(finish.statistics.outputTokens, tokens.length);
      assert.equal(finish.tokens, undefined, 'nobody asked for tokens');
    }
    assert.equal(outcomes.get(3)!.finish.notSpeculated, 'it ended before its first token');
    assert.equal(outcomes.get(5)!.finish.error?.code, 'invalid_request');
    core.submit(requestOf(8, [8], { maxTokens: 100 }));
    core.step();
    core.failAll({ code: 'shutting_down', message: 'closing' });
    const { finish } = runAll(core).get(8)!;
    assert.equal(finish.reason, 'error');
    assert.equal(finish.error?.code, 'shutting_down');
  });

  it('says why nothing was guessed', () => {
    const plain = requestOf(1, [1, 2, 3]);
    const off = { mode: 'off', length: undefined, proposers: undefined } as const;
    const only = { mode: undefined, length: undefined, proposers: ['grammar'] } as const;
    const why = (...[request, options, model]: Parameters<typeof recordOf>) =>
      recordOf(request, options, model).notSpeculated;
    assert.equal(why(plain, { mode: 'off' }), 'off for this server');
    assert.equal(why({ ...plain, speculation: off }), 'off by request');
    assert.equal(why(plain, {}, pair({ canTruncate: false })), 'the model cannot take back tokens');
    assert.equal(why(plain, { proposers: [] }), 'no proposer can guess here');
    assert.equal(why({ ...plain, speculation: only }), 'none of the proposers that it allows can guess here');
    assert.equal(why({ ...plain, maxTokens: 1 }), 'no room for guesses');
    assert.equal(why(plain), undefined);
    // Nothing repeats within so short a text.
    const short = requestOf(1, [1, 2, 3], { maxTokens: 3 });
    assert.equal(why(short, { proposers: ['lookup'] }), 'no proposer had a guess');
  });

  it('says what the best guesses promised where they do not pay', () => {
    const core = new EngineCore(pair(), optionsOf({ mode: 'auto', parallel: 1, proposers: ['draft'] }), {
      costs: { ...MACHINE, target: { ...MACHINE.target, curve: LINEAR }, drafts: oneDraft(LINEAR) },
      now: () => 0,
    });
    core.submit(requestOf(1, [1, 2, 3], { maxTokens: 4 }));
    const { finish } = runAll(core).get(1)!;
    assert.equal(finish.statistics.draftTokens, 0);
    assert.equal(finish.notSpeculated, 'no proposer pays');
    assert.ok(finish.bestGain !== undefined && finish.bestGain < 0.03, `${finish.bestGain}`);
    assert.match(notSpeculatedText(finish)!, /^no proposer pays: best gain -?\d+\.\d %$/);
  });
});
