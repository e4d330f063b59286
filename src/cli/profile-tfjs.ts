/**
 * `foretoken profile tfjs`: measures networks in the user's own TensorFlow.js. Each configuration runs in a process of its
 * own (profile-tfjs-child.ts), so that its memory is its own and what runs out of it ends alone. The CSV has the columns of
 * `profile torch` (scripts/profile_torch.py).
 */
import { fork } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readNetwork } from '../abacus/graph/read.js';
import { ForetokenError } from '../base/errors.js';
import { randomNumbers, shuffled } from '../base/random.js';
import { median } from '../base/statistics.js';
import { note, warn } from './failure.js';
import type { ProfileTfjsFlags } from './flags/profile-tfjs.js';

const CHILD = fileURLToPath(new URL('./profile-tfjs-child.js', import.meta.url));
/** Fastest first. */
const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node', '@tensorflow/tfjs'];
export const TFJS_OPTIMIZERS = ['sgd', 'momentum', 'adagrad', 'rmsprop', 'adam'] as const;
const PHASES = ['train', 'inference'];
const COLUMNS = (
  'network,device,precision,phase,optimizer,batch,image_size,repeat,time_ms_median,time_ms_mean,time_ms_std,runs,' +
  'peak_bytes,allocated_bytes,reserved_bytes,outcome,includes_h2d_copy,threads,software'
).split(',');
const KEY_COLUMNS = 8;
/** A step may take this much longer than planned before its process is ended. */
const PATIENCE = 30;

/** What the child is told. */
export interface TfjsTask {
  /** The package's main file. */
  readonly library: string;
  readonly network: string;
  readonly batch: number;
  /** Absent: the file's own. */
  readonly image?: number;
  readonly optimizer: string;
  readonly training: boolean;
  readonly steps: number;
  readonly stepSeconds: number;
}

/** What it answers. */
export type TfjsAnswer =
  | {
      readonly times: readonly number[];
      /** Most bytes of tensors within a step, and after it; how much the process grew. */
      readonly peakBytes: number;
      readonly allocatedBytes: number;
      readonly residentBytes: number;
      readonly backend: string;
      readonly version: string;
    }
  | { readonly outOfMemory: true }
  | { readonly error: string };

interface Configuration {
  readonly file: string;
  readonly key: readonly string[];
  readonly task: TfjsTask;
}

/** Throws `not_supported` where TensorFlow.js is missing, `invalid_network` and `file_not_found` for networks, `invalid_option`. */
export async function profileTfjs(files: readonly string[], flags: ProfileTfjsFlags): Promise<void> {
  const { path: library, name } = libraryOf(flags);
  const all = planOf(files, flags, library);
  const done = doneIn(flags.out);
  // In any order, so that a run that is ended early has seen a bit of everything.
  const plan = shuffled(
    all.filter(({ key }) => !done.has(key.join())),
    randomNumbers(1),
  );
  note(`${name} of ${path.resolve(flags.from)}: ${plan.length} rows to measure, ${done.size} known before`);
  const startMs = performance.now();
  let written = 0;
  for (const { key, task } of plan) {
    if (performance.now() - startMs > 1000 * flags.seconds) break;
    const answer = await measured(task, PATIENCE * flags.stepSeconds);
    const what = `${key[0]!} ${key[3]!} ${key[5]!}x${key[6]!} ${key[4]!}`;
    if ('error' in answer) {
      warn(`${what}: ${answer.error}`);
      continue;
    }
    appendFileSync(flags.out, `${[...key, ...valuesOf(answer, name)].join()}\n`);
    written += 1;
    const result = 'times' in answer ? `${median(answer.times).toPrecision(4)} ms` : 'out of memory';
    note(`${written}/${plan.length} ${what}: ${result}`);
  }
  note(`${written} rows in ${flags.out}; ${plan.length - written} not measured`);
}

function libraryOf({ from, package: wanted }: ProfileTfjsFlags): { path: string; name: string } {
  const resolve = createRequire(path.join(path.resolve(from), 'package.json')).resolve;
  for (const name of wanted === undefined ? PACKAGES : [wanted])
    try {
      return { path: resolve(name), name };
    } catch {
      // The next one may be there.
    }
  throw new ForetokenError(
    'not_supported',
    `There is no ${wanted ?? 'TensorFlow.js'} in ${path.resolve(from)}. Install it there (npm install ${wanted ?? '@tensorflow/tfjs'}), or name ` +
      'the folder that has it with --from.',
    { param: 'from' },
  );
}

