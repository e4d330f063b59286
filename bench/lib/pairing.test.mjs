/** `node --test bench/`: orders, ratios and choices on figures small enough to check by hand. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  bestByMedian,
  checkPromptTokens,
  fairOrder,
  fastest,
  pairedRatios,
  ratiosToRoundBest,
  relativeSpeeds,
} from './pairing.mjs';

/** @param {Record<string, number>[]} rounds speed by setting, a record a round */
const measured = (...rounds) =>
  rounds.flatMap((speeds, round) =>
    Object.entries(speeds).map(([setting, tokensPerSecond]) => ({ round, setting, tokensPerSecond })),
  );
const near = (/** @type {number | undefined} */ actual, /** @type {number} */ expected) =>
  assert.ok(Math.abs((actual ?? NaN) - expected) < 1e-9, `${actual} is not ${expected}`);

describe('the order of a round', () => {
  const items = ['a', 'b', 'c', 'd', 'e'];

  it('holds everything once, and the second of two rounds is the first one backwards', () => {
    for (const round of [0, 2, 4]) {
      const order = fairOrder(items, round);
      assert.deepEqual([...order].sort(), items);
      assert.deepEqual(fairOrder(items, round + 1), [...order].reverse());
    }
  });

  it('changes from pair to pair and is the same in the next run', () => {
    const orders = [0, 2, 4, 6, 8, 10].map((round) => fairOrder(items, round).join(''));
    assert.ok(new Set(orders).size > 3, orders.join(' '));
    assert.deepEqual(
      orders,
      [0, 2, 4, 6, 8, 10].map((round) => fairOrder(items, round).join('')),
    );
  });
});

describe('relative speeds', () => {
  it('do not see the pace of the machine', () => {
    const speeds = relativeSpeeds(measured({ off: 100, a: 120, b: 90 }, { off: 50, a: 60, b: 45 }), 'off');
    near(speeds.get('a')?.score, 1.2);
    near(speeds.get('b')?.score, 0.9);
    near(speeds.get('off')?.score, 1);
  });

  it('are geometric means over the rounds a setting was in', () => {
    const speeds = relativeSpeeds(measured({ off: 100, a: 200, b: 300 }, { off: 100, a: 50 }), 'off');
    near(speeds.get('a')?.score, 1);
    assert.deepEqual([speeds.get('a')?.rounds, speeds.get('b')?.rounds], [2, 1]);
  });

  it('want the reference in every round', () => {
    assert.throws(() => relativeSpeeds(measured({ off: 1, a: 1 }, { a: 1 }), 'off'), /round 1 .*"off"/);
  });
});

describe('the fastest', () => {
  const speeds = relativeSpeeds(
    measured({ off: 100, a: 110, b: 130, lucky: 500 }, { off: 100, a: 140, b: 100 }),
    'off',
  );

  it('are chosen by all their rounds, best first, among the candidates alone', () => {
    assert.deepEqual(fastest(speeds, ['b', 'a'], 2), ['a', 'b']);
    assert.deepEqual(fastest(speeds, ['b', 'a'], 1), ['a']);
    assert.deepEqual(fastest(speeds, ['b'], 2), ['b']);
  });

  it('never come from those given up before the last round', () => {
    assert.deepEqual(fastest(speeds, ['lucky', 'a', 'b'], 2), ['a', 'b']);
    assert.deepEqual(fastest(speeds, ['lucky', 'a', 'b'], 3), ['a', 'b', 'lucky']);
  });

  it('leave out what was never measured', () => {
    assert.deepEqual(fastest(speeds, ['broken', 'a'], 2), ['a']);
    assert.deepEqual(fastest(speeds, ['broken'], 1), []);
  });
});

describe('paired ratios', () => {
  const records = measured(
    { ours: 120, x: 100, y: 80 },
    { ours: 60, x: 40, y: 60 },
    { ours: 90, x: 100 },
    { x: 70 },
  );

  it('are taken within rounds, and only where both were measured', () => {
    assert.deepEqual(pairedRatios(records, 'ours', 'x'), [1.2, 1.5, 0.9]);
    assert.deepEqual(pairedRatios(records, 'ours', 'y'), [1.5, 1]);
    assert.deepEqual(pairedRatios(records, 'ours', 'z'), []);
  });

  it('to the best of a round are against whichever was fastest there', () => {
    assert.deepEqual(ratiosToRoundBest(records, 'ours', ['x', 'y']), [1.2, 1, 0.9]);
    assert.deepEqual(ratiosToRoundBest(records, 'ours', []), []);
  });

  it('are set beside one best setting, chosen by its median', () => {
    assert.equal(bestByMedian(records, ['x', 'y']), 'x');
    assert.equal(bestByMedian(records, ['z', 'y']), 'y');
    assert.equal(bestByMedian(records, ['z']), undefined);
  });
});

describe('prompt tokens', () => {
  it('must be the same for all', () => {
    checkPromptTokens([
      { peer: 'a', promptTokens: 7 },
      { peer: 'b', promptTokens: 7 },
    ]);
    const differ = [
      { peer: 'a', promptTokens: 7 },
      { peer: 'b', promptTokens: 8 },
    ];
    assert.throws(() => checkPromptTokens(differ), /a 7, b 8/);
  });
});
