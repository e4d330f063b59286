/** Sizes of a new draft: which are left out and why, in what order the others are, and what their training takes. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shippedProfile } from '../abacus/gguf/known-profiles.js';
import { curveSizes } from '../costs/prior-costs.js';
import { FREE_MODEL } from '../costs/test-machines.js';
import type { ModelCosts } from '../costs/cost-table.js';
import type { NetworkShape } from '../llama/training/training.js';
import { batchShapeFor } from './batch-shape.js';
import type { CorpusText } from './corpus.js';
import { forecastSizes, type SizesAsked } from './sizes.js';
import { passFlops, stepFlops, trainingBytes, trainingPace } from './training-cost.js';

const texts: CorpusText[] = Array.from({ length: 60 }, (_, at) => ({
  ...{ tokens: Array.from({ length: 120 }, (_, i) => (at * 31 + i * 7) % 8192), promptLength: 40 },
  ...{ candidates: new Array<number>(80 * 8).fill(1), shares: new Array<number>(80 * 8).fill(1250) },
}));
/** A target that checks a further token for a third of what one takes. */
const targetOf = (ms: number): ModelCosts => ({
  ...FREE_MODEL,
  curve: { tokens: curveSizes(512), ms: curveSizes(512).map((size) => (ms * (2 + size)) / 3) },
});
const asked = (more: Partial<SizesAsked> = {}): SizesAsked => ({
  ...{ texts, vocabularySize: 8192, headSize: 8192, minutes: 5, target: targetOf(30) },
  ...{ processor: { profile: shippedProfile(), threads: 1, pace: undefined } },
  ...{ flopsPerSecond: 15e9, availableBytes: 8e9 },
  ...more,
});
const SHAPE: NetworkShape = {
  ...{ vocabularySize: 8192, width: 128, layers: 2, heads: 2, kvHeads: 2, feedForward: 256 },
  ...{ ropeBase: 10_000, normEpsilon: 1e-5 },
};

describe('sizes of a new draft', () => {
  it('are told with what a token, memory and training take, larger ones with more of each', () => {
    const all = forecastSizes(asked());
    const bySize = [...all].sort((a, b) => a.layers * a.width ** 2 - b.layers * b.width ** 2);
    for (const [at, one] of bySize.entries()) {
      assert.ok(one.tokenMs > 0 && one.servingBytes > 0 && one.speedUp > 0);
      const before = bySize[at - 1];
      if (before === undefined) continue;
      assert.ok(one.tokenMs > before.tokenMs && one.servingBytes > before.servingBytes);
      assert.ok(one.trainingBytes > before.trainingBytes && one.passMinutes > before.passMinutes);
    }
    const taken = all.filter(({ leftOut }) => leftOut === undefined);
    assert.ok(taken.length > 1, 'a slow target has a choice');
    assert.deepEqual(all.slice(0, taken.length), taken);
    for (const [at, one] of taken.entries()) assert.ok(at === 0 || one.speedUp <= taken[at - 1]!.speedUp);
  });

  it('are left out where they are too slow, cannot be trained in time, or do not fit', () => {
    const reasons = (more: Partial<SizesAsked>): string =>
      forecastSizes(asked(more))
        .map(({ leftOut }) => leftOut)
        .join('\n');
    assert.doesNotMatch(reasons({}), /would not pay/);
    assert.match(reasons({ target: targetOf(0.1) }), /of the model 0\.10: guesses would not pay/);
    assert.match(reasons({ availableBytes: 1e7 }), /it takes .* are free/);
    const hurried = forecastSizes(asked({ minutes: 12 / 60 }));
    const late = hurried.filter(({ leftOut }) => leftOut?.includes('one pass over the texts takes'));
    const inTime = hurried.filter(({ leftOut }) => leftOut === undefined);
    assert.ok(late.length > 0 && inTime.length > 0, 'some seconds are enough for small ones alone');
    for (const { passMinutes } of late) assert.ok(inTime.every((one) => one.passMinutes < passMinutes));
  });

  it('have a step of as many operations as the trainer has', () => {
    const batch = { rows: 2, tokensPerRow: 64, outputs: 50 };
    const doubled = { ...batch, rows: 4, outputs: 100 };
    const weights = (shape: NetworkShape): number => stepFlops(shape, doubled) - stepFlops(shape, batch);
    // Forward, and twice as much backward: two operations for a weight, and four for a pair of tokens in each number.
    const layers = 2 * (4 * 128 * 128 + 3 * 128 * 256);
    const expected = 3 * (2 * 128 * layers + 4 * 2 * 64 * 64 * 128 * 2 + 2 * 50 * 128 * 8192);
    const perLogit = (weights(SHAPE) - expected) / (50 * 8192);
    assert.ok(perLogit > 0 && perLogit < 200, `${perLogit} for each logit besides`);
    const shape = batchShapeFor(texts, 8192, {});
    assert.ok(
      passFlops(SHAPE, texts) >= stepFlops(SHAPE, shape) * Math.floor((60 * 120) / shape.tokensPerRow),
    );
    assert.ok(trainingBytes(SHAPE, batch) > 16 * (2 * 8192 * 128 + layers));
    assert.ok(trainingPace(1) > 0);
  });
});
