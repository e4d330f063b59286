import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import {
  computingText,
  gpusAmong,
  isAllOnGpu,
  listDevices,
  missingOf,
  requireGpus,
  type Device,
} from './devices.js';
import { loadLibrary } from './library.js';
import { LlamaModel } from './model.js';
import { DEMO_MODEL, temporaryFolder } from './test-models.js';

function deviceOf(name: string, type: Device['type'], description = name): Device {
  const backend = name.replace(/\d+$/, '');
  return { name, description, type, backend, memoryTotalBytes: 8 * 2 ** 30, memoryFreeBytes: 2 ** 30 };
}

const CPU = deviceOf('CPU', 'cpu', 'Some Processor');
const DISCRETE = deviceOf('Vulkan0', 'gpu', 'NVIDIA H200');
const SECOND = deviceOf('Vulkan1', 'gpu', 'NVIDIA H100');
const INTEGRATED = deviceOf('Vulkan2', 'igpu', 'Graphics');
const NOWHERE = { directory: '.', extraBackends: [] };

it('lists what the library has found, the processor at least', () => {
  const devices = listDevices(loadLibrary().llama);
  const processor = devices.find(({ type }) => type === 'cpu');
  assert.equal(processor?.name, 'CPU');
  assert.equal(processor.backend, 'CPU');
  assert.ok(processor.memoryTotalBytes > 2 ** 27, `${processor.memoryTotalBytes} bytes`);
});

it('prefers GPUs with memory of their own, as the library does', () => {
  assert.deepEqual(gpusAmong([CPU, INTEGRATED, DISCRETE]), [DISCRETE]);
  assert.deepEqual(gpusAmong([CPU, INTEGRATED]), [INTEGRATED]);
  assert.deepEqual(gpusAmong([CPU]), []);
});

it('takes all of them, or the one that is named', () => {
  assert.deepEqual(requireGpus('vulkan', [CPU, DISCRETE, SECOND], NOWHERE), [DISCRETE, SECOND]);
  assert.deepEqual(requireGpus('vulkan', [CPU, DISCRETE, SECOND], NOWHERE, 'vulkan1'), [SECOND]);
  assert.throws(() => requireGpus('vulkan', [CPU, DISCRETE, SECOND], NOWHERE, 'Vulkan9'), {
    code: 'gpu_unavailable',
    message: /no GPU "Vulkan9". Found: Vulkan0 \(NVIDIA H200\), Vulkan1 \(NVIDIA H100\)/,
  });
});

it('says what was found and what is missing when there is no GPU', () => {
  const directory = temporaryFolder();
  assert.throws(() => requireGpus('cuda', [CPU], { directory, extraBackends: [] }), {
    code: 'gpu_unavailable',
    message: /Found: CPU \(Some Processor\).*has no backend for it/,
  });
  // A backend that cannot be loaded: its own words are told.
  const broken = path.join(directory, 'libggml-cuda.so');
  writeFileSync(broken, 'not a library');
  assert.throws(() => requireGpus('cuda', [CPU], { directory, extraBackends: [] }), {
    code: 'gpu_unavailable',
    message: /libggml-cuda\.so does not load: .*Install the GPU's driver/,
  });
  // One that can be, and sees nothing.
  const { files } = loadLibrary();
  assert.throws(() => requireGpus('cuda', [CPU], { directory, extraBackends: [files.ggmlBase] }), {
    code: 'gpu_unavailable',
    message: /sees no GPU: check that nvidia-smi lists one/,
  });
});

it('tells a missing driver from missing libraries of CUDA', () => {
  const lacks = (file: string): string =>
    missingOf(
      'cuda',
      `Failed to load shared library: ${file}: cannot open shared object file: No such file or directory`,
    );
  assert.match(lacks('libcudart.so.13'), /runtime and cuBLAS of CUDA 13 .*pip install nvidia-cuda-runtime/);
  assert.match(lacks('libcublas.so.12'), /cuBLAS of CUDA 12/);
  assert.equal(lacks('libcuda.so.1'), "Install the GPU's driver.");
});

it('knows what is left to the processor', () => {
  assert.ok(isAllOnGpu({ gpuLayers: 33, layers: 33 }));
  assert.ok(!isAllOnGpu({ gpuLayers: 32, layers: 33 }));
  assert.ok(!isAllOnGpu({ gpuLayers: 0, layers: 0 }));
  assert.equal(computingText({ gpus: [], gpuLayers: 0, layers: 33 }), 'the processor');
  assert.equal(computingText({ gpus: [DISCRETE], gpuLayers: 33, layers: 33 }), 'NVIDIA H200 (Vulkan)');
  assert.match(computingText({ gpus: [DISCRETE, SECOND], gpuLayers: 9, layers: 33 }), /, 9 of 33 layers$/);
});

it('computes on the processor where no GPU is asked for', () => {
  const model = LlamaModel.load(DEMO_MODEL, { gpuLayers: -1 });
  assert.deepEqual(model.computing, { gpus: [], gpuLayers: 0, layers: model.layers + 1 });
  model.dispose();
});
