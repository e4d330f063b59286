/**
 * The promise of the planner as numbers, in virtual time and therefore exact: how much of what was there to be
 * had it misses, on machines and work of many kinds. Here, on work that does not change.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bestInHindsight, regret } from './oracle.js';
import { AUTO, ORACLE } from './policies.js';
import { simulate } from './simulate.js';
import { ACCEPTANCES, machineOf, MACHINES, percent, workOf } from './test-regret.js';

describe('regret on stationary work is under 3.5 % of the oracle', () => {
  for (const curve of MACHINES) {
    for (const inFlight of [1, 16]) {
      it(`${curve}, ${inFlight} in flight`, () => {
        const failures: string[] = [];
        for (const acceptance of ACCEPTANCES) {
          const workload = workOf({ acceptance }, { inFlight });
          const machine = machineOf(curve, inFlight);
          const missed = regret(simulate(workload, machine, AUTO), simulate(workload, machine, ORACLE));
          if (missed >= 0.035) failures.push(`acceptance ${acceptance}: ${percent(missed)}`);
        }
        assert.deepEqual(failures, []);
      });
    }
  }
});

describe('auto is no worse than the best fixed choice in hindsight', () => {
  for (const curve of MACHINES) {
    it(curve, () => {
      const failures: string[] = [];
      for (const acceptance of ACCEPTANCES) {
        const workload = workOf({ acceptance });
        const machine = machineOf(curve, 1, { proposers: ['draft'] });
        const { best } = bestInHindsight(workload, machine, [1, 2, 3, 5, 8]);
        const missed = regret(simulate(workload, machine, AUTO), best);
        if (missed >= 0.02) failures.push(`acceptance ${acceptance}: ${percent(missed)} of ${best.policy}`);
      }
      assert.deepEqual(failures, []);
    });
  }
});

describe('with many in flight, auto misses', () => {
  it('less than 2 % of the best fixed choice on GPUs', () => {
    const failures: string[] = [];
    for (const curve of ['gpu-7b', 'moe-30b'] as const) {
      const workload = workOf({ acceptance: 0.8 }, { inFlight: 16 });
      const machine = machineOf(curve, 16, { proposers: ['draft'] });
      const { best } = bestInHindsight(workload, machine, [3, 5, 8]);
      const missed = regret(simulate(workload, machine, AUTO), best);
      if (missed >= 0.02) failures.push(`${curve}: ${percent(missed)} of ${best.policy}`);
    }
    assert.deepEqual(failures, []);
  });
});
