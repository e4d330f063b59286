/** Studies over one workload each: what they compare is there, and figures are what they say. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { MECHANISMS } from '../planning/mechanisms.js';
import { AUTO, withoutPolicy } from './policies.js';
import { CHANGES, recoveryOf } from './recovery.js';
import { judge, recoveries } from './study.js';
import { CELLS } from './study-set.js';

it('judges auto, its parts and other controllers against the best that there was', async () => {
  const cells = CELLS.filter(
    ({ curve, inFlight, kind }) => curve === 'gpu-7b' && inFlight === 1 && kind === 'mixed',
  );
  const { judged, ablated } = await judge(1, { mechanisms: true, peers: true }, undefined, cells);
  assert.deepEqual(
    judged.map(({ policy }) => policy),
    ['auto', 'oracle', 'off', 'ollama', 'autotune'],
  );
  const regretOf = (name: string): number => judged.find(({ policy }) => policy === name)!.regret.mean;
  assert.ok(regretOf('oracle') >= 0, 'the oracle is among what could be reached');
  assert.ok(regretOf('off') > 0.3, `${regretOf('off')} missed without guesses`);
  assert.ok(regretOf('auto') < regretOf('autotune'), 'auto is better than trying lengths at random');
  for (const { regret, bySeed, byKind } of judged) {
    assert.deepEqual([regret.least.value, regret.most.value, ...bySeed], Array(3).fill(regret.mean));
    assert.equal(byKind.get('mixed'), regret.mean);
  }
  assert.deepEqual(
    ablated.map(({ mechanism }) => mechanism),
    [...MECHANISMS],
  );
});

it('finds when goodput is back after a change', async () => {
  const changes = CHANGES.filter(
    ({ curve, inFlight, from }) => curve === 'gpu-7b' && inFlight === 1 && from > 0.5,
  );
  const [recovered] = await recoveries(1, undefined, changes);
  assert.ok(recovered!.bestLength <= 1, `${recovered!.bestLength} guesses of a draft that is wrong`);
  assert.equal(recovered!.requests.length, 1);
  assert.ok(recovered!.requests[0]! <= 50, `${recovered!.requests[0]} requests until it is back`);
});

it('finds a draft again that has become good, which it does not without probes of it', () => {
  const change = CHANGES.find(({ curve, inFlight, to }) => curve === 'gpu-7b' && inFlight === 1 && to > 0.5)!;
  const within = (policy = AUTO): number => recoveryOf(change, 1, 8, policy) ?? Infinity;
  assert.ok(within() <= 25, `${within()} requests`);
  assert.ok(within(withoutPolicy('exploration')) > 50, 'exploration can be deleted');
});
