/**
 * `foretoken profile gguf`: what decodes of language models cost on this machine, as a CSV file that `predict` learns from.
 * Random models of many shapes and types of weights are written, timed through the engine's own decoder in a process each,
 * and deleted. Rows are written as they come, and a further run goes on where one has ended.
 */
import { execFile } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ownProfilePath } from '../abacus/gguf/known-profiles.js';
import { learnedProfile, timedWork } from '../abacus/gguf/learned.js';
import { randomShape, REFERENCE, REFERENCE_TYPE, type ShapeAsked } from '../abacus/gguf/profile-plan.js';
import { writeRandomModel, type RandomModelShape } from '../abacus/gguf/random-model.js';
import { RANDOM_TYPES } from '../abacus/gguf/random-types.js';
import { PROFILE_COLUMNS, profilePath, readProfile, type ProfileRow } from '../abacus/gguf/profile-file.js';
import { ForetokenError } from '../base/errors.js';
import { cacheDirectory, preparePrivateFolder } from '../base/private-folder.js';
import { temporaryFolder } from '../base/temporary-folder.js';
import { writeFileWhole } from '../base/write-file.js';
import { TENSOR_TYPES } from '../gguf/types.js';
import { loadLibrary } from '../llama/library.js';
import { defaultThreads } from '../llama/threads.js';
import { note, warn } from './failure.js';
import type { ProfileGgufFlags } from './flags/profile.js';

export interface ProfileTask {
  readonly file: string;
  /** Written for this. */
  readonly isRandom: boolean;
  /** The model whose decodes tell the pace of the moment. */
  readonly reference: string;
  /** Weights are rearranged where the library has faster kernels for that. */
  readonly repacked: boolean;
  readonly threads: readonly number[];
  readonly contextSize: number;
  readonly parallel: number;
  /** Tokens of the first batch, after which memory is looked at; 0: none. */
  readonly memoryTokens: number;
  readonly sizes: readonly number[];
  /** Filled cells behind which `cellSizes` are timed. */
  readonly cells: readonly number[];
  readonly cellSizes: readonly number[];
  /** For each size. */
  readonly budgetMs: number;
}

/** What a child tells of the rows of a profile; the rest is known here. */
export type MeasuredDecode = { readonly kind: 'decode' } & Pick<
  ProfileRow,
  'threads' | 'tokens' | 'cells' | 'ms' | 'repeats' | 'spread' | 'referenceMs'
>;
export type MeasuredMemory = { readonly kind: 'memory' } & Pick<
  ProfileRow,
  | 'loadMs'
  | 'contextSize'
  | 'parallel'
  | 'tokens'
  | 'beforeBytes'
  | 'loadedBytes'
  | 'madeBytes'
  | 'warmedBytes'
  | 'usedBytes'
  | 'peakBytes'
  | 'anonymousBytes'
>;

const SIZES = [1, 2, 3, 4, 5, 6, 8, 9, 12, 16, 32, 64, 256, 512];
const BUDGET_MS = 40;
const CONTEXT = 1536;
/** Types whose weights the library may rearrange on some processor; both ways are timed. */
const REPACKED = ['Q4_0', 'Q4_K', 'IQ4_NL'];
const LONGEST_MS = 120_000;
/** Tokens of the batch after which memory is looked at; it takes long where weights are many, and others tell as much. */
const MEMORY_TOKENS = 256;
const MEMORY_BYTES = 40e6;

