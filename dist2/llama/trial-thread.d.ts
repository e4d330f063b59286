import type { Gpu } from './packages.js';
/** @throws ForetokenError as `LlamaModel.check` */
export declare function tryInThread(path: string, { gpu, gpuLayers, device, }: {
    readonly gpu: Gpu;
    readonly gpuLayers: number;
    readonly device?: string | undefined;
}): Promise<void>;
