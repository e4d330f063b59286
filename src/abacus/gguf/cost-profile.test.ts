/** Prices learned from profiles: those that made the times are found again, and the shipped ones come from their rows. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bundledTarget } from '../../base/bundled.js';
import { randomNumbers } from '../../base/random.js';
import { readGguf } from '../../gguf/reader.js';
import { fitPrices, fitProfile, priced, type TimedWork } from './cost-profile.js';
import { shippedProfile } from './known-profiles.js';
import { languageModel } from './language-model.js';
import { learnedProfile } from './learned.js';
import { predictMemory } from './memory-need.js';
import { predictedTargetCosts } from './planner-costs.js';
import { readProfile } from './profile-file.js';
import { decodeMs } from './step-time.js';

const shippedRows = fileURLToPath(new URL('../../../data/cost/gguf-epyc-milan.csv', import.meta.url));

describe('prices', () => {
  it('that made times are found again, and noise is told as an interval', () => {
    const random = randomNumbers(4);
    const prices = { decode: 0.1, 'weights Q8_0 @1': 0.05, 'weights Q8_0 @2': 0.08, attention: 0.7 };
    const rows = (noise: number): TimedWork[] =>
      Array.from({ length: 300 }, (_, at) => {
        const amounts = new Map([
          ['decode', 1],
          [`weights Q8_0 @${1 + (at % 2)}`, 1 + 50 * random()],
          ['attention', random()],
        ]);
        const ms = priced(amounts, prices) * Math.exp(noise * (random() - 0.5));
        return { model: `m${at % 20}`, type: 'Q8_0', threads: 1, amounts, ms };
      });
    const found = fitPrices(rows(0));
    for (const [name, price] of Object.entries(prices))
      assert.ok(Math.abs(found[name]! / price - 1) < 0.02, `${name}: ${found[name]}`);
    const disturbed = rows(0).map((row, at) => (at % 20 === 0 ? { ...row, ms: 3 * row.ms } : row));
    for (const [name, price] of Object.entries(fitPrices(disturbed)))
      if (name in prices)
        assert.ok(Math.abs(price / prices[name as keyof typeof prices] - 1) < 0.05, `${name}: ${price}`);
    // Beyond what was timed the last price goes on in proportion.
    assert.ok(Math.abs(found['weights Q8_0 @512']! / found['weights Q8_0 @2']! - 256) < 1);
    const noisy = fitProfile(rows(0.2), {
      machine: 'm',
      library: 'l',
      measured: 'd',
      reference: { one: 1, many: 1 },
    });
    const expected = 0.1;
    assert.ok(
      noisy.intervalLog > 0.7 * expected && noisy.intervalLog < 1.2 * expected,
      `${noisy.intervalLog}`,
    );
  });

  it('that are shipped were learned from the shipped rows', { skip: !existsSync(shippedRows) }, () => {
    const rows = readProfile(shippedRows);
    assert.deepEqual(learnedProfile(rows), shippedProfile());
  });
});

describe('a prediction', () => {
  const model = languageModel([readGguf(bundledTarget())]);
  const profile = shippedProfile();

  it('grows with tokens and context, and shrinks with threads', () => {
    const at = (tokens: number, cells: number, threads: number): number =>
      decodeMs(
        model,
        { tokens, cells, outputs: tokens },
        { repacked: false },
        { profile, threads, pace: undefined },
      );
    for (const [from, to] of [
      [1, 2],
      [2, 8],
      [8, 64],
      [64, 512],
      [512, 2048],
    ] as const)
      assert.ok(at(to, 0, 1) > at(from, 0, 1), `${from} to ${to} tokens`);
    assert.ok(at(1, 1000, 1) > at(1, 0, 1));
    assert.ok(at(32, 0, 4) < at(32, 0, 1));
  });

  it('for the planner is a curve that it can use', () => {
    const costs = predictedTargetCosts(
      model,
      [1, 2, 3, 4, 5, 6, 8, 9, 12, 16, 24, 32, 64, 128, 256, 512],
      { repacked: false },
      { profile, threads: 1, pace: undefined },
    );
    const { ms } = costs.curve;
    assert.deepEqual(
      [...ms].sort((a, b) => a - b),
      ms,
    );
    for (const amount of [costs.msPerTokenCell, costs.msPerOutput, costs.coldMs])
      assert.ok(amount >= 0 && amount < ms[0]!);
  });

  it('of memory is the sum of its parts and grows with context by the KV cache alone', () => {
    const of = (contextSize: number): ReturnType<typeof predictMemory> =>
      predictMemory(model, { contextSize, parallel: 1, batchTokens: 1, repacked: false });
    const [small, large] = [of(256), of(2560)];
    const { weightBytes, kvBytes, computeBytes, processBytes, totalBytes } = small;
    assert.equal(totalBytes, weightBytes + kvBytes + computeBytes + processBytes);
    assert.equal(large.kvBytes, 10 * kvBytes);
  });
});
