/** What prompt lookup proposes, against a plain search for the latest earlier occurrence. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { randomIndices } from '../base/random.js';
import type { Grammar } from '../base/grammar.js';
import { continuationSignal } from './continuation-signal.js';
import { LookupProposer } from './lookup.js';
import type { Proposal } from './proposal.js';
import type { DraftTask } from './proposer.js';
import { taskOf } from './test-support.js';

function proposalOf(
  proposer: LookupProposer,
  text: readonly number[],
  options: Partial<DraftTask> = {},
): Proposal {
  const task = taskOf(text, options);
  proposer.propose([task]);
  return task.proposal;
}

function propose(
  proposer: LookupProposer,
  text: readonly number[],
  maxTokens: number,
  requestId = 1,
): number[] {
  return proposalOf(proposer, text, { maxTokens, requestId }).tokens;
}

/**
 * What followed the longest end of the text (4, or `min` if that is more, to `min` tokens) at the latest place where it
 * occurred before, and of each guess how many of the latest 16 places, where all guesses before it followed too, say the same.
 */
function expected(text: readonly number[], min: number, count: number) {
  const max = Math.max(4, min);
  for (let n = Math.min(max, text.length); n >= min; n--) {
    const isPlace = (end: number): boolean =>
      Array.from({ length: n }, (_, k) => text[end - n + k] === text[text.length - n + k]).every(Boolean);
    const ends = text.flatMap((_, end) => (end >= n && isPlace(end) ? [end] : [])).reverse();
    const [latest] = ends;
    if (latest === undefined) continue;
    const tokens: number[] = [];
    const all = [...text];
    for (let k = 0; k < count; k++) {
      all.push(all[latest + k]!);
      tokens.push(all.at(-1)!);
    }
    let match = 0;
    const most = n < max ? n : Math.min(32, latest);
    while (match < most && text[latest - 1 - match] === text[text.length - 1 - match]) match += 1;
    const places = ends.slice(0, 16);
    const agreeing = (guesses: number): number =>
      places.filter((end) => tokens.slice(0, guesses).every((token, k) => all[end + k] === token)).length;
    const counts = tokens.map((_, depth) => [agreeing(depth + 1), agreeing(depth)] as const);
    return { tokens, match, counts };
  }
  return { tokens: [], match: 0, counts: [] };
}

function assertAgrees(proposer: LookupProposer, text: readonly number[], minNgram: number): number {
  const { tokens, signals } = proposalOf(proposer, text, { maxTokens: 6 });
  const { tokens: right, match, counts } = expected(text, minNgram, 6);
  assert.deepEqual(tokens, right, `${text.join()} from ${minNgram}`);
  assert.deepEqual(
    signals,
    counts.map(([count, all], depth) => continuationSignal(count, all, match + depth)),
    `${text.join()} from ${minNgram}`,
  );
  return match;
}

describe('LookupProposer', () => {
  it('copies what followed the latest occurrence, also into its own guesses', () => {
    const proposer = new LookupProposer(2);
    assert.deepEqual(propose(proposer, [1, 2, 3, 9, 1, 2], 3), [3, 9, 1]);
    assert.deepEqual(propose(new LookupProposer(2), [7, 8, 7, 8, 7], 5), [8, 7, 8, 7, 8]);
    assert.deepEqual(propose(new LookupProposer(2), [1, 2, 3, 4], 5), []);
  });

  it('is surer where all earlier places went on alike, also after the guesses before', () => {
    const signals = (text: number[]): readonly number[] =>
      proposalOf(new LookupProposer(2), text, { maxTokens: 2 }).signals;
    const once = signals([1, 2, 3, 4, 9, 1, 2]);
    const alike = signals([1, 2, 3, 4, 8, 1, 2, 3, 4, 9, 1, 2]);
    const parting = signals([1, 2, 3, 7, 8, 1, 2, 3, 4, 9, 1, 2]);
    const unlike = signals([1, 2, 7, 7, 8, 1, 2, 3, 4, 9, 1, 2]);
    assert.ok(alike[0]! > once[0]! && once[0]! > unlike[0]!);
    assert.equal(parting[0], alike[0]);
    assert.ok(alike[1]! > once[1]! && once[1]! > parting[1]!);
    // The place that went on otherwise says nothing of what follows.
    assert.equal(unlike[1], once[1]);
  });

  it('agrees with a plain search while texts grow (fixed seeds)', () => {
    const random = randomIndices(11);
    for (let round = 0; round < 60; round++) {
      const minNgram = 1 + random(6);
      const proposer = new LookupProposer(minNgram);
      const text = [random(3)];
      while (text.length < 60) {
        for (let added = 1 + random(4); added > 0; added--) text.push(random(3));
        assertAgrees(proposer, text, minNgram);
      }
    }
  });

  it('agrees with it on a long text, given at once or token by token', () => {
    const random = randomIndices(3);
    const text: number[] = [];
    const all = new LookupProposer(1);
    let longest = 0;
    while (text.length < 3000) {
      const at = random(text.length + 1);
      if (random(3) === 0) text.push(random(400));
      else text.push(...text.slice(at, at + random(80)));
      if (random(3) > 0) continue;
      longest = Math.max(longest, assertAgrees(all, text, 1));
      assertAgrees(new LookupProposer(2), text, 2);
    }
    assert.equal(longest, 32);
  });

  it('has nothing for texts without tokens or with one', () => {
    const proposer = new LookupProposer(1);
    assert.deepEqual(propose(proposer, [], 3), []);
    assert.deepEqual(propose(proposer, [5], 3), []);
    assert.deepEqual(propose(proposer, [5, 5], 3), [5, 5, 5]);
  });

  it('guesses nothing that the grammar forbids', () => {
    const below = (limit: number): Grammar => ({
      allows: (token) => token < limit,
      mask: () => undefined,
      accept: () => undefined,
      clone: () => below(limit),
      few: () => undefined,
      likely: () => undefined,
      learn: () => undefined,
      fault: undefined,
    });
    const proposal = proposalOf(new LookupProposer(1), [1, 2, 30, 1], { grammar: below(10) });
    assert.deepEqual(proposal.tokens, [2]);
  });

  it('keeps texts apart and forgets those that end', () => {
    const proposer = new LookupProposer(2);
    propose(proposer, [1, 2, 3, 1, 2], 1, 1);
    assert.deepEqual(propose(proposer, [5, 1, 2], 1, 2), []);
    proposer.forgetRequest(1);
    assert.deepEqual(propose(proposer, [4, 4, 4, 1, 2], 1, 1), []);
  });
});
