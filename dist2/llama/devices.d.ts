import type { Llama } from './declarations.js';
import type { Gpu, LibraryFiles } from './packages.js';
/** enum ggml_backend_dev_type */
declare const DEVICE_TYPES: readonly ["cpu", "gpu", "igpu", "accel", "meta"];
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
export declare function listDevices(llama: Llama): Device[];
/** Those that layers can be given to: GPUs, or the integrated ones where there is no other (as in llama.cpp). */
export declare function gpusAmong(devices: readonly Device[]): Device[];
/**
 * @param choice name of one of them, without regard to case; undefined: all
 * @throws ForetokenError `gpu_unavailable` when there is none, or none of that name
 */
export declare function requireGpus(gpu: Exclude<Gpu, 'none'>, devices: readonly Device[], files: Pick<LibraryFiles, 'directory' | 'extraBackends'>, choice?: string): Device[];
/** What computes a model: GPUs, as many of its layers as they have, and the processor. */
export interface Computing {
    /** GPUs that hold layers; none where the processor computes all. */
    readonly gpus: readonly Device[];
    /** Of `layers`, the output included, those on the GPUs. */
    readonly gpuLayers: number;
    readonly layers: number;
}
/** Whether nothing but looking up embeddings is left to the processor. */
export declare function isAllOnGpu({ gpuLayers, layers }: Pick<Computing, 'gpuLayers' | 'layers'>): boolean;
/** `NVIDIA H200 (Vulkan), 17 of 33 layers`, or `the processor`. */
export declare function computingText({ gpus, gpuLayers, layers }: Computing): string;
export {};
