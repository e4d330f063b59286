/**
 * What the tests of regret share: machines, work, and the verdict.
 * They stand in several files, so that they run side by side.
 */
import assert from 'node:assert/strict';
import type { CurveName } from './curves.js';
import type { SimMetrics } from './metrics.js';
import { regret } from './oracle.js';
import type { SimulationOptions } from './simulate.js';
import { machineOf as studyMachineOf } from './study-set.js';
import { PLAIN_TASK, type Shift, type SimTask } from './tasks.js';
import { makeWorkload, type Arrivals, type Workload } from './workload.js';

export const MACHINES = ['demo', 'amx', 'gpu-7b', 'moe-30b'] as const satisfies readonly CurveName[];
export const ACCEPTANCES = [0.2, 0.5, 0.8, 0.95];

export function machineOf(
  curve: CurveName,
  parallel: number,
  more: Partial<SimulationOptions> = {},
): SimulationOptions {
  return {
    ...studyMachineOf(curve, parallel),
    // No outliers: one that meets a prompt outweighs all that the planner can win or lose. Mishaps have tests of their own.
    noise: { sigma: 0.05, outliers: 0, outlierFactor: 20 },
    calibrated: false,
    ...more,
  };
}

export interface Work {
  readonly inFlight?: number;
  readonly requests?: number;
  readonly arrivals?: Arrivals;
  readonly shifts?: readonly Shift[];
  readonly tasks?: readonly SimTask[];
  readonly seed?: number;
}

export function workOf(task: Partial<SimTask>, { inFlight = 1, ...more }: Work = {}): Workload {
  return makeWorkload({
    requests: inFlight === 1 ? 60 : 200,
    arrivals: { kind: 'closed', inFlight },
    tasks: [{ ...PLAIN_TASK, ...task }],
    shifts: [],
    seed: 7,
    ...more,
  });
}

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

export function assertRegret(name: string, reached: SimMetrics, best: SimMetrics, most: number): void {
  const missed = regret(reached, best);
  assert.ok(missed < most, `${name}: auto misses ${percent(missed)} of what ${best.policy} reaches`);
}
