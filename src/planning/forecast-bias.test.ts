import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ForecastBias } from './forecast-bias.js';

function after(steps: number, lateness: number, requests = 4): ForecastBias {
  const delivery = new ForecastBias();
  for (let step = 0; step < steps; step++) delivery.guessed(requests, 5, 5 * lateness);
  return delivery;
}

describe('delivery', () => {
  it('tells how late steps with guesses are', () => {
    assert.equal(new ForecastBias().lateness(4), 1);
    assert.equal(after(200, 1).lateness(4), 1);
    const late = after(200, 1.1).lateness(4);
    assert.ok(late > 1.07 && late < 1.1, `${late}`);
    assert.equal(after(200, 0.8).lateness(4), 1, 'punctual is enough');
  });

  it('tells few requests from many', () => {
    const delivery = after(200, 1.2, 8);
    assert.ok(delivery.lateness(9) > 1.1);
    assert.equal(delivery.lateness(4), 1);
  });

  it('is not misled by a hiccup or a clock that jumps', () => {
    const delivery = after(100, 1);
    for (const ms of [1e6, -3, 0, NaN, Infinity]) delivery.guessed(4, 5, ms);
    assert.ok(delivery.lateness(4) < 1.03);
  });

  it('forgets while nothing is guessed, so that it is tried again', () => {
    const delivery = after(200, 1.2);
    const before = delivery.lateness(4);
    for (let step = 0; step < 5000; step++) delivery.rested(4);
    assert.ok(before > 1.15 && delivery.lateness(4) < 1.05);
  });
});
