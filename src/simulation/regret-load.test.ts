/** What the planner misses with many requests in flight, after a calibration of its own, and under load that changes. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SimMetrics } from './metrics.js';
import { regret } from './oracle.js';
import { AUTO, fixedPolicy, OFF, ORACLE, type Policy } from './policies.js';
import { simulate, type SimulationOptions } from './simulate.js';
import { assertRegret, machineOf, MACHINES, percent, workOf } from './test-regret.js';
import type { Arrivals, Workload } from './workload.js';

describe('with 16 in flight, auto misses', () => {
  /** Noise in the calibration decides, so over seeds: one run misses little or much by luck. */
  it('less than 3 % of the oracle after a calibration of its own, in the mean of seven seeds, and never 8 %', () => {
    const failures: string[] = [];
    for (const curve of MACHINES) {
      for (const acceptance of [0.8, 0.95]) {
        const machine = machineOf(curve, 16, { calibrated: true });
        const missed = [1, 2, 3, 4, 5, 6, 7].map((seed) => {
          const workload = workOf({ acceptance }, { inFlight: 16, seed });
          return regret(simulate(workload, machine, AUTO), simulate(workload, machine, ORACLE));
        });
        const mean = missed.reduce((sum, one) => sum + one, 0) / missed.length;
        if (mean >= 0.03 || Math.max(...missed) >= 0.08)
          failures.push(`${curve}, acceptance ${acceptance}: ${missed.map(percent).join(', ')}`);
      }
    }
    assert.deepEqual(failures, []);
  });
});

describe('load', () => {
  /** Everything that a run must keep is checked as it goes (`metrics.ts`); here, that all runs are of the same work. */
  const compare = (
    workload: Workload,
    machine: SimulationOptions,
    policies: readonly Policy[],
  ): SimMetrics[] => {
    const runs = policies.map((policy) => simulate(workload, machine, policy));
    for (const run of runs) {
      assert.equal(run.requests, workload.requests);
      assert.equal(run.outputTokens, workload.outputTokens);
    }
    return runs;
  };

  it('1,000 in flight', { timeout: 300_000 }, () => {
    const workload = workOf({ outputTokens: [48, 80] }, { inFlight: 1000, requests: 1200 });
    const [off, fixed, auto] = compare(workload, machineOf('gpu-7b', 1000), [
      OFF,
      fixedPolicy({ length: 3, proposer: 'draft' }),
      AUTO,
    ]);
    assert.ok(Math.max(...off!.stretches.map(({ meanRunning }) => meanRunning)) > 950);
    assert.ok(fixed!.tokenGoodput < 0.9 * off!.tokenGoodput, 'three guesses for each are too many there');
    assertRegret('1,000 in flight', auto!, off!, 0.02);
  });

  it('a ramp from idle past saturation and back', () => {
    const arrivals: Arrivals = { kind: 'ramp', fromPerSecond: 0.3, toPerSecond: 6 };
    const workload = workOf({}, { arrivals, requests: 300 });
    const [off, auto] = compare(workload, machineOf('amx', 16), [OFF, AUTO]);
    assert.ok(auto!.latencyMs.mean <= 1.02 * off!.latencyMs.mean, `${auto!.latencyMs.mean} ms`);
    assert.ok(auto!.tpotMs.p99 <= 1.2 * off!.tpotMs.p99, `${auto!.tpotMs.p99} ms a token`);
    // Idle at the beginning, where guessing pays, and saturated in between, where little does.
    const [idle] = auto!.stretches;
    const busiest = auto!.stretches.reduce((most, one) => (one.meanRunning > most.meanRunning ? one : most));
    assert.ok(
      idle!.meanRunning < 4 && busiest.meanRunning > 14,
      `${idle!.meanRunning}, ${busiest.meanRunning}`,
    );
    assert.ok(idle!.meanLength > 2 * busiest.meanLength, `${idle!.meanLength}, ${busiest.meanLength}`);
  });

  it('is the same run for the same seed', () => {
    const run = (): Omit<SimMetrics, 'engineUsPerStep'> => {
      const { engineUsPerStep, ...rest } = simulate(workOf({}, { requests: 20 }), machineOf('demo', 1), AUTO);
      assert.ok(engineUsPerStep > 0);
      return rest;
    };
    assert.deepEqual(run(), run());
  });
});
