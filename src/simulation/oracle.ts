/**
 * What could have been reached: the best fixed choice in hindsight, for all tasks together and for each, and
 * the share of it that a policy missed. The oracle itself, the planner with the true probabilities, is a policy
 * like the others (`ORACLE`).
 */
import type { SimMetrics } from './metrics.js';
import { fixedPolicy, OFF, type FixedChoice } from './policies.js';
import { simulate, type SimulationOptions } from './simulate.js';
import type { Workload } from './workload.js';

export interface Hindsight {
  readonly best: SimMetrics;
  /** Each task with the choice that served it best; `best` where that is no worse. */
  readonly byTask: SimMetrics;
}

/** Share of the goodput that was there to be had and was not reached; negative where it was exceeded. */
export function regret(reached: SimMetrics, best: SimMetrics): number {
  return 1 - reached.tokenGoodput / best.tokenGoodput;
}

/** Tries every choice on the same workload, no guesses included. */
export function bestInHindsight(
  workload: Workload,
  machine: SimulationOptions,
  lengths: readonly number[],
): Hindsight {
  const proposers = machine.proposers.filter((proposer) => proposer !== 'draft' || machine.draft);
  const choices = [
    { length: 0, proposer: 'draft' } as const,
    ...proposers.flatMap((proposer) => lengths.map((length): FixedChoice => ({ length, proposer }))),
  ];
  const run = (...chosen: FixedChoice[]): SimMetrics =>
    simulate(workload, machine, chosen.every(({ length }) => length === 0) ? OFF : fixedPolicy(...chosen));
  const runs = choices.map((choice) => ({ choice, metrics: run(choice) }));
  const leastBy = (valueOf: (metrics: SimMetrics) => number): (typeof runs)[number] =>
    runs.reduce((least, one) => (valueOf(one.metrics) < valueOf(least.metrics) ? one : least));
  const best = leastBy(({ tokenGoodput }) => -tokenGoodput).metrics;
  if (workload.tasks.length === 1) return { best, byTask: best };
  const byTask = run(
    ...workload.tasks.map((_, label) => leastBy(({ tasks }) => tasks[label]!.tpotMs.mean).choice),
  );
  return { best, byTask: byTask.tokenGoodput > best.tokenGoodput ? byTask : best };
}
