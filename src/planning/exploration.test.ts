import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeMs, ONLY_DRAFT, type CostTable } from '../costs/cost-table.js';
import { MACHINE, oneDraft } from '../costs/test-machines.js';
import { Exploration } from './exploration.js';
import type { PlanInput } from './types.js';

/** A draft that is as fast for many as for one. */
const FLAT: CostTable = { ...MACHINE, drafts: oneDraft({ tokens: [1, 64], ms: [0.5, 0.5] }) };
/** One that takes as much longer as there are more. */
const STEEP: CostTable = { ...MACHINE, drafts: oneDraft({ tokens: [1, 64], ms: [0.5, 32] }) };

function inputOf(count: number, costs: CostTable): PlanInput {
  const options = [{ source: 'draft' as const, survival: [0.1], catchUp: 1, catchUpShare: 1 }];
  const requests = Array.from({ length: count }, (_, id) => {
    return { id, sequence: id, context: 10, fixed: false, options };
  });
  const rest = { prefill: [], prefillTokenCells: 0, unified: true };
  return { ...rest, requests, costs };
}

/** Who is probed when there is time for it. */
function firstProbe(
  exploration: Exploration,
  input: PlanInput,
  catchUp = (): number => 1,
): readonly number[] {
  for (let step = 0; step < 10_000; step++) {
    const probed = exploration.choose(input, catchUp);
    if (probed.length > 0) return probed;
    exploration.earn(10);
  }
  return [];
}

describe('exploration', () => {
  it('probes all at once where that costs little more than one, and otherwise few', () => {
    assert.deepEqual(firstProbe(new Exploration(), inputOf(4, FLAT)), [0, 1, 2, 3]);
    assert.equal(firstProbe(new Exploration(), inputOf(4, STEEP)).length, 2);
  });

  it('takes those first that have least to catch up on', () => {
    const catchUps = [30, 2, 1, 25];
    const exploration = new Exploration();
    const probed = firstProbe(exploration, inputOf(4, STEEP), (request = 0) => catchUps[request]!);
    assert.equal(probed[0], 2);
  });

  it('spends half a per cent of the time', () => {
    const exploration = new Exploration();
    const input = inputOf(4, FLAT);
    let spentMs = 0;
    const steps = 20_000;
    for (let step = 0; step < steps; step++) {
      const probed = exploration.choose(input, () => 1);
      if (probed.length > 0)
        spentMs += 2 * decodeMs(FLAT.drafts[ONLY_DRAFT], { tokens: probed.length, tokenCells: 0 });
      exploration.earn(2);
    }
    assert.ok(spentMs <= 0.006 * 2 * steps && spentMs > 0.003 * 2 * steps, `${spentMs} ms`);
  });

  it('probes nobody who has no draft or fixes what is guessed', () => {
    const input = inputOf(2, FLAT);
    const nobody = input.requests.map((request) => ({ ...request, options: [] }));
    const fixed = input.requests.map((request) => ({ ...request, fixed: true }));
    for (const requests of [nobody, fixed, []])
      assert.deepEqual(firstProbe(new Exploration(), { ...input, requests }), []);
  });
});
