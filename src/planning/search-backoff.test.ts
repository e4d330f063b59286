import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SearchBackoff } from './search-backoff.js';

/** Steps until it is looked again, when nothing pays. */
function stepsOfPause(pause: SearchBackoff, requests: number, disturbedAt = -1): number {
  let steps = 0;
  while (pause.covers(requests, steps === disturbedAt)) steps += 1;
  return steps;
}

function afterLooks(looks: number, requests: number): SearchBackoff {
  const pause = new SearchBackoff();
  for (let look = 0; look < looks; look++) {
    stepsOfPause(pause, requests);
    pause.lengthen(1, 1);
  }
  return pause;
}

describe('pause', () => {
  it('grows while nothing pays, up to 31 steps, and ends when something does', () => {
    const lengths = [1, 2, 3, 4, 5, 6, 7].map((looks) => stepsOfPause(afterLooks(looks, 4), 4));
    assert.deepEqual(lengths, [0, 1, 3, 7, 15, 31, 31]);
    const pause = afterLooks(6, 4);
    pause.end();
    assert.equal(stepsOfPause(pause, 4), 0);
  });

  it('is no longer than what looking costs calls for', () => {
    const pause = afterLooks(6, 4);
    stepsOfPause(pause, 4);
    pause.lengthen(0.025, 1);
    assert.equal(stepsOfPause(pause, 4), 5);
  });

  it('ends at once when the only request is a new one, and soon when one of several is', () => {
    assert.equal(stepsOfPause(afterLooks(6, 1), 1, 0), 0);
    assert.equal(
      stepsOfPause(afterLooks(6, 3), 4),
      16,
      'within four times as many steps as there are requests',
    );
    assert.equal(stepsOfPause(afterLooks(6, 4), 3), 12, 'when one has ended, too');
    assert.equal(stepsOfPause(afterLooks(6, 4), 4, 2), 31, 'a prompt beside several changes nothing');
  });
});
