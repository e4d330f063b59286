import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { it } from 'node:test';
import { temporaryFolder } from './test-models.js';
import type { Device } from './devices.js';
import { problemOf, tryGpu } from './gpu-trial.js';
import { loadLibrary } from './library.js';
import type { ChildReport } from './probe.js';

const GPU: Device = {
  ...{ name: 'CUDA0', description: 'NVIDIA H200', type: 'gpu', backend: 'CUDA' },
  ...{ memoryTotalBytes: 0, memoryFreeBytes: 0 },
};

/** The end of a child on a GPU whose driver is older than the kernels. */
const ended: ChildReport = {
  problem: 'it ended the trial process with SIGABRT (ggml-cuda.cu:108: CUDA error)',
  killed: false,
  log: 'CUDA error: the provided PTX was compiled with an unsupported toolchain.\nggml-cuda.cu:108: CUDA error',
};

it('says what a GPU fails at, and what may help', () => {
  const old = problemOf(ended, { gpu: 'cuda' })!;
  assert.match(
    old,
    /SIGABRT \(ggml-cuda\.cu:108: CUDA error\)\. The driver is older .* install a newer one, or try --gpu vulkan\.$/,
  );
  const crash = { ...ended, log: '' };
  assert.match(problemOf(crash, { gpu: 'vulkan' })!, /Update the GPU's driver, or try --flash-attn off\.$/);
  assert.match(
    problemOf(crash, { gpu: 'vulkan', flashAttention: 'disabled' })!,
    /Update the GPU's driver\.$/,
  );
});

it('computes in a child process, once for each device and setting', () => {
  const folder = temporaryFolder();
  const library = loadLibrary();
  const stamps = (): string[] => readdirSync(folder).filter((name) => name.startsWith('gpu-'));
  // The processor's own backend stands in for a driver that works.
  tryGpu(library, [GPU], { gpu: 'none' }, folder);
  assert.equal(stamps().length, 1);
  tryGpu(library, [GPU], { gpu: 'none' }, folder);
  assert.equal(stamps().length, 1);
  tryGpu(library, [GPU], { gpu: 'none', flashAttention: 'disabled' }, folder);
  assert.equal(stamps().length, 2);
  // A library that is none: the child's words come back, and nothing is remembered.
  const broken = { ...library, files: { ...library.files, llama: library.files.ggmlBase } };
  assert.throws(
    () => {
      tryGpu(broken, [GPU], { gpu: 'none' }, folder);
    },
    { code: 'gpu_unavailable', message: /^NVIDIA H200 \(CUDA\) cannot compute: .*llama_/ },
  );
  assert.equal(stamps().length, 2);
});
