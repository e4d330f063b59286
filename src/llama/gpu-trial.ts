/**
 * Tries in a child process whether a GPU computes, before a model is loaded onto it: a driver that is too old for the
 * library's kernels, or that crashes in one of them, ends the process that uses it. The child computes a few tokens of a
 * tiny model there. What went well is remembered in the user's private folder, by library, devices and settings.
 */
import { createHash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ForetokenError } from '../base/errors.js';
import { cacheDirectory, distrust, writePrivately } from '../base/private-folder.js';
import { temporaryFolder } from '../base/temporary-folder.js';
import { writeTinyModel } from '../gguf/tiny-model.js';
import type { Device } from './devices.js';
import type { Library } from './library.js';
import { type ChildReport, fingerprint, type ModelTask, runChild } from './probe.js';

export type GpuTask = Pick<ModelTask, 'gpu' | 'device' | 'flashAttention'>;

/** Kernels may be compiled at their first use, which takes some drivers minutes. */
const LONGEST_MS = 300_000;

/**
 * @param gpus what the model will be computed on
 * @throws ForetokenError `gpu_unavailable` in the driver's and the library's own words
 */
export function tryGpu(
  { files, gpu }: Library,
  gpus: readonly Device[],
  task: GpuTask,
  folder: string = cacheDirectory(),
): void {
  const names = gpus.map(({ description, backend }) => `${description} (${backend})`).join(' and ');
  const settings = [names, task.device ?? '', task.flashAttention ?? 'auto'].join('\n');
  const key = createHash('sha256')
    .update(`${fingerprint(files)} ${gpu}\n${settings}`)
    .digest('hex')
    .slice(0, 32);
  const stamp = path.join(folder, `gpu-${key}.ok`);
  if (distrust(folder) === undefined && existsSync(stamp)) return;
  const problem = problemOf(computeTiny({ files, gpu }, task), task);
  if (problem !== undefined)
    throw new ForetokenError('gpu_unavailable', `${names} cannot compute: ${problem}`, { param: 'gpu' });
  try {
    writePrivately(stamp, settings);
  } catch {
    // A folder that cannot be written costs the next start a trial, nothing more.
  }
}

function computeTiny({ files, gpu }: Pick<Library, 'files' | 'gpu'>, task: GpuTask): ChildReport {
  const folder = temporaryFolder('gpu-trial');
  try {
    const file = path.join(folder, 'tiny.gguf');
    writeTinyModel(file, { type: 'F16', contextLength: 256 });
    const model = { ...task, path: file, vocabOnly: false, gpuLayers: -1, threads: 1 };
    return runChild({ files, gpu, model }, LONGEST_MS);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is wrong with a GPU, and what may help; undefined where it computed. */
export function problemOf(
  { result, problem, log }: ChildReport,
  { gpu, flashAttention }: GpuTask,
): string | undefined {
  if (result?.outcome === 'sound') return undefined;
  if (result !== undefined)
    return `a tiny model is ${result.outcome ?? 'not tried'} there. Update the GPU's driver.`;
  const isOld = /unsupported toolchain|no kernel image|driver version is insufficient/.test(log);
  const ways = [
    isOld
      ? 'The driver is older than the release of CUDA that the kernels for this GPU are made with: install a newer one'
      : "Update the GPU's driver",
    ...(flashAttention === 'disabled' || isOld ? [] : ['try --flash-attn off']),
    ...(gpu === 'vulkan' ? [] : ['try --gpu vulkan']),
  ];
  return `${problem}. ${ways.join(', or ')}.`;
}
