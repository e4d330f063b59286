import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SearchBackoff } from './search-backoff.js';

/** Steps until it is looked again, when nothing pays. */
function stepsOfPause(pause: SearchBackoff, newAt = -1): number {
  let steps = 0;
  while (pause.covers(steps === newAt)) steps += 1;
  return steps;
}

function afterLooks(looks: number): SearchBackoff {
  const pause = new SearchBackoff();
  for (let look = 0; look < looks; look++) {
    stepsOfPause(pause);
    pause.lengthen(1, 1);
  }
  return pause;
}

describe('pause', () => {
  it('grows while nothing pays, up to 31 steps, and ends when something does', () => {
    const lengths = [1, 2, 3, 4, 5, 6, 7].map((looks) => stepsOfPause(afterLooks(looks)));
    assert.deepEqual(lengths, [0, 1, 3, 7, 15, 31, 31]);
    const pause = afterLooks(6);
    pause.end();
    assert.equal(stepsOfPause(pause), 0);
  });

  it('is no longer than what looking costs calls for', () => {
    const pause = afterLooks(6);
    stepsOfPause(pause);
    pause.lengthen(0.025, 1);
    assert.equal(stepsOfPause(pause), 5);
  });

  it('ends with a new request that is alone, and the next one is as long as it would have been', () => {
    const pause = afterLooks(4);
    assert.equal(stepsOfPause(pause, 2), 2);
    pause.lengthen(1, 1);
    assert.equal(stepsOfPause(pause), 15);
  });
});
