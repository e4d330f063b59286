/**
 * The devices that llama.cpp's backends have found, and which of them computes. A GPU that was asked for and is
 * not there is an error with the reason: the library itself would compute on the processor without a word.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import koffi from 'koffi';
import { ForetokenError } from '../base/errors.js';
import type { Llama } from './declarations.js';
import type { Gpu, LibraryFiles } from './packages.js';

/** enum ggml_backend_dev_type */
const DEVICE_TYPES = ['cpu', 'gpu', 'igpu', 'accel', 'meta'] as const;

export interface Device {
  /** The library's short name: `CPU`, `Vulkan0`, `CUDA1`. */
  readonly name: string;
  /** The maker's name: `NVIDIA H200`. */
  readonly description: string;
  /** `igpu`: a GPU that shares the processor's memory; `accel`: helps the processor (BLAS, AMX). */
  readonly type: (typeof DEVICE_TYPES)[number];
  /** `CPU`, `Vulkan`, `CUDA`, `MTL`. */
  readonly backend: string;
  readonly memoryTotalBytes: number;
  /** When it was asked for. */
  readonly memoryFreeBytes: number;
}

/** All devices, in the library's order. */
export function listDevices(llama: Llama): Device[] {
  return Array.from({ length: llama.deviceCount() }, (_, index) => {
    const device = llama.deviceAt(index);
    const free = new BigUint64Array(1);
    const total = new BigUint64Array(1);
    llama.deviceMemory(device, free, total);
    return {
      name: llama.deviceName(device),
      description: llama.deviceDescription(device),
      type: DEVICE_TYPES[llama.deviceType(device)] ?? 'accel',
      backend: llama.backendName(llama.deviceBackend(device)),
      memoryTotalBytes: Number(total[0]!),
      memoryFreeBytes: Number(free[0]!),
    };
  });
}

/** Those that layers can be given to: GPUs, or the integrated ones where there is no other (as in llama.cpp). */
export function gpusAmong(devices: readonly Device[]): Device[] {
  const gpus = devices.filter(({ type }) => type === 'gpu');
  return gpus.length > 0 ? gpus : devices.filter(({ type }) => type === 'igpu');
}

/**
 * @param choice name of one of them, without regard to case; undefined: all
 * @throws ForetokenError `gpu_unavailable` when there is none, or none of that name
 */
export function requireGpus(
  gpu: Exclude<Gpu, 'none'>,
  devices: readonly Device[],
  files: Pick<LibraryFiles, 'directory' | 'extraBackends'>,
  choice?: string,
): Device[] {
  const gpus = gpusAmong(devices);
  if (gpus.length === 0)
    throw new ForetokenError(
      'gpu_unavailable',
      `There is no device for --gpu ${gpu}. Found: ${namesOf(devices)}. ${reasonOf(gpu, files)} ` +
        'Without --gpu the processor computes.',
      { param: 'gpu' },
    );
  if (choice === undefined) return gpus;
  const chosen = gpus.find(({ name }) => name.toLowerCase() === choice.toLowerCase());
  if (chosen === undefined)
    throw new ForetokenError(
      'gpu_unavailable',
      `There is no GPU "${choice}". Found: ${namesOf(gpus)}. --device takes one of their names.`,
      { param: 'device' },
    );
  return [chosen];
}

function namesOf(devices: readonly Device[]): string {
  if (devices.length === 0) return 'no device at all';
  return devices.map(({ name, description }) => `${name} (${description})`).join(', ');
}

const DRIVERS: Readonly<Record<Exclude<Gpu, 'none'>, string>> = {
  cuda: 'The CUDA backend is there, but sees no GPU: check that nvidia-smi lists one, that its driver is 580 or newer (CUDA 13; for older ones install the package linux-x64-cuda-ext beside it), and that CUDA_VISIBLE_DEVICES does not hide it.',
  vulkan:
    'The Vulkan backend is there, but sees no GPU: check that vulkaninfo --summary lists one, that its driver is installed, and that GGML_VK_VISIBLE_DEVICES does not hide it. Software devices (llvmpipe) are passed over unless that variable names them by number.',
  metal: 'The Metal backend is there, but sees no GPU.',
};

/** Why there is no device: mostly a backend whose own libraries, those of the driver, are not installed. */
function reasonOf(
  gpu: Exclude<Gpu, 'none'>,
  { directory, extraBackends }: Pick<LibraryFiles, 'directory' | 'extraBackends'>,
): string {
  const files = [
    ...readdirSync(directory)
      .filter((name) => new RegExp(`^(lib)?ggml-${gpu}(-[a-z0-9_]+)?\\.(so|dylib|dll)$`).test(name))
      .map((name) => path.join(directory, name)),
    ...extraBackends,
  ];
  if (files.length === 0) return `The package in ${directory} has no backend for it.`;
  for (const file of files) {
    try {
      koffi.load(file);
      return DRIVERS[gpu];
    } catch (error) {
      // The last one's words are as good as the first one's: mostly the same library is missing.
      if (file !== files.at(-1)) continue;
      const { message } = error as Error;
      return `The backend ${file} does not load: ${message}. ${missingOf(gpu, message)}`;
    }
  }
  return DRIVERS[gpu];
}

/** What to install where a backend does not load, by the loader's words. CUDA's own libraries come with neither the package nor the driver. */
export function missingOf(gpu: Exclude<Gpu, 'none'>, message: string): string {
  const toolkit = /(?:cudart|cublas)(?:Lt)?(?:64_|\.so\.)(\d+)/.exec(message);
  if (toolkit !== null)
    return (
      `Install the runtime and cuBLAS of CUDA ${toolkit[1]!} (NVIDIA's packages cuda-cudart and libcublas, or ` +
      'pip install nvidia-cuda-runtime nvidia-cublas, with the folder of the libraries in LD_LIBRARY_PATH), ' +
      'or use --gpu vulkan, which wants the driver alone.'
    );
  return `Install the GPU's driver${gpu === 'vulkan' ? ' and the Vulkan loader (on Debian: libvulkan1)' : ''}.`;
}

/** What computes a model: GPUs, as many of its layers as they have, and the processor. */
export interface Computing {
  /** GPUs that hold layers; none where the processor computes all. */
  readonly gpus: readonly Device[];
  /** Of `layers`, the output included, those on the GPUs. */
  readonly gpuLayers: number;
  readonly layers: number;
}

/** Whether nothing but looking up embeddings is left to the processor. */
export function isAllOnGpu({ gpuLayers, layers }: Pick<Computing, 'gpuLayers' | 'layers'>): boolean {
  return gpuLayers > 0 && gpuLayers >= layers;
}

/** `NVIDIA H200 (Vulkan), 17 of 33 layers`, or `the processor`. */
export function computingText({ gpus, gpuLayers, layers }: Computing): string {
  if (gpus.length === 0) return 'the processor';
  const names = gpus.map(({ description, backend }) => `${description} (${backend})`).join(' and ');
  return gpuLayers >= layers ? names : `${names}, ${gpuLayers} of ${layers} layers`;
}
