/** `node --test bench/`: the replay on answers small enough to count by hand. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  ceiling,
  costFunctions,
  draftSource,
  lookupSource,
  perfectSource,
  replayFixed,
  timeOff,
} from './replay.mjs';

/** One token 10 ms, each further token 1 ms; a guess 2 ms, reading the prompt 5 ms. */
const costs = costFunctions({
  contexts: [0, 100],
  verify: {
    sizes: [1, 2, 9],
    ms: [
      [10, 11, 18],
      [10, 11, 18],
    ],
  },
  draft: {
    sizes: [1, 8],
    ms: [
      [2, 16],
      [2, 16],
    ],
  },
  draftBehind: {
    sizes: [1, 8],
    ms: [
      [3, 17],
      [3, 17],
    ],
  },
  draftPrefill: { tokens: [1, 101], ms: [5, 5] },
});

/** @param {number[]} draft @param {number[]} [lookup] @param {number[]} [proposed] */
function recording(draft, lookup = draft.map(() => 0), proposed = lookup) {
  return {
    task: 'x',
    index: 0,
    promptTokens: 10,
    length: draft.length,
    limited: false,
    draft,
    lookup,
    lookupProposed: proposed,
  };
}
const near = (/** @type {number} */ actual, /** @type {number} */ expected) =>
  assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);

describe('costs', () => {
  it('are linear between what was measured, and between contexts', () => {
    near(costs.verify(1, 50), 10);
    near(costs.verify(5, 50), 14);
    const grown = costFunctions({
      contexts: [0, 100],
      verify: {
        sizes: [1, 2],
        ms: [
          [10, 12],
          [20, 22],
        ],
      },
    });
    near(grown.verify(1, 50), 15);
    near(grown.verify(3, 0), 14);
    near(grown.verify(1, 1000), 20);
  });
});

describe('fixed lengths', () => {
  it('cost one decode a token without guesses', () => {
    near(timeOff(recording([0, 0, 0, 0, 0]), costs), 40);
    near(replayFixed(recording([0, 0, 0, 0, 0]), costs, 'draft', 0).ms, 40);
  });

  it('pay for wrong guesses', () => {
    // Four steps of 2 guesses each: 4 ms drafting, 12 ms verifying; the prompt once.
    const { ms, steps } = replayFixed(recording([0, 0, 0, 0, 0]), costs, 'draft', 2);
    assert.equal(steps, 4);
    near(ms, 5 + 4 * (4 + 12));
  });

  it('gain by right ones, catch up after a full acceptance, and stop at the end of the text', () => {
    // t=1: 2 of 2 stand, on to t=4; there two are left, which the draft guesses, knows as the end, and stops.
    const { ms, steps } = replayFixed(recording([0, 5, 4, 3, 2, 1]), costs, 'draft', 2);
    assert.equal(steps, 2);
    near(ms, 5 + (4 + 12) + (3 + 2 + 12));
  });

  it('guess nothing beyond a known limit', () => {
    const limited = { ...recording([0, 0, 0, 0]), limited: true };
    near(replayFixed(limited, costs, 'draft', 2).ms, 5 + (4 + 12) + (2 + 11) + 10);
  });

  it('pay for decodes that change their size', () => {
    const changing = costFunctions({
      contexts: [0],
      verify: { sizes: [1, 2], ms: [[10, 11]] },
      verifyFresh: { sizes: [1, 2], ms: [[13, 14]] },
    });
    near(timeOff(recording([0, 0, 0, 0]), changing), 13 + 10 + 10);
    // Sizes 2, 1, 1: the first two are new.
    const record = recording([0, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0, 1, 0, 0, 0]);
    near(replayFixed(record, changing, 'lookup', 1).ms, 14 + 13 + 10);
  });

  it('verify no more than lookup proposes', () => {
    const record = recording([0, 0, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0]);
    const { ms, steps } = replayFixed(record, costs, 'lookup', 8);
    assert.equal(steps, 2);
    near(ms, 11 + 10);
  });
});

describe('ceiling', () => {
  const record = recording([0, 2, 1, 0, 0, 0], [0, 0, 0, 0, 1, 0]);

  it('is never worse than no speculation or any fixed length', () => {
    const best = ceiling(record, costs, [draftSource(record, costs)], 8);
    for (const length of [0, 1, 2, 3, 8]) {
      assert.ok(best <= replayFixed(record, costs, 'draft', length).ms + 1e-9);
    }
  });

  it('chooses the length in hindsight at each step', () => {
    // Free guesses: 2 at t=1 (12 ms) to t=4, then two single tokens.
    near(ceiling(record, costs, [draftSource(record, costs, true)], 8), 12 + 10 + 10);
    // Measured ones: reading the prompt 5, guesses 4.
    near(ceiling(record, costs, [draftSource(record, costs)], 8), 5 + 4 + 12 + 10 + 10);
  });

  it('mixes sources', () => {
    const both = [draftSource(record, costs), lookupSource(record, costs)];
    near(ceiling(record, costs, both, 8), 5 + 4 + 12 + 11);
  });

  it('leaves a draft alone that does not pay for reading the prompt', () => {
    const poor = recording([0, 0, 0]);
    near(ceiling(poor, costs, [draftSource(poor, costs)], 8), 20);
  });

  it('of perfect guesses is one decode of the whole answer where that is cheap enough', () => {
    near(ceiling(record, costs, [perfectSource(record, costs)], 8), 14);
    near(ceiling(record, costs, [perfectSource(record, costs)], 1), 11 + 11 + 10);
  });
});
