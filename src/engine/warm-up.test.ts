import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sequenceId } from '../base/types.js';
import { draftOver, fakeModel, hashedModel } from '../decoder/fake.js';
import { priorCosts } from '../costs/prior-costs.js';
import { EngineCore } from './core.js';
import { optionsOf, requestOf, runAll } from './test-support.js';
import { WarmUp } from './warm-up.js';

const OPTIONS = optionsOf({ mode: 'auto', proposers: ['lookup', 'suffix', 'draft'], parallel: 4 });
const next = hashedModel({ salt: 3, sharpness: 5 });
const model = () => fakeModel({ next, draft: { next }, cellCount: 1024 });

describe('warming up', () => {
  it('guesses, ends by itself, and leaves the caches as they were', () => {
    const one = model();
    // On a clock of its own, where a target is slower than its draft.
    let ms = 0;
    for (const [decoder, takesMs] of [
      [one.decoder, 2],
      [one.draft!, 0.2],
    ] as const) {
      const decode = decoder.decode.bind(decoder);
      decoder.decode = () => {
        ms += takesMs;
        return decode();
      };
    }
    const warmUp = WarmUp.for(one, OPTIONS, priorCosts(true), () => ms)!;
    let steps = 0;
    while (steps < 200 && warmUp.step()) steps += 1;
    assert.ok(steps > 50, `${steps} steps`);
    assert.ok(one.draft!.decodes > 20, `${one.draft!.decodes} decodes of the draft`);
    warmUp.end();
    for (const decoder of [one.decoder, one.draft!])
      for (let id = 0; id < decoder.maxSequences; id++) assert.equal(decoder.lengthOf(sequenceId(id)), 0);
  });

  it('runs every draft', () => {
    const one = model();
    const drafts = ['first', 'second'].map((id) => ({ id, decoder: model().draft! }));
    const both = { ...one, drafts: drafts.map(({ id, decoder }) => draftOver(decoder, id, id)) };
    const warmUp = WarmUp.for(both, OPTIONS, priorCosts(true), () => 0)!;
    for (let step = 0; step < 300; step++) warmUp.step();
    for (const { id, decoder } of drafts)
      assert.ok(decoder.decodes > 20, `${id}: ${decoder.decodes} decodes`);
    warmUp.end();
  });

  it('does not change what is answered', () => {
    const answers = [true, false].map((warm) => {
      const one = model();
      const core = new EngineCore(one, OPTIONS, { costs: priorCosts(true) });
      const warmUp = WarmUp.for(one, OPTIONS, priorCosts(true))!;
      for (let step = 0; warm && step < 70; step++) warmUp.step();
      if (warm) warmUp.end();
      core.submit(requestOf(1, [1, 2, 3], { maxTokens: 50 }));
      return runAll(core).get(1)!.tokens;
    });
    assert.equal(answers[0]!.length, 50);
    assert.deepEqual(answers[0], answers[1]);
  });

  it('is left out where it gains nothing or cannot be done', () => {
    const costs = priorCosts(true);
    const slow = { ...costs, target: { ...costs.target, curve: { tokens: [1, 512], ms: [80, 4000] } } };
    assert.equal(WarmUp.for(model(), OPTIONS, slow), undefined);
    assert.equal(WarmUp.for(model(), OPTIONS, undefined), undefined);
    assert.equal(WarmUp.for(model(), optionsOf({ mode: 'off' }), priorCosts(true)), undefined);
    assert.equal(WarmUp.for(fakeModel({ cellCount: 16 }), OPTIONS, priorCosts(true)), undefined);
  });

  it('ends at a model that fails', () => {
    const one = model();
    one.decoder.faults.push(...new Array<'failed'>(100).fill('failed'));
    const warmUp = WarmUp.for(one, OPTIONS, priorCosts(true))!;
    let steps = 0;
    while (steps < 100 && warmUp.step()) steps += 1;
    assert.ok(steps < 10);
    warmUp.end();
  });
});
