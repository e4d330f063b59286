import { NativeHandle } from './handle.js';
import type { LlamaModel } from './model.js';
import type { LlamaDecoder } from './context.js';
export declare class LoraAdapter {
    readonly path: string;
    readonly handle: NativeHandle;
    private constructor();
    /** @throws ForetokenError `file_not_found`, `invalid_gguf` */
    static load(model: LlamaModel, path: string): LoraAdapter;
    /** Loads a file whatever it holds, for the child process that tries it. */
    static loadUntried(model: LlamaModel, path: string): LoraAdapter;
    /** Must not be called while a decoder applies the adapter. */
    dispose(): void;
}
/** Applies exactly these adapters from the next decode on; what is in the KV cache stays as it was. */
export declare function applyAdapters(decoder: LlamaDecoder, adapters: readonly LoraAdapter[], scales?: readonly number[]): void;
