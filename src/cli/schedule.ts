/** `foretoken schedule`: training jobs onto machines, without running out of memory, so that all are done soon. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { readWorkload, type Workload } from '../abacus/schedule/jobs.js';
import { networkJobPredictor } from '../abacus/schedule/network-jobs.js';
import {
  assertFits,
  firstFit,
  genetic,
  loads,
  longestFirst,
  makespanMs,
  randomAssignment,
  type Assignment,
} from '../abacus/schedule/policies.js';
import { solve } from '../abacus/schedule/solver.js';
import { ForetokenError } from '../base/errors.js';
import { plainLine } from '../base/plain-line.js';
import { sizeText } from '../base/size-text.js';
import type { ScheduleFlags } from './flags/schedule.js';
import { table } from './terminal.js';

const MOST_BYTES = 2 ** 24;

export async function schedule(file: string, flags: ScheduleFlags): Promise<void> {
  const predict = networkJobPredictor(path.dirname(path.resolve(file)));
  const workload = await readWorkload(textOf(file), file, predict);
  const { assignment, optimal } = await assigned(workload, flags);
  assertFits(workload, assignment);
  const done = loads(workload, assignment);
  const { machines, jobs } = workload;
  const plan = machines.map((machine, at) => ({
    machine: machine.name,
    done_ms: done[at]!,
    jobs: jobs.flatMap(({ name, timeMs, memoryBytes }, job) =>
      assignment[job] === at ? [{ name, time_ms: timeMs[at]!, memory_bytes: memoryBytes[at]! }] : [],
    ),
  }));
  if (flags.json === true) {
    const all = {
      policy: flags.policy,
      makespan_ms: makespanMs(workload, assignment),
      optimal,
      machines: plan,
    };
    process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
    return;
  }
  const rows = plan.map((one) => [
    plainLine(one.machine),
    timeText(one.done_ms),
    one.jobs.length === 0 ? '' : sizeText(Math.max(...one.jobs.map((job) => job.memory_bytes))),
    one.jobs.map(({ name }) => plainLine(name)).join(', '),
  ]);
  process.stdout.write(
    `${table([['machine', 'done after', 'most memory', 'jobs, one after the other'], ...rows], 'left')}\n` +
      `all done after ${timeText(makespanMs(workload, assignment))}${optimal ? ', which is the best there is' : ''}\n`,
  );
}

async function assigned(
  workload: Workload,
  { policy, seconds, seed }: ScheduleFlags,
): Promise<{ readonly assignment: Assignment; readonly optimal: boolean }> {
  if (policy === 'solver') return solve(workload, { seconds });
  const by = {
    genetic: () => genetic(workload, seed),
    'longest-first': () => longestFirst(workload),
    'first-fit': () => firstFit(workload),
    random: () => randomAssignment(workload, seed),
  };
  return { assignment: by[policy](), optimal: false };
}

function textOf(file: string): string {
  try {
    if (statSync(file).size > MOST_BYTES) throw new Error('it is too large');
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ForetokenError(
      'file_not_found',
      `The jobs ${file} cannot be read: ${(cause as Error).message}.`,
      {
        param: 'jobs',
        cause,
      },
    );
  }
}

function timeText(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 7_200_000 ? `${(ms / 60_000).toFixed(1)} min` : `${(ms / 3_600_000).toFixed(1)} h`;
}
