/**
 * The promise of the planner as numbers, in virtual time and therefore exact: how much of what was there to be
 * had it misses, on machines and work of many kinds.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CURVES, type CurveName, type NamedCurve } from './curves.js';
import type { SimMetrics } from './metrics.js';
import { bestInHindsight, regret } from './oracle.js';
import { AUTO, fixedPolicy, OFF, ORACLE, type Policy } from './policies.js';
import { simulate, type SimulationOptions } from './simulate.js';
import { MIXES, PLAIN_TASK, type Shift, type SimTask } from './tasks.js';
import { makeWorkload, type Arrivals, type Workload } from './workload.js';

const MACHINES = ['demo', 'amx', 'gpu-7b', 'moe-30b'] as const satisfies readonly CurveName[];
const ACCEPTANCES = [0.2, 0.5, 0.8, 0.95];

function machineOf(
  curve: CurveName,
  parallel: number,
  more: Partial<SimulationOptions> = {},
): SimulationOptions {
  const named: NamedCurve = CURVES[curve];
  return {
    costs: named.costs,
    besideMs: named.besideMs,
    // No outliers: one that meets a prompt outweighs all that the planner can win or lose. Mishaps have tests below.
    noise: { sigma: 0.05, outliers: 0, outlierFactor: 20 },
    mishaps: [],
    parallel,
    batchSize: Math.max(512, 17 * parallel),
    draft: true,
    // As served: processors with a stream for each request, a GPU with one pool of cells.
    unified: named.unified,
    calibrated: false,
    mostGuesses: 16,
    proposers: ['lookup', 'suffix', 'draft'],
    ...more,
  };
}

interface Work {
  readonly inFlight?: number;
  readonly requests?: number;
  readonly arrivals?: Arrivals;
  readonly shifts?: readonly Shift[];
  readonly tasks?: readonly SimTask[];
  readonly seed?: number;
}

function workOf(task: Partial<SimTask>, { inFlight = 1, ...more }: Work = {}): Workload {
  return makeWorkload({
    requests: inFlight === 1 ? 60 : 200,
    arrivals: { kind: 'closed', inFlight },
    tasks: [{ ...PLAIN_TASK, ...task }],
    shifts: [],
    seed: 7,
    ...more,
  });
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function assertRegret(name: string, reached: SimMetrics, best: SimMetrics, most: number): void {
  const missed = regret(reached, best);
  assert.ok(missed < most, `${name}: auto misses ${percent(missed)} of what ${best.policy} reaches`);
}

describe('regret on stationary work is under 3 % of the oracle', () => {
  for (const curve of MACHINES) {
    for (const inFlight of [1, 16]) {
      it(`${curve}, ${inFlight} in flight`, () => {
        const failures: string[] = [];
        for (const acceptance of ACCEPTANCES) {
          const workload = workOf({ acceptance }, { inFlight });
          const machine = machineOf(curve, inFlight);
          const missed = regret(simulate(workload, machine, AUTO), simulate(workload, machine, ORACLE));
          if (missed >= 0.03) failures.push(`acceptance ${acceptance}: ${percent(missed)}`);
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
        const missed = regret(simulate(workload, machine, AUTO), best.metrics);
        if (missed >= 0.02)
          failures.push(`acceptance ${acceptance}: ${percent(missed)} of ${best.metrics.policy}`);
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
      const missed = regret(simulate(workload, machine, AUTO), best.metrics);
      if (missed >= 0.02) failures.push(`${curve}: ${percent(missed)} of ${best.metrics.policy}`);
    }
    assert.deepEqual(failures, []);
  });

  /** Noise in the calibration decides, so over seeds: one run misses little or much by luck. */
  it('less than 3 % of the oracle after a calibration of its own, in the mean of seven seeds, and never 6 %', () => {
    const failures: string[] = [];
    for (const curve of MACHINES) {
      for (const acceptance of [0.8, 0.95]) {
        const machine = machineOf(curve, 16, { calibrated: true });
        const missed = [1, 2, 3, 4, 5, 6, 7].map((seed) => {
          const workload = workOf({ acceptance }, { inFlight: 16, seed });
          return regret(simulate(workload, machine, AUTO), simulate(workload, machine, ORACLE));
        });
        const mean = missed.reduce((sum, one) => sum + one, 0) / missed.length;
        if (mean >= 0.03 || Math.max(...missed) >= 0.06)
          failures.push(`${curve}, acceptance ${acceptance}: ${missed.map(percent).join(', ')}`);
      }
    }
    assert.deepEqual(failures, []);
  });
});

describe('regret across abrupt shifts of acceptance is under 8 % of the oracle', () => {
  const shifts: readonly Shift[] = [
    { at: 0.25, acceptance: 0.1 },
    { at: 0.5, acceptance: 0.95 },
    { at: 0.75, acceptance: 0.3 },
  ];
  for (const curve of MACHINES) {
    for (const inFlight of [1, 16]) {
      it(`${curve}, ${inFlight} in flight`, () => {
        const workload = workOf({ acceptance: 0.85 }, { inFlight, shifts });
        const machine = machineOf(curve, inFlight);
        assertRegret(curve, simulate(workload, machine, AUTO), simulate(workload, machine, ORACLE), 0.08);
      });
    }
  }
});

