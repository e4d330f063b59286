import assert from 'node:assert/strict';
import { it } from 'node:test';
import { gapsOf, ubatchesOf } from './ubatches.js';

const shares = (...pairs: [sequence: number, tokens: number][]): { sequence: number; tokens: number }[] =>
  pairs.map(([sequence, tokens]) => ({ sequence, tokens }));

it('computes a batch in one piece in one pool of cells', () => {
  assert.deepEqual(ubatchesOf(shares([0, 1], [2, 5]), true), [6]);
  assert.deepEqual(ubatchesOf([], true), []);
});

it('computes equally many tokens of neighbouring streams together', () => {
  assert.deepEqual(ubatchesOf(shares([0, 3], [1, 3]), false), [6]);
  assert.deepEqual(ubatchesOf(shares([0, 1], [1, 2], [2, 3], [3, 4]), false), [4, 3, 2, 1]);
  assert.deepEqual(ubatchesOf(shares([0, 1], [1, 1], [2, 1], [3, 7]), false), [4, 6]);
  assert.deepEqual(ubatchesOf(shares([0, 5], [1, 1]), false), [2, 4]);
  assert.deepEqual(ubatchesOf([], false), []);
});

it('computes streams apart that do not follow each other by number', () => {
  assert.deepEqual(ubatchesOf(shares([3, 1], [2, 1], [1, 1]), false), [1, 1, 1]);
  assert.deepEqual(ubatchesOf(shares([0, 1], [1, 1], [3, 1], [4, 1]), false), [2, 2]);
  assert.deepEqual(ubatchesOf(shares([0, 2], [2, 1], [1, 2]), false), [4, 1]);
});

it('fills gaps of up to three streams', () => {
  const found = (...pairs: [number, number][]): number[][] =>
    gapsOf(shares(...pairs)).map((gap) => gap.map(({ sequence }) => sequence));
  assert.deepEqual(found([0, 1], [1, 1], [3, 64], [7, 1], [12, 1]), [[2], [4, 5, 6]]);
  assert.deepEqual(found([2, 1], [3, 1]), []);
  assert.deepEqual(found(), []);
});
