/**
 * Tries the native library in a child process before it is loaded for real, and says in words what is wrong
 * with it. A success is remembered in a small file in the temporary folder, so that a start pays for it only
 * once per library, processor and version of Node.
 *
 * The same child finds out why a model did not load: it loads it again with the library's log on its stderr.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ForetokenError } from '../base/errors.js';
import { plainLine } from '../base/plain-line.js';
import { LLAMA_VERSION } from './declarations.js';
import type { LibraryFiles } from './packages.js';

/** What the child is asked to do; sent to it as JSON. */
export interface ProbeTask {
  readonly files: LibraryFiles;
  /** A model to load with the log on. */
  readonly model?: { readonly path: string; readonly vocabOnly: boolean; readonly gpuLayers: number };
}

/** What the child found; on its stdout as JSON. */
export interface ProbeResult {
  readonly version: string;
  /** Defaults that tell whether the structs are laid out as declared. */
  readonly contextSize: number;
  readonly batchSize: number;
  readonly microBatchSize: number;
  readonly backends: number;
  readonly modelLoaded: boolean;
}

const PROBE_TIMEOUT_MS = 60_000;

/** @throws ForetokenError `library_unavailable` when the library cannot be used. */
export function probe(files: LibraryFiles, stampFolder = path.join(os.tmpdir(), 'foretoken-probe')): void {
  const stamp = path.join(stampFolder, `${fingerprint(files)}.json`);
  if (isStamped(stamp)) return;
  const child = runChild({ files });
  if (child.result === undefined)
    throw new ForetokenError(
      'library_unavailable',
      `The llama.cpp library ${files.llama} cannot be used on this machine: ${child.problem}`,
    );
  const problem = contradiction(child.result);
  if (problem !== undefined)
    throw new ForetokenError('library_unavailable', `The llama.cpp library ${files.llama}: ${problem}`);
  try {
    mkdirSync(stampFolder, { recursive: true });
    const temporary = `${stamp}.${process.pid}.${Date.now()}`;
    writeFileSync(temporary, JSON.stringify(child.result));
    renameSync(temporary, stamp);
  } catch {
    // A temporary folder that cannot be written costs the next start a probe, nothing more.
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

/** Why a model does not load: what the library logs about it, last lines first in importance. */
export function diagnose(files: LibraryFiles, model: NonNullable<ProbeTask['model']>): string {
  const child = runChild({ files, model });
  const lines = child.log
    .split('\n')
    .map((line) => plainLine(line, 300))
    .filter((line) => /error|fail|unable|unknown|invalid|corrupt|missing|not /i.test(line))
    .map((line) => line.replace(/^[a-z_]+: /i, ''));
  if (lines.length > 0) return [...new Set(lines)].slice(-4).join('; ');
  return child.result === undefined ? child.problem : 'the library gives no reason';
}

function runChild(task: ProbeTask): { result?: ProbeResult; problem: string; log: string } {
  const script = fileURLToPath(new URL('./probe-child.js', import.meta.url));
  const child = spawnSync(process.execPath, [script], {
    input: JSON.stringify(task),
    encoding: 'utf8',
    timeout: PROBE_TIMEOUT_MS,
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, NODE_OPTIONS: '' },
    windowsHide: true,
  });
  const log = child.stderr;
  const lastWords = log
    .trim()
    .split('\n')
    .slice(-3)
    .map((line) => plainLine(line, 300))
    .join(' ');
  if (child.error !== undefined)
    return { problem: `the trial process did not run: ${child.error.message}`, log };
  if (child.signal !== null)
    return { problem: `it ended the trial process with ${child.signal}. ${lastWords}`.trim(), log };
  if (child.status !== 0) return { problem: lastWords || `exit code ${child.status ?? '?'}`, log };
  try {
    return { result: JSON.parse(child.stdout) as ProbeResult, problem: '', log };
  } catch {
    return { problem: `the trial process answered "${plainLine(child.stdout, 100)}"`, log };
  }
}

/** Changes whenever the outcome of a probe might. */
function fingerprint(files: LibraryFiles): string {
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