describe('a GPU with a cliff between eight tokens and nine', () => {
  const inFlights = [1, 4, 8, 16];
  const machineAt = (inFlight: number): SimulationOptions =>
    machineOf('h200-6b', inFlight, { calibrated: true });

  it('gains wherever its costs allow, and is nowhere under 0.98x of no guesses', () => {
    // What the same planner reaches with the true probabilities, less 4 %: 1.65x, 1.1x, 1.2x and 1.7x of no guesses.
    const failures: string[] = [];
    for (const inFlight of inFlights) {
      const workload = workOf({}, { inFlight, tasks: MIXES.demo, requests: 45 + 15 * inFlight });
      const [off, auto, oracle] = [OFF, AUTO, ORACLE].map((policy) =>
        simulate(workload, machineAt(inFlight), policy),
      );
      const gain = auto!.tokenGoodput / off!.tokenGoodput;
      if (gain < 0.98) failures.push(`${inFlight} in flight: ${gain.toFixed(2)}x`);
      const missed = regret(auto!, oracle!);
      if (missed >= 0.04) failures.push(`${inFlight} in flight misses ${percent(missed)} of the oracle`);
      const least = { 1: 1.5, 4: 1.03, 8: 1.12, 16: 1.5 }[inFlight]!;
      if (gain < least) failures.push(`${inFlight} in flight gains ${gain.toFixed(2)}x instead of ${least}x`);
    }
    assert.deepEqual(failures, []);
  });

  it('is no slower with a draft that is never right', () => {
    for (const inFlight of inFlights) {
      const workload = workOf({ acceptance: 0, spread: 0 }, { inFlight, requests: 30 + 10 * inFlight });
      const [off, auto] = [OFF, AUTO].map((policy) => simulate(workload, machineAt(inFlight), policy));
      assertRegret(`${inFlight} in flight`, auto!, off!, 0.02);
    }
  });

  it('finds lengths beyond the cliff where those pay, and stays before it where they do not', () => {
    const lengthsAt = (acceptance: number, inFlight: number): number => {
      const workload = workOf({ acceptance, spread: 0 }, { inFlight, requests: 20 + 10 * inFlight });
      const { lengths } = simulate(workload, machineAt(inFlight), AUTO);
      const total = lengths.reduce((sum, count) => sum + count, 0);
      return lengths.reduce((sum, count, length) => sum + count * length, 0) / total;
    };
    // Four requests: with one guess each eight tokens, with two already twelve at twice the price. So it is one or
    // many, and many only where nearly all stand.
    assert.ok(lengthsAt(0.97, 4) > 4, `${lengthsAt(0.97, 4)} guesses for each of four`);
    assert.ok(lengthsAt(0.6, 4) < 1.2, `${lengthsAt(0.6, 4)} guesses for each of four`);
    // Sixteen are beyond it without any.
    assert.ok(lengthsAt(0.8, 16) > 2, `${lengthsAt(0.8, 16)} guesses for each of sixteen`);
  });

  it('foretells steps within 15 % in nine of ten', () => {
    for (const inFlight of inFlights) {
      const workload = workOf({}, { inFlight, tasks: MIXES.demo, requests: 45 + 15 * inFlight });
      const { predictionError } = simulate(workload, machineAt(inFlight), AUTO);
      assert.ok(predictionError.p90 < 0.15, `${inFlight} in flight: ${percent(predictionError.p90)}`);
    }
  });
});

describe('a draft that is worse than useless', () => {
  for (const curve of MACHINES) {
    it(`costs auto no more than 2 % on ${curve}`, () => {
      for (const inFlight of [1, 16]) {
        const workload = workOf({ acceptance: 0, spread: 0 }, { inFlight });
        const machine = machineOf(curve, inFlight);
        assertRegret(
          `${inFlight} in flight`,
          simulate(workload, machine, AUTO),
          simulate(workload, machine, OFF),
          0.02,
        );
      }
    });
  }
});

describe('work of many kinds', () => {
  it('gives each task what suits it, and is no worse than the best fixed choice for each', () => {
    const machine = machineOf('amx', 1);
    const workload = workOf({}, { tasks: MIXES.demo, requests: 120 });
    const { best, byTask, runs } = bestInHindsight(workload, machine, [1, 3, 5, 8]);
    assert.equal(runs.length, 1 + 3 * 4);
    assert.ok(regret(best.metrics, byTask.metrics) >= 0);
    assertRegret('amx', simulate(workload, machine, AUTO), byTask.metrics, 0.02);
  });

  it('copies where copying pays', () => {
    const machine = machineOf('amx', 1, { proposers: ['lookup', 'suffix'], draft: false });
    const workload = workOf({}, { tasks: MIXES.copy, requests: 80 });
    const auto = simulate(workload, machine, AUTO);
    assert.ok(auto.tokenGoodput > 1.5 * simulate(workload, machine, OFF).tokenGoodput);
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

describe('mishaps', () => {
  for (const [name, mishap] of [
    ['a step that takes 100 times as long', { kind: 'stall', decode: 500, factor: 100 }],
    ['a clock that jumps back', { kind: 'clock', decode: 500, jumpMs: -60_000 }],
    ['a clock that jumps ahead', { kind: 'clock', decode: 500, jumpMs: 60_000 }],
  ] as const) {
    it(`${name}: planned as before soon after`, () => {
      const workload = workOf({});
      const late = (mishaps: SimulationOptions['mishaps']): number => {
        const { stretches } = simulate(workload, machineOf('amx', 1, { mishaps }), AUTO);
        const half = stretches.slice(stretches.length / 2);
        return half.reduce((sum, { tokenGoodput }) => sum + tokenGoodput, 0) / half.length;
      };
      assert.ok(late([mishap]) > 0.97 * late([]), `${late([mishap])} instead of ${late([])} tokens a second`);
    });
  }
});
