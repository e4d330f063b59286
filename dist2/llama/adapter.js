/** LoRA adapters: small additions to a model's weights, applied while it computes. */
import { existsSync } from 'node:fs';
import { ForetokenError } from '../base/errors.js';
import { NativeHandle } from './handle.js';
import { tryModel } from './model-trial.js';
export class LoraAdapter {
    path;
    handle;
    constructor(model, path) {
        const { llama } = model.library;
        const pointer = llama.adapterLoad(model.pointer, path);
        if (pointer === null)
            throw new ForetokenError('invalid_gguf', `${path} is not a LoRA adapter for ${model.path}: not a GGUF adapter file, or made for another architecture or other tensor sizes.`, { param: 'lora' });
        this.path = path;
        this.handle = new NativeHandle(`adapter ${path}`, pointer, (p) => {
            llama.adapterFree(p);
        }, model.handle);
    }
    /** @throws ForetokenError `file_not_found`, `invalid_gguf` */
    static load(model, path) {
        if (!existsSync(path))
            throw new ForetokenError('file_not_found', `There is no file ${path}.`, { param: 'lora' });
        tryModel(model.library, { ...model.task, adapters: [path] });
        return new LoraAdapter(model, path);
    }
    /** Loads a file whatever it holds, for the child process that tries it. */
    static loadUntried(model, path) {
        return new LoraAdapter(model, path);
    }
    /** Must not be called while a decoder applies the adapter. */
    dispose() {
        this.handle.dispose();
    }
}
/** Applies exactly these adapters from the next decode on; what is in the KV cache stays as it was. */
export function applyAdapters(decoder, adapters, scales = adapters.map(() => 1)) {
    const code = decoder.model.library.llama.setAdapters(decoder.handle.pointer, BigUint64Array.from(adapters, (adapter) => adapter.handle.pointer), adapters.length, Float32Array.from(scales));
    if (code !== 0)
        throw new ForetokenError('invalid_gguf', `The LoRA adapters do not fit together (code ${code}).`, {
            param: 'lora',
        });
}
//# sourceMappingURL=adapter.js.map