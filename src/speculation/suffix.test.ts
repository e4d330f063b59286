/** What suffix drafting proposes from earlier outputs, and how it keeps a step short. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { randomIndices } from '../base/random.js';
import type { Grammar } from '../base/grammar.js';
import type { Proposal } from './proposal.js';
import type { DraftTask } from './proposer.js';
import { MIN_BYTES } from './output-store.js';
import { SuffixProposer } from './suffix.js';
import { taskOf } from './test-support.js';

function propose(proposer: SuffixProposer, text: readonly number[], options?: Partial<DraftTask>): Proposal {
  const task = taskOf(text, options);
  proposer.propose([task]);
  return task.proposal;
}

function proposerOf(outputs: readonly (readonly number[])[], label = 0): SuffixProposer {
  const proposer = new SuffixProposer(2 ** 20);
  for (const output of outputs) proposer.learn(Int32Array.from(output), 0, output.length, label);
  while (proposer.statistics.pending > 0) proposer.propose([]);
  return proposer;
}

/** Allows tokens below a limit only. */
function below(limit: number): Grammar {
  return {
    allows: (token) => token < limit,
    mask: () => undefined,
    accept: () => undefined,
    clone: () => below(limit),
    few: () => undefined,
    likely: () => undefined,
    learn: () => undefined,
    fault: undefined,
  };
}

describe('SuffixProposer', () => {
  it('goes on as most outputs went on, surer of what more of them say', () => {
    const proposer = proposerOf([
      [1, 2, 3, 4, 5],
      [1, 2, 3, 4, 6],
      [1, 2, 3, 4, 5],
      [1, 2, 9, 9, 9],
    ]);
    const { tokens, signals, sources } = propose(proposer, [8, 1, 2]);
    assert.deepEqual(tokens, [3, 4, 5]);
    assert.deepEqual(new Set(sources), new Set(['suffix']));
    const [three, four, five] = signals;
    // Three of four texts go on with 3, all of those with 4, two of three with 5.
    assert.ok(four! > three! && three! > five!, signals.join());
    const certain = propose(proposerOf(Array.from({ length: 9 }, () => [1, 2, 3])), [1, 2]).signals[0]!;
    assert.ok(
      certain > propose(proposerOf([[1, 2, 3]]), [1, 2]).signals[0]!,
      'nine texts count for more than one',
    );
  });

  it('trusts the longest end of the text', () => {
    const proposer = proposerOf([
      [7, 1, 2, 30],
      [2, 40],
      [2, 40],
    ]);
    assert.equal(propose(proposer, [7, 1, 2]).tokens[0], 30);
    assert.equal(propose(proposer, [9, 9, 2]).tokens[0], 40);
  });

  it('stops where few outputs still go the same way', () => {
    const proposer = proposerOf(Array.from({ length: 20 }, (_, at) => [1, 2, 100 + at, 5]));
    assert.deepEqual(propose(proposer, [1]).tokens, [2]);
  });

  it('follows a request as it grows, also while the store changes', () => {
    const output = Array.from({ length: 100 }, (_, at) => (at * 37) % 91);
    const proposer = proposerOf([output]);
    for (let length = 5; length < 95; length++) {
      if (length === 50) proposer.learn(Int32Array.from(output), 0, 100, 0);
      assert.deepEqual(propose(proposer, output.slice(0, length)).tokens, output.slice(length, length + 4));
    }
  });

  it('has nothing for texts without tokens, of one unknown token, of another label', () => {
    const proposer = proposerOf([[1, 2, 3]], 1);
    assert.equal(propose(proposer, [], { label: 1 }).length, 0);
    assert.equal(propose(proposer, [4], { label: 1 }).length, 0);
    assert.equal(propose(proposer, [1, 2]).length, 0);
    assert.deepEqual(propose(proposer, [1], { label: 1 }).tokens, [2, 3]);
  });

  it('guesses no further than asked, nor than an output goes on', () => {
    const output = Array.from({ length: 500 }, (_, at) => at);
    const proposer = proposerOf([output]);
    assert.equal(propose(proposer, [3, 4, 5], { maxTokens: 7 }).length, 7);
    assert.equal(propose(proposer, [450], { maxTokens: 200 }).length, 49);
  });

  it('guesses nothing that the grammar forbids', () => {
    const proposer = proposerOf([[1, 2, 3, 50, 4]]);
    assert.deepEqual(propose(proposer, [1], { grammar: below(10) }).tokens, [2, 3]);
  });

  it('indexes a long output in pieces, while it goes on proposing', () => {
    const proposer = proposerOf([[1, 2, 3]]);
    const output = Int32Array.from({ length: 4000 }, (_, at) => 10 + at);
    proposer.learn(output, 0, 4000, 0);
    let most = 0;
    for (let step = 0; proposer.statistics.pending > 0; step++) {
      const before = proposer.statistics.pending;
      assert.deepEqual(propose(proposer, [1]).tokens, [2, 3]);
      most = Math.max(most, before - proposer.statistics.pending);
      assert.ok(step < 200, 'never done');
    }
    assert.ok(most <= 4001 / 32 + 1, `${most} tokens in one step`);
    assert.deepEqual(propose(proposer, [4008]).tokens, [4009]);
  });

  it('proposes the same after the same events', () => {
    const events = (): number[] => {
      const proposer = new SuffixProposer(MIN_BYTES);
      const guesses: number[] = [];
      const random = randomIndices(5);
      for (let round = 0; round < 300; round++) {
        const output = Int32Array.from({ length: 40 }, () => random(4));
        proposer.learn(output, 0, 40, round % 2);
        guesses.push(...propose(proposer, [...output.subarray(0, 6)]).tokens);
      }
      return guesses;
    };
    const guesses = events();
    assert.ok(guesses.length > 100);
    assert.deepEqual(guesses, events());
  });
});
