/**
 * Tries the native library in a child process before it is loaded for real, and says in words what is wrong
 * with it. A success is remembered in a small file in the user's private folder, so that a start pays for it only
 * once per library, processor and version of Node.
 *
 * The same child tries a model (`model-trial.ts`), with the library's log on its stderr.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ForetokenError } from '../base/errors.js';
import { plainLine } from '../base/plain-line.js';
import { cacheDirectory, distrust, writePrivately } from '../base/private-folder.js';
import { LLAMA_VERSION } from './declarations.js';
import type { Gpu, LibraryFiles } from './packages.js';

/** What the child is asked to do; sent to it as JSON. */
export interface ProbeTask {
  readonly files: LibraryFiles;
  /** What the library is for; it matters to a model only. */
  readonly gpu?: Gpu;
  readonly model?: ModelTask;
}

/** A model to load, as it is to be loaded afterwards. */
export interface ModelTask {
  readonly path: string;
  /** LoRA adapters to load with it. */
  readonly adapters?: readonly string[];
  readonly vocabOnly: boolean;
  readonly gpu: Gpu;
  /** Layers computed on the GPU; negative is all. */
  readonly gpuLayers: number;
  readonly device?: string | undefined;
  readonly flashAttention?: 'auto' | 'disabled' | undefined;
  readonly threads: number;
}

export type ModelOutcome = 'sound' | 'not loaded' | 'adapter not loaded' | 'no numbers';

/** What the child found; on its stdout as JSON. */
export interface ProbeResult {
  readonly version: string;
  /** Defaults that tell whether the structs are laid out as declared. */
  readonly contextSize: number;
  readonly batchSize: number;
  readonly microBatchSize: number;
  readonly backends: number;
  /** Of the model, where there was one to try. */
  readonly outcome?: ModelOutcome;
}

const PROBE_TIMEOUT_MS = 60_000;

/** @throws ForetokenError `library_unavailable` when the library cannot be used. */
export function probe(files: LibraryFiles, folder: string = cacheDirectory()): void {
  const stamp = path.join(folder, `library-${fingerprint(files)}.json`);
  if (distrust(folder) === undefined && isStamped(stamp)) return;
  const child = runChild({ files }, PROBE_TIMEOUT_MS);
  if (child.result === undefined)
    throw new ForetokenError(
      'library_unavailable',
      `The llama.cpp library ${files.llama} cannot be used on this machine: ${child.problem}`,
    );
  const problem = contradiction(child.result);
  if (problem !== undefined)
    throw new ForetokenError('library_unavailable', `The llama.cpp library ${files.llama}: ${problem}`);
  try {
    writePrivately(stamp, JSON.stringify(child.result));
  } catch {
    // A folder that cannot be written, or is not the user's own, costs the next start a probe, nothing more.
  }
}

/** What a probe found that this version of Foretoken cannot work with; undefined when all is well. */
export function contradiction(result: ProbeResult): string | undefined {
  if (result.version !== LLAMA_VERSION && !result.version.startsWith(`${LLAMA_VERSION}-`))
    return `is version ${result.version}; Foretoken needs ${LLAMA_VERSION}`;
  const { contextSize, batchSize, microBatchSize } = result;
  if (contextSize !== 512 || batchSize !== 2048 || microBatchSize !== 512)
    return `lays its parameters out in another way than version ${LLAMA_VERSION} (defaults ${contextSize}, ${batchSize}, ${microBatchSize} instead of 512, 2048, 512)`;
  if (result.backends === 0) return `has no backend that runs on this processor (${process.arch})`;
  return undefined;
}

export interface ChildReport {
  readonly result?: ProbeResult;
  /** Why there is no result, on one line. */
  readonly problem: string;
  /** Killed from outside, as systems do that are out of memory. */
  readonly killed: boolean;
  /** The library's log. */
  readonly log: string;
}