export async function profileGguf(flags: ProfileGgufFlags): Promise<void> {
  if (process.platform !== 'linux')
    throw new ForetokenError('not_supported', 'profile gguf reads memory from /proc, which only Linux has.');
  const out = path.resolve(flags.out ?? profilePath(cacheDirectory()));
  if (flags.out === undefined) preparePrivateFolder(path.dirname(out));
  const known = knownModels(out);
  const threads =
    flags.threadCounts.length > 0 ? flags.threadCounts.map(Number) : [...new Set([1, defaultThreads()])];
  if (threads.some((count) => !Number.isInteger(count) || count < 1 || count > 512))
    throw new ForetokenError('invalid_option', '--thread-counts must be whole numbers from 1 to 512.', {
      param: 'thread-counts',
    });
  const folder = temporaryFolder('profile');
  const endMs = performance.now() + flags.seconds * 1000;
  let done = 0;
  let left = 0;
  const reference = path.join(folder, 'reference.gguf');
  try {
    writeRandomModel(reference, REFERENCE_TYPE, REFERENCE);
    for (const { name, type, repacked, shape, file } of subjects(flags, folder)) {
      if (known.has(name)) continue;
      if (performance.now() > endMs) {
        left += 1;
        continue;
      }
      if (shape !== undefined) writeRandomModel(file, type, shape);
      try {
        const rows = await measure(file, reference, repacked, threads, shape !== undefined);
        append(out, rows, { name, type, repacked, shape, file });
        done += 1;
        note(`${name}: ${rows.length} rows`);
      } catch (error) {
        warn(`${name} could not be timed: ${(error as Error).message.slice(0, 300)}`);
      } finally {
        if (shape !== undefined) rmSync(file, { force: true });
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (flags.out === undefined) learn(out);
  note(`${done} models timed, ${known.size} known before, ${left} left for further runs; ${out}`);
}

/** Fewer models say too little; predictions are then made from the shipped profile. */
const LEAST_MODELS = 20;

/** Prices for predictions on this machine, beside its rows. */
function learn(out: string): void {
  const rows = readProfile(out);
  const work = timedWork(rows);
  const models = new Set(work.map(({ model }) => model)).size;
  if (models < LEAST_MODELS) {
    note(`${models} models are too few to learn from; at least ${LEAST_MODELS} are needed.`);
    return;
  }
  const profile = learnedProfile(rows);
  writeFileWhole(ownProfilePath(cacheDirectory()), JSON.stringify(profile));
  note(
    `learned from ${profile.rows} decodes; models held out are within ${(100 * profile.medianError).toFixed(1)} % in the middle`,
  );
}

interface Subject {
  readonly name: string;
  readonly type: string;
  readonly repacked: boolean;
  /** Undefined for a file that is there. */
  readonly shape: RandomModelShape | undefined;
  readonly file: string;
}

function* subjects({ models, types, shapes, seed }: ProfileGgufFlags, folder: string): Generator<Subject> {
  for (const file of models)
    for (const repacked of [false, true]) {
      const name = `${path.basename(file)}${repacked ? ' repacked' : ''}`;
      yield { name, type: '', repacked, shape: undefined, file: path.resolve(file) };
    }
  if (models.length > 0) return;
  const wanted = types.length > 0 ? types : RANDOM_TYPES;
  // One shape of each type after the other, so that a run that ends early knows all types.
  for (let index = 0; index < shapes; index++)
    for (const [at, type] of wanted.entries())
      for (const repacked of REPACKED.includes(type) ? [false, true] : [false]) {
        const shape = randomShape(seed, at, index, blockOf(type));
        const name = `random-${seed}-${index}-${type}${repacked ? ' repacked' : ''}`;
        yield { name, type, repacked, shape, file: path.join(folder, `${seed}-${index}-${type}.gguf`) };
      }
}

/** Of an unknown type, that writing the model will refuse. */
function blockOf(type: string): ShapeAsked {
  const found = [...TENSOR_TYPES.values()].find(({ name }) => name === type);
  return found === undefined
    ? { block: 256, bytesPerWeight: 1 }
    : { block: found.blockSize, bytesPerWeight: found.blockBytes / found.blockSize };
}

const child = fileURLToPath(new URL('./profile-gguf-child.js', import.meta.url));

async function measure(
  file: string,
  reference: string,
  repacked: boolean,
  threads: readonly number[],
  isRandom: boolean,
): Promise<readonly (MeasuredDecode | MeasuredMemory)[]> {
  const task: ProfileTask = {
    ...{ file, isRandom, reference, repacked, threads, contextSize: CONTEXT, parallel: 1 },
    memoryTokens: isRandom && statSync(file).size > MEMORY_BYTES ? 0 : MEMORY_TOKENS,
    ...{ sizes: SIZES, cells: [1024], cellSizes: [1, 4, 16], budgetMs: BUDGET_MS },
  };
  const { stdout } = await promisify(execFile)(process.execPath, [child, JSON.stringify(task)], {
    timeout: LONGEST_MS,
    maxBuffer: 2 ** 24,
  });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as MeasuredDecode | MeasuredMemory);
}

function knownModels(out: string): Set<string> {
  if (!existsSync(out)) return new Set();
  const at = PROFILE_COLUMNS.indexOf('model');
  return new Set(
    readFileSync(out, 'utf8')
      .split('\n')
      .slice(1)
      .flatMap((line) => line.split(',')[at] ?? []),
  );
}

function append(
  out: string,
  rows: readonly (MeasuredDecode | MeasuredMemory)[],
  { name, type, repacked, shape, file }: Subject,
): void {
  const common: Partial<ProfileRow> = {
    machine: (os.cpus()[0]?.model ?? 'unknown').replaceAll(',', ' '),
    library: loadLibrary('none').llama.version(),
    date: new Date().toISOString().slice(0, 10),
    model: name.replaceAll(',', ' '),
    type,
    repacked: repacked ? 1 : 0,
    ...(shape && { ...shape, tied: shape.tied ? 1 : 0 }),
    fileBytes: statSync(file).size,
  };
  const lines = rows.map((row) =>
    PROFILE_COLUMNS.map((column) => {
      const value = ({ ...common, ...row } as Readonly<Record<string, unknown>>)[column];
      return typeof value === 'number'
        ? Number(value.toPrecision(6))
        : typeof value === 'string'
          ? value
          : '';
    }).join(','),
  );
  if (!existsSync(out)) appendFileSync(out, `${PROFILE_COLUMNS.join(',')}\n`);
  appendFileSync(out, `${lines.join('\n')}\n`);
}
