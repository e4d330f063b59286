/** The routing policy: it takes the draft that promises most, learns, explores within its bound, and notices changes. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { randomNumbers } from '../../base/random.js';
import { talliesOf } from './acceptance.js';
import { bestGoodput, bestLength, goodputOf } from './goodput.js';
import { RoutingPolicy, type RoutedDraft, type TaskChange } from './policy.js';
import { UnsureShare } from './unsure.js';

const COSTS = { oneTokenMs: 1, eightTokensMs: 3.8 };
const rates = (first: number) => ({ first, later: first });
const draftOf = (id: string, measured: Record<string, number> = {}, tokenMs = 0.1): RoutedDraft => ({
  id,
  tokenMs,
  measured: Object.fromEntries(Object.entries(measured).map(([task, rate]) => [task, rates(rate)])),
});

function policyOf(drafts: readonly RoutedDraft[], explorationShare = 0): RoutingPolicy {
  const policy = new RoutingPolicy({ explorationShare, seed: 3 });
  policy.setCosts(COSTS);
  policy.setDrafts(drafts);
  return policy;
}

/** Guesses of an answer, two at a step, that are accepted with this probability. */
function guessesOf(rate: number, random: () => number, steps = 30) {
  const drafted = [0, 0];
  const accepted = [0, 0];
  for (let step = 0; step < steps; step++) {
    drafted[0]! += 1;
    drafted[1]! += 1;
    if (random() >= rate) continue;
    accepted[0]! += 1;
    if (random() < rate) accepted[1]! += 1;
  }
  return { drafted, accepted };
}

describe('goodput', () => {
  it('is tokens over time, for the best number of guesses', () => {
    // Each further token costs 0.4 ms to verify and 0.1 ms to draft.
    assert.equal(goodputOf(rates(0), 0.1, COSTS, 0), 1);
    assert.ok(Math.abs(goodputOf({ first: 0.5, later: 0.8 }, 0.1, COSTS, 2) - 1.9 / 2) < 1e-12);
    assert.equal(bestLength(rates(0.4), 0.1, COSTS), 0);
    assert.ok(bestLength(rates(0.9), 0.1, COSTS) >= 3);
    assert.ok(bestGoodput(rates(0.9), 0.1, COSTS) > bestGoodput(rates(0.9), 0.3, COSTS));
  });
});

describe('guesses that tell something', () => {
  it('are those that were reached', () => {
    assert.deepEqual(talliesOf({ drafted: [10, 10, 4], accepted: [6, 3, 1] }), {
      first: { accepted: 6, refused: 4 },
      later: { accepted: 4, refused: 5 },
    });
    assert.equal(talliesOf({ drafted: [], accepted: [] }), undefined);
  });
});

