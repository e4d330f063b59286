/** Optimism is earned, by time and by gains, and spent by what does not pay. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OptimismBudget } from './optimism-budget.js';

describe('budget of optimism', () => {
  it('begins with none, and earns it with time, for dear trials later', () => {
    const budget = new OptimismBudget();
    assert.equal(budget.share(0, 1), 0);
    for (let step = 0; step < 25; step++) budget.earn(1, 1);
    assert.ok(Math.abs(budget.share(0, 1) - 0.5) < 1e-9, `${budget.share(0, 1)}`);
    assert.equal(budget.share(1, 1), 0);
    for (let step = 0; step < 1000; step++) budget.earn(1, 1);
    assert.equal(budget.share(5, 1), 1);
    assert.equal(budget.share(100, 1), 0, 'no saving is enough to read a long text on trust');
  });

  it('is earned at once by guesses that pay, and lost by those that do not', () => {
    const budget = new OptimismBudget();
    budget.settle(6, 3, 1);
    assert.equal(budget.share(0, 1), 1);
    for (let step = 0; step < 4; step++) budget.settle(1, 3, 1);
    assert.equal(budget.share(0, 1), 0);
  });

  it('owes nothing, however much was lost', () => {
    const budget = new OptimismBudget();
    for (let step = 0; step < 1000; step++) budget.settle(1, 3, 1);
    for (let step = 0; step < 100; step++) budget.earn(1, 1);
    assert.equal(budget.share(0, 1), 1);
  });

  it('takes no time that cannot be', () => {
    const budget = new OptimismBudget();
    for (let step = 0; step < 1000; step++) budget.earn(1, 1);
    for (const ms of [NaN, Infinity, -Infinity]) {
      budget.settle(1, ms, 1);
      budget.earn(ms, 1);
      budget.earn(1, 0);
    }
    assert.equal(budget.share(0, 1), 1);
  });
});
