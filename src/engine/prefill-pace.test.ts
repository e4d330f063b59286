import assert from 'node:assert/strict';
import { it } from 'node:test';
import { PrefillPace } from './prefill-pace.js';

it('pieces of prompts grow with the pace, are smaller beside others, and never smaller than a tile', () => {
  const pace = new PrefillPace(64, 5);
  const pieces = (): number[] => [pace.piece(false), pace.piece(true)];
  assert.deepEqual(pieces(), [128, 64]);
  pace.computed(128, 128 * 0.2);
  assert.deepEqual(pieces(), [256, 256]);
  pace.computed(256, 256 * 1.5);
  assert.deepEqual(pieces(), [256, 128]);
  pace.computed(256, 256 * 50);
  assert.deepEqual(pieces(), [64, 64], 'a large model');
  for (const ms of [0, NaN, Infinity, -1]) pace.computed(256, ms);
  pace.computed(3, 1);
  assert.deepEqual(pieces(), [64, 64]);
});
