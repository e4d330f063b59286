/** The CSV file of `foretoken profile torch` as measured steps: repeats together, and all at the usual pace of the machine. */
import { readFileSync, statSync } from 'node:fs';
import { ForetokenError } from '../base/errors.js';
import { mean, median } from '../base/statistics.js';
import type { Network, Optimizer, Phase, Precision } from './graph/types.js';
import type { MeasuredStep } from './measured-machine.js';

export interface ProfiledStep extends Omit<MeasuredStep, 'seconds'> {
  /** Of all times that it was measured; undefined where only memory was. */
  readonly seconds: number | undefined;
  readonly network: string;
  readonly batch: number;
  readonly imageSize: number;
  /** Seconds of each time that it was measured. */
  readonly repeats: readonly number[];
  /** Most bytes that PyTorch had allocated; undefined where only time was measured. */
  readonly peakBytes: number | undefined;
}

const MOST_BYTES = 2 ** 27;
const PRECISIONS: Readonly<Record<string, Precision>> = {
  float32: 'fp32',
  float16: 'fp16',
  bfloat16: 'bf16',
  float64: 'fp64',
};
const PHASES: readonly Phase[] = ['train', 'inference'];
const OPTIMIZERS: readonly Optimizer[] = ['none', 'sgd', 'momentum', 'adam', 'adamw', 'rmsprop', 'adagrad'];
const KEY = ['network', 'precision', 'phase', 'optimizer', 'batch', 'image_size'] as const;

/**
 * @param networkOf the graph of a network by torchvision's name
 * @throws ForetokenError `file_not_found`; `invalid_option` for what is no such file
 */
export function readTorchProfile(file: string, networkOf: (name: string) => Network): ProfiledStep[] {
  const lines = linesOf(file);
  const columns = (lines.shift() ?? '').split(',');
  const rows = lines.map((line, at) => {
    const cells = line.split(',');
    const row = Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? '']));
    const phase = PHASES.find((one) => one === row['phase']);
    const optimizer = OPTIMIZERS.find((one) => one === row['optimizer']);
    const precision = PRECISIONS[row['precision'] ?? ''];
    const isRow = cells.length === columns.length && KEY.every((name) => (row[name] ?? '') !== '');
    if (!isRow || phase === undefined || optimizer === undefined || precision === undefined)
      throw new ForetokenError(
        'invalid_option',
        `Line ${at + 2} of ${file} is no row of \`foretoken profile torch\`.`,
      );
    return {
      row,
      phase,
      step: { phase, precision, optimizer, framework: 'pytorch', copiesBatch: false } as const,
    };
  });
  const done = rows.filter(({ row }) => row['outcome'] === 'ok');
  const paces = done.map(({ row }) => Number(row['reference_ms'])).filter((ms) => ms > 0);
  const usual = paces.length === 0 ? 1 : median(paces);
  /** The fastest step, for what else runs only ever adds, at the pace that the reference shows; without a reference the median. */
  const secondsOf = (row: Readonly<Record<string, string>>): number => {
    const pace = Number(row['reference_ms']);
    return pace > 0
      ? (Number(row['time_ms_min']) / 1e3) * (usual / pace)
      : Number(row['time_ms_median'] ?? row['time_ms_min']) / 1e3;
  };
  const groups = new Map<string, typeof done>();
  for (const one of done) {
    const key = KEY.map((name) => one.row[name]).join(' ');
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const networks = new Map<string, Network>();
  return [...groups.values()].map((group) => {
    const { row, phase, step } = group[0]!;
    const name = row['network']!;
    const network = networks.get(name) ?? networkOf(name);
    networks.set(name, network);
    const [batch, imageSize] = [Number(row['batch']), Number(row['image_size'])];
    const repeats = group.map((one) => secondsOf(one.row)).filter((seconds) => seconds > 0);
    return {
      ...{ network: name, batch, imageSize, step, repeats },
      graph: network.at({ batch, imageSize, phase }),
      seconds: repeats.length === 0 ? undefined : Math.exp(mean(repeats.map(Math.log))),
      peakBytes: group.map((one) => Number(one.row['peak_bytes'])).find((bytes) => bytes > 0),
    };
  });
}

function linesOf(file: string): string[] {
  try {
    if (statSync(file).size > MOST_BYTES) throw new Error(`is larger than ${MOST_BYTES} bytes`);
    return readFileSync(file, 'utf8').trim().split(/\r?\n/);
  } catch (cause) {
    throw new ForetokenError('file_not_found', `The profile ${file} cannot be read.`, { cause });
  }
}
