/** A worker of `study.ts`: takes one job after the other and answers each. */
import { parentPort } from 'node:worker_threads';
import { assert } from '../base/errors.js';
import { parsePolicies } from './policies.js';
import { bestLengthAfter, recoveryOf, type Change } from './recovery.js';
import { simulate } from './simulate.js';
import { machineOf, workloadOf, type Cell } from './study-set.js';

export type Job =
  /** The goodput of each policy, tokens a second, over a workload of the set. */
  | {
      readonly kind: 'goodput';
      readonly cell: Cell;
      readonly seed: number;
      readonly policies: readonly string[];
    }
  | { readonly kind: 'best length'; readonly change: Change; readonly seed: number }
  | { readonly kind: 'recovery'; readonly change: Change; readonly seed: number; readonly length: number };

export interface Answers {
  readonly goodput: readonly number[];
  readonly 'best length': number;
  readonly recovery: number | undefined;
}

function answer(job: Job): Answers[Job['kind']] {
  if (job.kind === 'best length') return bestLengthAfter(job.change, job.seed);
  if (job.kind === 'recovery') return recoveryOf(job.change, job.seed, job.length);
  const workload = workloadOf(job.cell, job.seed);
  const machine = machineOf(job.cell.curve, job.cell.inFlight);
  return parsePolicies(job.policies.join(), 'draft').map(
    (policy) => simulate(workload, machine, policy).tokenGoodput,
  );
}

assert(parentPort !== null, 'simulation/study-thread.js runs as a worker only');
const port = parentPort;
port.on('message', (job: Job) => {
  port.postMessage(answer(job));
});
