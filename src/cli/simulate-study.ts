/** `foretoken simulate --ablate`, `--peers`, `--shifts`: policies judged over many workloads, as tables of Markdown. */
import os from 'node:os';
import { mean } from '../base/statistics.js';
import {
  judge,
  recoveries,
  type Ablated,
  type Judged,
  type Recovered,
  type Spread,
} from '../simulation/study.js';
import { CELLS } from '../simulation/study-set.js';
import type { SimulateFlags } from './flags/simulate.js';
import { ProgressBar } from './terminal.js';

/** Seeds where nothing is said: of runs that take minutes, and of those that are to show a spread. */
const JUDGED_SEEDS = 1;
const RECOVERY_SEEDS = 8;

export type StudyFlags = Pick<SimulateFlags, 'ablate' | 'peers' | 'shifts' | 'seeds'>;

export async function simulateStudy(flags: StudyFlags): Promise<Record<string, unknown>> {
  const { ablate = false, peers = false, shifts = false } = flags;
  const out = (text: string): void => {
    process.stdout.write(`${text}\n`);
  };
  out(
    `Simulations, not measurements: virtual time by cost curves (${os.cpus()[0]?.model.trim() ?? 'unknown processor'}, ` +
      `${new Date().toISOString().slice(0, 10)}; the figures do not depend on the machine).\n`,
  );
  const bar = new ProgressBar();
  const result: Record<string, unknown> = {};
  if (ablate || peers) {
    const seeds = flags.seeds ?? JUDGED_SEEDS;
    const { judged, ablated } = await judge(seeds, { mechanisms: ablate, peers }, (done) => {
      bar.update('simulating', done);
    });
    bar.clear();
    Object.assign(result, { judged: judged.map((one) => ({ ...one, byKind: [...one.byKind] })), ablated });
    out(`Regret over ${CELLS.length} workloads, ${seedsText(seeds)}:\n\n${judgedTable(judged)}\n`);
    if (ablate) out(`What regret rises by without a part, percentage points:\n\n${ablationTable(ablated)}\n`);
    if (peers) out(`${peersText(judged)}\n`);
  }
  if (shifts) {
    const seeds = flags.seeds ?? RECOVERY_SEEDS;
    const recovered = await recoveries(seeds, (done) => {
      bar.update('simulating', done);
    });
    bar.clear();
    Object.assign(result, { recovered });
    out(`Recovery from abrupt changes, ${seedsText(seeds)}:\n\n${recoveryTable(recovered)}`);
  }
  return result;
}

const seedsText = (seeds: number): string => (seeds === 1 ? 'seed 1' : `seeds 1 to ${seeds}`);

function judgedTable(judged: readonly Judged[]): string {
  const kinds = [...judged[0]!.byKind.keys()];
  return markdown(
    ['policy', 'mean', ...kinds, 'by seed', 'worst', 'where'],
    judged.map(({ policy, regret, byKind, bySeed }) => [
      policy,
      percent(regret.mean),
      ...kinds.map((kind) => percent(byKind.get(kind)!)),
      `${percent(Math.min(...bySeed))} to ${percent(Math.max(...bySeed))}`,
      percent(regret.most.value),
      regret.most.where.name,
    ]),
  );
}

const ablationTable = (ablated: readonly Ablated[]): string =>
  markdown(
    ['without', 'mean', 'most', 'where', 'least', 'where'],
    ablated.map(({ mechanism, change }) => [mechanism, points(change.mean), ...ends(change)]),
  );

const ends = ({ most, least }: Spread): string[] => [
  points(most.value),
  most.where.name,
  points(least.value),
  least.where.name,
];

function peersText(judged: readonly Judged[]): string {
  const meanOf = (name: string): number => judged.find(({ policy }) => policy === name)!.regret.mean;
  return judged
    .filter(({ policy }) => !['auto', 'oracle', 'off'].includes(policy))
    .map(({ policy, regret }) => {
      const less = 1 - meanOf('auto') / regret.mean;
      return `auto misses ${percent(Math.abs(less))} ${less >= 0 ? 'less' : 'more'} than ${policy} does.`;
    })
    .join('\n');
}

const recoveryTable = (recovered: readonly Recovered[]): string =>
  markdown(
    ['curve', 'in flight', 'acceptance', 'best after it', 'requests until 95 %, mean', 'by seed'],
    recovered.map(({ change, bestLength, requests }) => [
      change.curve,
      String(change.inFlight),
      `${change.from} to ${change.to}`,
      bestLength === 0 ? 'off' : `fixed:${bestLength}`,
      requests.includes(undefined) ? 'not in all runs' : mean(requests as number[]).toFixed(1),
      requests.map((count) => count ?? 'never').join(', '),
    ]),
  );

function markdown(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const points = (share: number): string => `${share >= 0 ? '+' : ''}${(100 * share).toFixed(2)}`;