/** Keys of rows that the file has; makes the file where there is none. */
function doneIn(out: string): Set<string> {
  if (!existsSync(out) || statSync(out).size === 0) {
    writeFileSync(out, `${COLUMNS.join()}\n`);
    return new Set();
  }
  const [head, ...rows] = readFileSync(out, 'utf8').trim().split(/\r?\n/);
  if (head !== COLUMNS.join())
    throw new ForetokenError(
      'invalid_option',
      `${out} is no file of this program: its columns are others. Name another --out.`,
      { param: 'out' },
    );
  return new Set(rows.map((row) => row.split(',').slice(0, KEY_COLUMNS).join()));
}

function planOf(files: readonly string[], flags: ProfileTfjsFlags, library: string): Configuration[] {
  const { steps, stepSeconds } = flags;
  const numbers = (flag: string, text: string): number[] =>
    list(text).map((part) => {
      const number = Number(part);
      if (!Number.isSafeInteger(number) || number < 1)
        throw new ForetokenError('invalid_option', `--${flag} must be whole numbers from 1; got ${part}.`, {
          param: flag,
        });
      return number;
    });
  const batches = numbers('batches', flags.batches);
  const images = flags.images === undefined ? [undefined] : numbers('images', flags.images);
  const phases = known('phases', flags.phases, PHASES);
  const optimizers = known('optimizers', flags.optimizers, TFJS_OPTIMIZERS);
  const device = (os.cpus()[0]?.model ?? 'cpu').replaceAll(',', ' ').trim();
  const configurations: Configuration[] = [];
  for (const file of files) {
    // Says what is wrong with a file before anything is timed.
    const { format, imageSize } = readNetwork(file);
    if (format !== 'keras')
      throw new ForetokenError('invalid_network', `${file} is no layers model in JSON (model.json).`);
    const name = path
      .basename(file)
      .replace(/\.\w+$/, '')
      .replaceAll(',', ' ');
    const network = path.resolve(file);
    for (const batch of batches)
      for (const image of images)
        for (const phase of phases)
          for (const optimizer of phase === 'train' ? optimizers : ['none'])
            for (let repeat = 0; repeat < flags.repeats; repeat++) {
              const training = phase === 'train';
              const size = String(image ?? imageSize?.[0] ?? '');
              configurations.push({
                file,
                key: [name, device, 'float32', phase, optimizer, String(batch), size, String(repeat)],
                task: {
                  ...{ library, network, batch, optimizer, training, steps, stepSeconds },
                  ...(image === undefined ? {} : { image }),
                },
              });
            }
  }
  return configurations;
}

const list = (text: string): string[] => text.split(',').filter((part) => part !== '');

function known(flag: string, text: string, names: readonly string[]): string[] {
  const wrong = list(text).find((name) => !names.includes(name));
  if (wrong !== undefined)
    throw new ForetokenError('invalid_option', `--${flag} must be of ${names.join(', ')}; got ${wrong}.`, {
      param: flag,
    });
  return list(text);
}

/** One configuration in a process of its own. */
async function measured(task: TfjsTask, mostSeconds: number): Promise<TfjsAnswer> {
  // Its standard output is the library's, which greets there.
  const child = fork(CHILD, [], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [] });
  const overdue = new AbortController();
  const timer = setTimeout(() => {
    overdue.abort();
    child.kill('SIGKILL');
  }, 1000 * mostSeconds);
  let answer: TfjsAnswer | undefined;
  child.on('message', (message) => {
    answer = message as TfjsAnswer;
  });
  child.send(task);
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.once('exit', (...how) => {
      resolve(how);
    });
  });
  clearTimeout(timer);
  if (answer !== undefined) return answer;
  if (overdue.signal.aborted) return { error: `it took longer than ${mostSeconds} s` };
  // Linux ends what takes too much memory by SIGKILL, Node by SIGABRT where its heap is full.
  return signal === 'SIGKILL' || signal === 'SIGABRT'
    ? { outOfMemory: true }
    : { error: `its process ended with ${String(code ?? signal)}` };
}

function valuesOf(answer: Exclude<TfjsAnswer, { error: string }>, name: string): (string | number)[] {
  if (!('times' in answer)) return ['', '', '', 0, '', '', '', 'out_of_memory', 0, '', name];
  const { times, peakBytes, allocatedBytes, residentBytes, backend, version } = answer;
  const mean = times.reduce((a, b) => a + b, 0) / times.length;
  const squares = times.reduce((total, time) => total + (time - mean) ** 2, 0);
  const deviation = times.length > 1 ? Math.sqrt(squares / (times.length - 1)) : 0;
  return [
    ...[median(times), mean, deviation].map((value) => value.toPrecision(6)),
    times.length,
    ...[peakBytes, allocatedBytes, residentBytes],
    ...['ok', 0, backend === 'cpu' ? 1 : ''],
    `${name.replace('@tensorflow/', '')} ${version} (${backend}) node ${process.version}`,
  ];
}
