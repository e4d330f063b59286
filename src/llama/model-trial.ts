/**
 * Looks at a model file before it is loaded: its head is read and checked (`gguf/plausibility.ts`), and a file that is
 * not known yet is loaded in a child process, which makes a small context, computes a few tokens and tokenises a few
 * texts. Where llama.cpp ends its process over what the file holds, it ends the child's.
 *
 * What went well is remembered in the user's private folder, so that a start pays for it only once per file.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { ForetokenError, type ErrorCode } from '../base/errors.js';
import { cacheDirectory, distrust, writePrivately } from '../base/private-folder.js';
import { readPlausibleModel, splitFilesOf } from '../gguf/plausibility.js';
import type { Library } from './library.js';
import { fingerprint, type ModelTask, reasonIn, runChild } from './probe.js';
import { defaultThreads } from './threads.js';

/** A model as it is to be loaded. */
export type LoadTask = Omit<ModelTask, 'threads' | 'adapters'>;

/** Counts the checks: with others, a file is looked at again. */
const CHECKS = 1;
/** A trial reads the file once; this many bytes a second even a slow disk reads. */
const SLOW_DISK_BYTES_PER_MS = 20_000;
const LEAST_TIME_MS = 60_000;
const SMALL_BYTES = 1e9;
/** One file is some 20 bytes; the oldest go. */
const MOST_REMEMBERED = 512;

/** Files that this process, by any of its threads, has found good: keys of `keyOf`. */
const KNOWN = 'foretoken:known-models';

/**
 * @param task the model as it is to be loaded; with `vocabOnly` less is tried
 * @throws ForetokenError `file_not_found`, `invalid_gguf`, `unsupported_architecture`, `out_of_memory`
 */
export function tryModel(
  library: Library,
  { path: file, ...options }: LoadTask & Pick<ModelTask, 'adapters'>,
  folder: string = cacheDirectory(),
): void {
  // What a file holds is the same on a GPU, where the first decodes compile kernels for minutes and need its memory.
  const task = taskOf(file, { ...options, gpuLayers: 0, device: undefined });
  const key = keyOf(library, task);
  // What computes has a vocabulary, too.
  const keys = task.vocabOnly ? [key, keyOf(library, { ...task, vocabOnly: false })] : [key];
  if (keys.some((known) => isKnown(known, folder))) return;
  readPlausibleModel(task.path);
  for (const adapter of task.adapters ?? []) readPlausibleModel(adapter);
  const child = runChild({ files: library.files, gpu: library.gpu, model: task }, timeLimitMs(task));
  const { outcome } = child.result ?? {};
  if (outcome === undefined)
    throw new ForetokenError(
      child.killed ? 'out_of_memory' : 'invalid_gguf',
      `Cannot load ${namesOf(task)}: ${child.problem}. ` +
        (child.killed
          ? 'Is there memory enough?'
          : 'The file is damaged, or of a kind that this release of llama.cpp cannot compute.'),
      { param: 'model' },
    );
  if (outcome === 'not loaded') {
    const reason = reasonIn(child);
    throw new ForetokenError(codeOf(reason), `Cannot load ${namesOf(task)}: ${reason}`, { param: 'model' });
  }
  if (outcome === 'no numbers')
    throw new ForetokenError(
      'invalid_gguf',
      `${namesOf(task)} computes no numbers (NaN): its weights are damaged.`,
      { param: 'model' },
    );
  // The real attempt refuses it as well, and says which it was.
  if (outcome === 'adapter not loaded') return;
  remember(key, folder);
}

/** In words, why the library does not load a file that it was able to load when it was tried. */
export function reasonToRefuse(library: Library, { path: file, ...options }: LoadTask): string {
  const task = taskOf(file, options);
  return reasonIn(runChild({ files: library.files, gpu: library.gpu, model: task }, timeLimitMs(task)));
}

const filesOf = (file: string): string[] => [...new Set([file, ...splitFilesOf(file)])];

const bytesOf = (file: string): number =>
  filesOf(file).reduce((sum, part) => sum + (statSync(part, { throwIfNoEntry: false })?.size ?? 0), 0);

const timeLimitMs = ({ path: file }: ModelTask): number =>
  LEAST_TIME_MS + Math.round(bytesOf(file) / SLOW_DISK_BYTES_PER_MS);

const taskOf = (file: string, options: Omit<ModelTask, 'threads' | 'path'>): ModelTask => ({
  path: path.resolve(file),
  ...options,
  // A small model is computed before threads have started.
  threads: bytesOf(file) < SMALL_BYTES ? 1 : defaultThreads(),
});

const namesOf = ({ path: model, adapters = [] }: ModelTask): string =>
  [`the model ${model}`, ...adapters.map((adapter) => `the adapter ${adapter}`)].join(' with ');

/** Changes whenever a file, or anything else that the outcome depends on, might have changed. */
function keyOf(
  library: Library,
  { path: model, adapters = [], vocabOnly, gpu, gpuLayers, device }: ModelTask,
): string {
  const hash = createHash('sha256');
  hash.update(
    `${CHECKS} ${fingerprint(library.files)} ${gpu} ${gpuLayers} ${device ?? ''} ${String(vocabOnly)}\n`,
  );
  for (const file of [...filesOf(model), ...adapters]) {
    const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
    if (stats === undefined) continue;
    // The time of change cannot be set back as the time of modification can.
    const { dev, ino, size, mtimeNs, ctimeNs } = stats;
    hash.update(`${path.resolve(file)} ${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}\n`);
  }
  return hash.digest('hex').slice(0, 32);
}

const stampOf = (key: string, folder: string): string => path.join(folder, `model-${key}.ok`);

function isKnown(key: string, folder: string): boolean {
  if (knownKeys().includes(key)) return true;
  if (distrust(folder) !== undefined) return false;
  try {
    return readFileSync(stampOf(key, folder), 'utf8') === key;
  } catch {
    return false;
  }
}

function knownKeys(): readonly string[] {
  const known = getEnvironmentData(KNOWN);
  return Array.isArray(known) ? (known as string[]) : [];
}

/** A folder that cannot be written costs the next start a trial, nothing more. */
function remember(key: string, folder: string): void {
  // Threads that start from here on see it.
  setEnvironmentData(KNOWN, [...knownKeys(), key]);
  try {
    writePrivately(stampOf(key, folder), key);
    forgetOldest(folder);
  } catch {
    return;
  }
}

function forgetOldest(folder: string): void {
  const stamps = readdirSync(folder).filter((name) => /^model-[0-9a-f]{32}\.ok$/.test(name));
  if (stamps.length <= MOST_REMEMBERED) return;
  const ages = stamps.map((name) => [statSync(path.join(folder, name)).mtimeMs, name] as const);
  ages.sort(([a], [b]) => a - b);
  for (const [, name] of ages.slice(0, stamps.length - MOST_REMEMBERED / 2))
    rmSync(path.join(folder, name), { force: true });
}

/** The place in the registry of what the library said about a model that does not load. */
export function codeOf(reason: string): ErrorCode {
  if (/unknown (model )?architecture|unsupported (model )?architecture|unknown pre-tokenizer/i.test(reason))
    return 'unsupported_architecture';
  if (/bad_alloc|out of memory|alloc|cannot allocate|mmap failed|not enough memory/i.test(reason))
    return 'out_of_memory';
  return 'invalid_gguf';
}
