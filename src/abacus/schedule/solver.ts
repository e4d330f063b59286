/**
 * The best assignment by an established solver, HiGHS (Huangfu and Hall, "Parallelizing the dual revised simplex method",
 * 2018; WebAssembly build of the npm package `highs`): one binary variable for each job and machine that it fits, and the
 * time at which all is done to be least.
 */
import { assert, ForetokenError } from '../../base/errors.js';
import type { Workload } from './jobs.js';
import { eligible, longestFirst, makespanMs, type Assignment } from './policies.js';

export interface Solved {
  readonly assignment: Assignment;
  /** Whether it is proved that nothing is better; else it is the best that was found in the time. */
  readonly optimal: boolean;
}

export interface SolverOptions {
  readonly seconds?: number;
  /** Done when it is proved that no assignment is better by more than this share. */
  readonly gap?: number;
}

/** The format has lines of some hundred characters at most. */
const TERMS_A_LINE = 8;

function summed(terms: readonly string[]): string {
  const parts: string[] = [];
  for (let at = 0; at < terms.length; at += TERMS_A_LINE)
    parts.push(terms.slice(at, at + TERMS_A_LINE).join(' + '));
  return parts.join('\n + ');
}

const SECONDS = 10;
const GAP = 0.001;

/** @throws ForetokenError `internal_error` when the solver fails */
export async function solve(workload: Workload, options: SolverOptions = {}): Promise<Solved> {
  const { seconds = SECONDS, gap = GAP } = options;
  const quick = longestFirst(workload);
  // Times in units of the longest machine of the quick answer, so that the solver's tolerances mean something.
  const unit = makespanMs(workload, quick);
  const allowed = eligible(workload);
  const variable = (job: number, machine: number): string => `x_${job}_${machine}`;
  const lines = ['Minimize', ' obj: c', 'Subject To'];
  allowed.forEach((machines, job) => {
    lines.push(` j${job}: ${summed(machines.map((machine) => variable(job, machine)))} = 1`);
  });
  workload.machines.forEach((_, machine) => {
    const terms = workload.jobs.flatMap(({ timeMs }, job) =>
      allowed[job]!.includes(machine)
        ? [`${(timeMs[machine]! / unit).toFixed(9)} ${variable(job, machine)}`]
        : [],
    );
    if (terms.length > 0) lines.push(` m${machine}: ${summed(terms)} - c <= 0`);
  });
  lines.push('Bounds', ' 0 <= c <= 1.000001', 'Binary');
  allowed.forEach((machines, job) => {
    for (const machine of machines) lines.push(` ${variable(job, machine)}`);
  });
  lines.push('End');
  const { default: module } = await import('highs');
  // Its types are written for the CommonJS form of the package; the other form exports the function itself.
  const solver = await (module as unknown as (typeof module)['default'])();
  let solution: ReturnType<typeof solver.solve>;
  try {
    solution = solver.solve(lines.join('\n'), { time_limit: seconds, mip_rel_gap: gap, output_flag: false });
  } catch (cause) {
    throw new ForetokenError('internal_error', 'The solver failed; --policy longest-first does without it.', {
      cause,
    });
  }
  const columns = solution.Columns as Readonly<Record<string, { readonly Primal?: number }>>;
  const found = allowed.map((machines, job) =>
    machines.find((machine) => (columns[variable(job, machine)]?.Primal ?? 0) > 0.5),
  );
  // Out of time before anything was found: the quick answer is given.
  if (found.some((machine) => machine === undefined)) return { assignment: quick, optimal: false };
  const assignment = found as number[];
  assert(assignment.length === workload.jobs.length, 'the solver assigned all jobs');
  const better = makespanMs(workload, assignment) <= unit ? assignment : quick;
  return { assignment: better, optimal: solution.Status === 'Optimal' };
}
