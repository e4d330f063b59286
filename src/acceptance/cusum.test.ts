import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { randomNumbers } from '../base/random.js';
import { Cusum } from './cusum.js';

/** Observations until the alarm, of a thing that is expected with one probability and happens with another. */
function runLength(expected: number, actual: number, seed: number, most = 3000): number {
  const detector = new Cusum();
  const uniform = randomNumbers(seed);
  for (let count = 1; count <= most; count++)
    if (detector.observe(expected, uniform() < actual)) return count;
  return most;
}

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const usual = (expected: number, actual: number): number =>
  SEEDS.map((seed) => runLength(expected, actual, seed)).sort((a, b) => a - b)[4]!;

describe('Cusum', () => {
  it('keeps quiet while nothing changes', () => {
    for (const rate of [0.02, 0.1, 0.5, 0.8, 0.98])
      assert.ok(usual(rate, rate) > 1000, `at ${rate}: an alarm after ${usual(rate, rate)}`);
  });

  it('notices a change in either direction within some dozen observations', () => {
    for (const [before, after] of [
      [0.1, 0.9],
      [0.9, 0.1],
      [0.8, 0.4],
      [0.3, 0.8],
    ] as const)
      assert.ok(usual(before, after) < 50, `${before} to ${after}: after ${usual(before, after)}`);
  });

  it('is not alarmed by a single event, however unlikely it was thought', () => {
    assert.equal(new Cusum().observe(0.001, true), false);
    assert.equal(new Cusum().observe(0.999, false), false);
  });
});