/** Why a model does not load: what the library logs about it, last lines first in importance. */
export function reasonIn(child: ChildReport): string {
  const lines = child.log.split('\n').map((line) => plainLine(line, MOST_WORDS));
  for (const telling of [/error|fail/i, /unable|unknown|invalid|corrupt|missing|not /i]) {
    const reasons = lines.filter((line) => telling.test(line)).map((line) => line.replace(/^[a-z_]+: /i, ''));
    if (reasons.length > 0) return [...new Set(reasons)].slice(-4).join('; ');
  }
  return child.result === undefined ? child.problem : 'the library gives no reason';
}

/** What a library says as it ends its process; then come addresses that say nothing to a user. */
const LAST_WORDS = /GGML_ASSERT|GGML_ABORT|terminate called|what\(\)|fatal|error:|Error:/;
const MOST_WORDS = 300;

function lastWords(log: string): string {
  const lines = log.trim().split('\n');
  const telling = lines.filter((line) => LAST_WORDS.test(line)).slice(-2);
  const words = telling.length > 0 ? telling : lines.slice(-2);
  return plainLine(words.map((line) => line.trim()).join(' '), MOST_WORDS);
}

/** What a terminal or a service manager sends to all processes of a program that it ends. */
const ENDING: readonly (NodeJS.Signals | null)[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs the child to its end; blocks as long.
 * @throws ForetokenError `shutting_down` when somebody ended it, which says nothing of what was tried
 */
export function runChild(task: ProbeTask, timeoutMs: number): ChildReport {
  const script = fileURLToPath(new URL('./probe-child.js', import.meta.url));
  const child = spawnSync(process.execPath, [script], {
    input: JSON.stringify(task),
    encoding: 'utf8',
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, NODE_OPTIONS: '', GGML_NO_BACKTRACE: '1' },
    windowsHide: true,
  });
  const log = child.stderr;
  const failed = (problem: string, killed = false): ChildReport => ({ problem, killed, log });
  if (ENDING.includes(child.signal))
    throw new ForetokenError(
      'shutting_down',
      `The trial in a child process was ended by ${child.signal ?? ''}, so that nothing is known of ${task.model?.path ?? 'the library'}.`,
    );
  if (child.error !== undefined) {
    const late = (child.error as NodeJS.ErrnoException).code === 'ETIMEDOUT';
    return failed(
      late
        ? `the trial process was not done after ${Math.round(timeoutMs / 1000)} s`
        : `the trial process did not run: ${child.error.message}`,
    );
  }
  if (child.signal !== null)
    return failed(
      `it ended the trial process with ${child.signal} (${lastWords(log) || 'without a word'})`,
      child.signal === 'SIGKILL',
    );
  if (child.status !== 0) return failed(lastWords(log) || `exit code ${child.status ?? '?'}`);
  try {
    return { result: JSON.parse(child.stdout) as ProbeResult, problem: '', killed: false, log };
  } catch {
    return failed(`the trial process answered "${plainLine(child.stdout, 100)}"`);
  }
}

/** Changes whenever the outcome of a probe might. */
export function fingerprint(files: LibraryFiles): string {
  const hash = createHash('sha256');
  for (const file of [files.ggmlBase, files.ggml, files.llama])
    hash.update(`${file} ${statSync(file).mtimeMs} ${statSync(file).size}\n`);
  hash.update(`${process.version} ${process.arch} ${os.cpus()[0]?.model ?? ''} ${LLAMA_VERSION}`);
  // Which GPUs a backend sees, and so which of a driver's code it runs.
  for (const [name, value] of Object.entries(process.env).sort())
    if (/^(GGML_|VK_|CUDA_VISIBLE)/.test(name)) hash.update(`${name}=${value ?? ''}\n`);
  return hash.digest('hex').slice(0, 32);
}

function isStamped(stamp: string): boolean {
  try {
    return contradiction(JSON.parse(readFileSync(stamp, 'utf8')) as ProbeResult) === undefined;
  } catch {
    return false;
  }
}
