/**
 * Ways to give jobs to machines that run one job after the other: by chance, in order to whoever is done first, and by a
 * genetic algorithm, as DNNAbacus does (arXiv 2205.12095, section 4.4: assignments as genomes, the time at which all is done
 * as fitness). No job is put where its memory does not suffice.
 */
import { assert } from '../../base/errors.js';
import { randomNumbers } from '../../base/random.js';
import type { Workload } from './jobs.js';

/** [job] index of its machine. */
export type Assignment = readonly number[];

/** [job] machines on which it can run. */
export function eligible({ machines, jobs }: Workload): number[][] {
  return jobs.map(({ timeMs, memoryBytes }) =>
    machines.flatMap((machine, at) =>
      timeMs[at]! < Infinity && memoryBytes[at]! <= machine.memoryBytes ? [at] : [],
    ),
  );
}

/** [machine] when it is done, in milliseconds. */
export function loads({ machines, jobs }: Workload, assignment: Assignment): number[] {
  const done = machines.map(() => 0);
  assignment.forEach((machine, job) => {
    done[machine]! += jobs[job]!.timeMs[machine]!;
  });
  return done;
}

/** When all machines are done, in milliseconds. */
export const makespanMs = (workload: Workload, assignment: Assignment): number =>
  Math.max(...loads(workload, assignment));

/** No job takes more memory than its machine has. */
export function assertFits(workload: Workload, assignment: Assignment): void {
  const allowed = eligible(workload);
  assert(
    assignment.length === workload.jobs.length &&
      assignment.every((machine, job) => allowed[job]!.includes(machine)),
    'a job was put where it does not fit',
  );
}

export function randomAssignment(workload: Workload, seed = 1): Assignment {
  const random = randomNumbers(seed);
  return eligible(workload).map((machines) => machines[Math.floor(random() * machines.length)]!);
}

/** Each job in the order of the file to the machine that would be done with it first. */
export function firstFit(workload: Workload): Assignment {
  return listed(
    workload,
    workload.jobs.map((_, job) => job),
  );
}

/** The same, the longest jobs first (Graham 1969). */
export function longestFirst(workload: Workload): Assignment {
  const least = workload.jobs.map(({ timeMs }) => Math.min(...timeMs));
  return listed(
    workload,
    workload.jobs.map((_, job) => job).sort((a, b) => least[b]! - least[a]!),
  );
}

function listed(workload: Workload, order: readonly number[]): Assignment {
  const allowed = eligible(workload);
  const done = workload.machines.map(() => 0);
  const assignment = workload.jobs.map(() => 0);
  for (const job of order) {
    const { timeMs } = workload.jobs[job]!;
    const after = (machine: number): number => done[machine]! + timeMs[machine]!;
    const best = allowed[job]!.reduce((one, other) => (after(other) < after(one) ? other : one));
    assignment[job] = best;
    done[best] = after(best);
  }
  return assignment;
}

const POPULATION = 60;
const GENERATIONS = 300;
const ELITE = 4;
const CONTESTANTS = 3;

/** Seeded. Generations begin with chance alone, as in the paper. */
export function genetic(workload: Workload, seed = 1, generations = GENERATIONS): Assignment {
  const random = randomNumbers(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const allowed = eligible(workload);
  const rate = 1.5 / workload.jobs.length;
  type Ranked = readonly [genome: Assignment, ms: number];
  const rank = (genomes: readonly Assignment[]): Ranked[] =>
    genomes.map((genome): Ranked => [genome, makespanMs(workload, genome)]).sort(([, a], [, b]) => a - b);
  let ranked = rank(
    Array.from({ length: POPULATION }, () => allowed.map((machines) => machines[below(machines.length)]!)),
  );
  const parent = (): Assignment => {
    let best = POPULATION - 1;
    for (let i = 0; i < CONTESTANTS; i++) best = Math.min(best, below(POPULATION));
    return ranked[best]![0];
  };
  for (let generation = 0; generation < generations; generation++) {
    const children = Array.from({ length: POPULATION - ELITE }, () => {
      const [mother, father] = [parent(), parent()];
      return mother.map((machine, job) => {
        if (random() < rate) return allowed[job]![below(allowed[job]!.length)]!;
        return random() < 0.5 ? machine : father[job]!;
      });
    });
    ranked = rank([...ranked.slice(0, ELITE).map(([genome]) => genome), ...children]);
  }
  return ranked[0]![0];
}
