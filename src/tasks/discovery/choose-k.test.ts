/** The number of tasks from what further centres save, on curves as real prompts give them. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { chosenK } from './choose-k.js';

/** Inertias of which each further centre takes off these thousandths of a natural logarithm. */
const inertias = (...saved: number[]): number[] =>
  saved.reduce((path, each) => [...path, path.at(-1)! * Math.exp(-each / 1000)], [1]);
const flat = (value: number, count: number): number[] => Array<number>(count).fill(value);

it('stops where centres begin to save what parts of tasks save, whatever that is', () => {
  assert.equal(chosenK(inertias(150, 120, 90, ...flat(25, 20))), 4);
  assert.equal(chosenK(inertias(300, 240, 180, ...flat(50, 20))), 4);
  assert.equal(chosenK(inertias(210, ...flat(60, 22))), 2);
});

it('finds one task where no centre saves more than others', () => {
  assert.equal(chosenK(inertias(...flat(50, 23))), 1);
  assert.equal(chosenK(inertias(...flat(0, 23))), 1);
});

it('takes the layer that stands out most where there are several', () => {
  assert.equal(chosenK(inertias(118, 116, 110, ...flat(58, 10), ...flat(22, 10))), 14);
  assert.equal(chosenK(inertias(118, 116, 110, ...flat(40, 10), ...flat(22, 10))), 4);
});

it('takes short paths', () => {
  assert.equal(chosenK([1]), 1);
  assert.ok(chosenK(inertias(100, 20, 20)) <= 4);
});
