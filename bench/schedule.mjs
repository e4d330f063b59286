/**
 * Ways to give training jobs to machines, on random workloads: how long until all is done, beside the best that is proved
 * possible, and how long the choosing takes. Half of the jobs fit the large machines only.
 *
 *   node bench/schedule.mjs
 */
import {
  firstFit,
  genetic,
  longestFirst,
  makespanMs,
  randomAssignment,
} from '../dist/abacus/schedule/policies.js';
import { solve } from '../dist/abacus/schedule/solver.js';
import { randomNumbers } from '../dist/base/random.js';
import { readOptions } from './lib/options.mjs';
import { describeMachine, machineLine } from './lib/machine.mjs';
import { percent, quantile, table } from './lib/statistics.mjs';

const options = readOptions('Training jobs onto machines, by several policies.', {
  workloads: { type: 'number', default: 12, help: 'random workloads of each size, seeds from 1' },
  seconds: { type: 'number', default: 3, help: 'time for the solver' },
});

/** @param {number} seed @param {number} machines @param {number} jobs */
function workloadOf(seed, machines, jobs) {
  const random = randomNumbers(seed * 1009 + machines * 31 + jobs);
  const GB = 1e9;
  const speeds = Array.from({ length: machines }, () => 0.5 + 1.5 * random());
  return {
    machines: speeds.map((_, at) => ({ name: `m${at}`, memoryBytes: (at % 2 === 0 ? 24 : 11) * GB })),
    jobs: Array.from({ length: jobs }, (_, job) => {
      const work = 60_000 * Math.exp(2.5 * random());
      const memory = (2 + 20 * random()) * GB;
      // Networks like some machines better than others.
      return {
        name: `j${job}`,
        timeMs: speeds.map((speed) => (work / speed) * (0.8 + 0.4 * random())),
        memoryBytes: speeds.map(() => memory),
      };
    }),
  };
}

/** @type {[string, (workload: any, seed: number) => Promise<readonly number[]>][]} */
const POLICIES = [
  ['random', async (workload, seed) => randomAssignment(workload, seed)],
  ['first fit', async (workload) => firstFit(workload)],
  ['longest first', async (workload) => longestFirst(workload)],
  ['genetic algorithm (the paper)', async (workload, seed) => genetic(workload, seed)],
  ['solver (HiGHS)', async (workload) => (await solve(workload, { seconds: options.seconds })).assignment],
];

console.log(machineLine(describeMachine()));
for (const [machines, jobs] of [
  [2, 20],
  [4, 40],
  [8, 100],
]) {
  /** @type {Map<string, { over: number[], ms: number[] }>} */
  const results = new Map(POLICIES.map(([name]) => [name, { over: [], ms: [] }]));
  for (let seed = 1; seed <= options.workloads; seed += 1) {
    const workload = workloadOf(seed, machines, jobs);
    const spans = [];
    for (const [name, policy] of POLICIES) {
      const started = performance.now();
      const assignment = await policy(workload, seed);
      results.get(name)?.ms.push(performance.now() - started);
      spans.push(makespanMs(workload, assignment));
    }
    const best = Math.min(...spans);
    POLICIES.forEach(([name], at) => results.get(name)?.over.push(spans[at] / best - 1));
  }
  console.log(`\n${jobs} jobs on ${machines} machines, ${options.workloads} workloads\n`);
  console.log(
    table(
      ['policy', 'later than the best, mean', 'worst', 'chosen in'],
      [...results].map(([name, { over, ms }]) => [
        name,
        percent(over.reduce((sum, one) => sum + one, 0) / over.length),
        percent(Math.max(...over)),
        `${quantile(ms, 0.5).toFixed(ms[0] < 10 ? 1 : 0)} ms`,
      ]),
    ),
  );
}