describe('the routing policy', () => {
  it('compares times of one machine: of drafts that have not run here, by those that have', () => {
    const drafts = [
      { id: 'first', tokenMs: undefined, measured: {} },
      draftOf('sql', { sql: 0.7 }, 0.3),
      draftOf('math', { math: 0.7 }, 0.3),
    ];
    const policy = policyOf(drafts);
    const chosenAt = (draftTokenMs: Record<string, number>): string | undefined => {
      policy.setCosts({ ...COSTS, draftTokenMs });
      return policy.choose('sql').draft;
    };
    assert.equal(chosenAt({ first: 0.03 }), 'first', 'it is not known that the others are faster here, too');
    assert.equal(chosenAt({ first: 0.03, math: 0.1 }), 'sql');
    assert.equal(chosenAt({ first: 0.03, math: 0.1, sql: 0.3 }), 'first');
  });

  it('takes what promises most: acceptance and cost together', () => {
    const policy = policyOf([
      draftOf('general', { sql: 0.6, chat: 0.6 }),
      draftOf('sql', { sql: 0.85, chat: 0.2 }),
      draftOf('dear', { sql: 0.9, chat: 0.9 }, 2),
    ]);
    assert.equal(policy.choose('sql').draft, 'sql');
    assert.equal(policy.choose('chat').draft, 'general');
    assert.match(
      policy.choose('sql').reason,
      /promises most for 'sql' \(85 % of first guesses right, as measured\)/,
    );
    assert.equal(policyOf([]).choose('sql').draft, undefined);
    // Where guessing pays with neither, the better one all the same.
    policy.setCosts({ oneTokenMs: 1, eightTokensMs: 8 });
    assert.deepEqual([policy.choose('sql').draft, policy.choose('chat').draft], ['sql', 'general']);
  });

  it('learns that another draft is better', () => {
    const random = randomNumbers(5);
    const policy = policyOf([draftOf('a', { x: 0.8 }), draftOf('b', { x: 0.75 })]);
    for (let at = 0; at < 20; at++) policy.observe('x', 'a', guessesOf(0.65, random));
    assert.equal(policy.choose('x').draft, 'b');
    assert.equal(policy.choose('y').draft, policy.choose('y').draft);
    assert.ok(Math.abs(policy.known()['x']!['a']!.rate - 0.65) < 0.08);
  });

  it('explores no more than its share, and not at all without one', () => {
    const drafts = [draftOf('a', { x: 0.7 }), draftOf('b', { x: 0.68 }), draftOf('c', { x: 0.66 })];
    for (const share of [0, 0.05]) {
      const random = randomNumbers(7);
      const policy = policyOf(drafts, share);
      let explored = 0;
      for (let at = 0; at < 2000; at++) {
        const choice = policy.choose('x');
        if (choice.explored) explored += 1;
        policy.observe('x', choice.draft!, guessesOf(0.7, random));
      }
      assert.ok(explored <= 3 + share * 2000, `${explored} at ${share}`);
      assert.ok(share === 0 || explored > 10);
    }
  });

  it('notices that a task has changed, tries each draft once, and settles on the best', () => {
    const random = randomNumbers(11);
    const policy = policyOf([draftOf('a', { x: 0.8 }), draftOf('b', { x: 0.2 }), draftOf('c', { x: 0.3 })]);
    const serve = (truth: Record<string, number>): [string, TaskChange | undefined] => {
      const draft = policy.choose('x').draft!;
      return [draft, policy.observe('x', draft, guessesOf(truth[draft]!, random))];
    };
    for (let at = 0; at < 300; at++) assert.deepEqual(serve({ a: 0.8, b: 0.2, c: 0.3 }), ['a', undefined]);
    const seen: string[] = [];
    let change: TaskChange | undefined;
    for (let at = 0; at < 40; at++) {
      const [draft, told] = serve({ a: 0.3, b: 0.85, c: 0.3 });
      seen.push(draft);
      change ??= told;
    }
    assert.deepEqual([change?.task, change?.draft], ['x', 'a']);
    assert.ok(change!.was - change!.is > 0.2);
    assert.ok(seen.includes('c'));
    assert.deepEqual(new Set(seen.slice(-25)), new Set(['b']));
  });

  it('keeps what it learned of drafts that stay when others come and go', () => {
    const random = randomNumbers(13);
    const [a, b] = [draftOf('a', { x: 0.8 }), draftOf('b', { x: 0.7 })];
    const policy = policyOf([a, b]);
    for (let at = 0; at < 20; at++) policy.observe('x', 'a', guessesOf(0.5, random));
    policy.setDrafts([a, draftOf('c', { x: 0.6 })]);
    assert.equal(policy.choose('x').draft, 'c');
    assert.equal(policy.observe('x', 'b', guessesOf(0.5, random)), undefined);
    // Another draft of the same name begins anew.
    policy.setDrafts([draftOf('a', { x: 0.9 }), draftOf('c', { x: 0.6 })]);
    assert.equal(policy.choose('x').draft, 'a');
  });
});

describe('unsure prompts', () => {
  it('are a new task when they become many, told once', () => {
    const random = randomNumbers(17);
    const share = new UnsureShare();
    for (let at = 0; at < 3000; at++) assert.equal(share.push(random() < 0.1), false);
    const told = Array.from({ length: 200 }, () => share.push(random() < 0.9)).filter(Boolean);
    assert.equal(told.length, 1);
  });
});
