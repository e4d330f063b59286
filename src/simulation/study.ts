/**
 * Policies judged over many workloads: what each part of `auto` is worth (ablation), what the controllers of other
 * projects reach, and how soon `auto` recovers from a change. Runs on all cores; the figures do not depend on that.
 */
import os from 'node:os';
import { Worker } from 'node:worker_threads';
import { mean } from '../base/statistics.js';
import { MECHANISMS, type Mechanism } from '../planning/mechanisms.js';
import { PEERS } from './policies.js';
import { CHANGES, type Change } from './recovery.js';
import { CELLS, type Cell } from './study-set.js';
import type { Answers, Job } from './study-thread.js';

/** What could be reached: the best of these on each workload. */
const REFERENCES = ['oracle', 'off', 'fixed:2', 'fixed:5'];

/** A mean over workloads, and where it was least and most. */
export interface Spread {
  readonly mean: number;
  readonly least: { readonly value: number; readonly where: Cell };
  readonly most: { readonly value: number; readonly where: Cell };
}

export interface Judged {
  readonly policy: string;
  /** Share of the goodput that was there to be had and was missed. */
  readonly regret: Spread;
  /** [seed] its mean over the workloads. */
  readonly bySeed: readonly number[];
  /** By kind of work. */
  readonly byKind: ReadonlyMap<string, number>;
}

export interface Ablated {
  readonly mechanism: Mechanism;
  /** By how much regret rises without it. */
  readonly change: Spread;
}

export interface Recovered {
  readonly change: Change;
  readonly bestLength: number;
  /** [seed] requests until goodput is back; undefined: not within the run. */
  readonly requests: readonly (number | undefined)[];
}

type Progress = (done: number) => void;

type ByPolicy = ReadonlyMap<string, number>;

interface CellGoodputs {
  readonly cell: Cell;
  /** [seed] */
  readonly seeds: readonly ByPolicy[];
}

export async function judge(
  seeds: number,
  what: { readonly mechanisms: boolean; readonly peers: boolean },
  onProgress: Progress = () => undefined,
  cells: readonly Cell[] = CELLS,
): Promise<{ judged: Judged[]; ablated: Ablated[] }> {
  const peers = what.peers ? PEERS.map(({ name }) => name) : [];
  const mechanisms: readonly Mechanism[] = what.mechanisms ? MECHANISMS : [];
  const policies = ['auto', ...REFERENCES, ...peers, ...mechanisms.map((name) => `without:${name}`)];
  const jobs = cells.flatMap((cell) =>
    Array.from({ length: seeds }, (_, seed): Job => ({ kind: 'goodput', cell, seed: seed + 1, policies })),
  );
  const answers = await runAll<'goodput'>(jobs, onProgress);
  const goodputs = cells.map((cell, at): CellGoodputs => {
    const own = answers.slice(at * seeds, (at + 1) * seeds);
    return {
      cell,
      seeds: own.map((values) => new Map(values.map((value, index) => [policies[index]!, value]))),
    };
  });
  return {
    judged: ['auto', 'oracle', 'off', ...peers].map((policy) => judgedOf(policy, goodputs)),
    ablated: mechanisms.map((mechanism) => ({
      mechanism,
      change: spreadOf(goodputs, (of) => regretOf(of, `without:${mechanism}`) - regretOf(of, 'auto')),
    })),
  };
}

export async function recoveries(
  seeds: number,
  onProgress: Progress = () => undefined,
  changes: readonly Change[] = CHANGES,
): Promise<Recovered[]> {
  const lengths = await runAll<'best length'>(
    changes.map((change): Job => ({ kind: 'best length', change, seed: 1 })),
    (done) => {
      onProgress(done / 3);
    },
  );
  const jobs = changes.flatMap((change, at) =>
    Array.from({ length: seeds }, (_, seed): Job => ({
      kind: 'recovery',
      change,
      seed: seed + 1,
      length: lengths[at]!,
    })),
  );
  const all = await runAll<'recovery'>(jobs, (done) => {
    onProgress((1 + 2 * done) / 3);
  });
  return changes.map((change, at) => ({
    change,
    bestLength: lengths[at]!,
    requests: all.slice(at * seeds, (at + 1) * seeds),
  }));
}

function regretOf(of: ByPolicy, policy: string): number {
  return 1 - of.get(policy)! / Math.max(...REFERENCES.map((name) => of.get(name)!));
}

function judgedOf(policy: string, goodputs: readonly CellGoodputs[]): Judged {
  const regrets = goodputs.map(({ cell, seeds }) => ({
    kind: cell.kind,
    seeds: seeds.map((of) => regretOf(of, policy)),
  }));
  const ofKind = (kind: string): number[] =>
    regrets.filter((one) => one.kind === kind).flatMap(({ seeds }) => seeds);
  return {
    policy,
    regret: spreadOf(goodputs, (of) => regretOf(of, policy)),
    bySeed: goodputs[0]!.seeds.map((_, seed) => mean(regrets.map(({ seeds }) => seeds[seed]!))),
    byKind: new Map(regrets.map(({ kind }) => [kind, mean(ofKind(kind))])),
  };
}

/** Over the workloads, each the mean of its seeds. */
function spreadOf(goodputs: readonly CellGoodputs[], valueOf: (of: ByPolicy) => number): Spread {
  const values = goodputs.map(({ seeds }) => mean(seeds.map(valueOf)));
  const at = (value: number): { value: number; where: Cell } => ({
    value,
    where: goodputs[values.indexOf(value)]!.cell,
  });
  return { mean: mean(values), least: at(Math.min(...values)), most: at(Math.max(...values)) };
}

/** [job] its answer; a worker that fails ends it all. */
async function runAll<Kind extends Job['kind']>(
  jobs: readonly Job[],
  onProgress: Progress,
): Promise<Answers[Kind][]> {
  const answers: Answers[Kind][] = [];
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('study-thread.js', import.meta.url));
    try {
      while (next < jobs.length) {
        const at = next++;
        answers[at] = await new Promise<Answers[Kind]>((resolve, reject) => {
          worker.removeAllListeners();
          worker.once('message', resolve).once('error', reject);
          worker.postMessage(jobs[at]);
        });
        onProgress(++done / jobs.length);
      }
    } finally {
      await worker.terminate();
    }
  };
  const workers = Math.min(os.availableParallelism(), jobs.length);
  await Promise.all(Array.from({ length: workers }, work));
  return answers;
}
