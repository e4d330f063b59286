/** What prompt lookup proposes, against a plain search for the latest earlier occurrence. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GREEDY } from '../base/sampling-options.js';
import { sequenceId } from '../base/types.js';
import { TokenSampler } from '../sampling/sampler.js';
import { LookupProposer } from './lookup.js';
import { Proposal } from './proposal.js';
import type { DraftTask } from './proposer.js';

function taskOf(text: readonly number[], maxTokens: number, requestId = 1): DraftTask {
  const tokens = Int32Array.from(text);
  return {
    requestId,
    sequence: sequenceId(0),
    tokens,
    length: text.length,
    maxTokens,
    sampler: new TokenSampler(tokens, GREEDY),
    promptLength: text.length,
    label: 0,
    alternatives: false,
    goOn: undefined,
    grammar: undefined,
    proposal: new Proposal(),
  };
}

function propose(
  proposer: LookupProposer,
  text: readonly number[],
  maxTokens: number,
  requestId = 1,
): number[] {
  const task = taskOf(text, maxTokens, requestId);
  proposer.propose([task]);
  return task.proposal.tokens;
}

/** The longest end of the text (4 to `min` tokens) that occurred before, at its latest place. */
function expected(text: readonly number[], min: number, count: number): number[] {
  for (let n = Math.min(4, text.length); n >= min; n--) {
    for (let end = text.length - 1; end >= n; end--) {
      const same = Array.from({ length: n }, (_, k) => text[end - n + k] === text[text.length - n + k]);
      if (!same.every(Boolean)) continue;
      const proposal: number[] = [];
      for (let k = 0; k < count; k++) proposal.push(text[end + k] ?? proposal[end + k - text.length]!);
      return proposal;
    }
  }
  return [];
}

describe('LookupProposer', () => {
  it('copies what followed the latest occurrence, also into its own guesses', () => {
    const proposer = new LookupProposer({ minNgram: 2 });
    assert.deepEqual(propose(proposer, [1, 2, 3, 9, 1, 2], 3), [3, 9, 1]);
    assert.deepEqual(propose(new LookupProposer({ minNgram: 2 }), [7, 8, 7, 8, 7], 5), [8, 7, 8, 7, 8]);
    assert.deepEqual(propose(new LookupProposer({ minNgram: 2 }), [1, 2, 3, 4], 5), []);
  });

  it('agrees with a plain search while texts grow (fixed seeds)', () => {
    let state = 11;
    const random = (limit: number): number => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) % limit;
    };
    for (let round = 0; round < 60; round++) {
      const minNgram = 1 + random(4);
      const proposer = new LookupProposer({ minNgram });
      const text = [random(3)];
      while (text.length < 60) {
        for (let added = 1 + random(4); added > 0; added--) text.push(random(3));
        assert.deepEqual(
          propose(proposer, text, 6),
          expected(text, minNgram, 6),
          `${text.join()} from ${minNgram}`,
        );
      }
    }
  });

  it('keeps texts apart and forgets those that end', () => {
    const proposer = new LookupProposer({ minNgram: 2 });
    propose(proposer, [1, 2, 3, 1, 2], 1, 1);
    assert.deepEqual(propose(proposer, [5, 1, 2], 1, 2), []);
    proposer.forgetRequest(1);
    assert.deepEqual(propose(proposer, [4, 4, 4, 1, 2], 1, 1), []);
  });
});
