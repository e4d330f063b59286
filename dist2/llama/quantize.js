/** Another file of the same model: quantised to a smaller type, or with layers left out. */
import { renameSync, rmSync } from 'node:fs';
import { ForetokenError } from '../base/errors.js';
import { FileType, GgmlType } from './declarations.js';
import { LlamaModel } from './model.js';
import { defaultThreads } from './threads.js';
/**
 * Writes `destination`, which is either whole or as it was before. Blocks for as long as it takes.
 * @throws ForetokenError `file_not_found`, `invalid_gguf`, `library_unavailable`
 */
export function quantizeModel(source, destination, options) {
    const { llama } = LlamaModel.check(source).library;
    const pruned = [...new Set(options.pruneLayers ?? [])].sort((a, b) => a - b);
    // The list ends with -1.
    const layers = Int32Array.of(...pruned, -1);
    const defaults = llama.quantizeDefaults();
    const temporary = `${destination}.${process.pid}.${Date.now()}.tmp`;
    try {
        const code = llama.quantize(source, temporary, {
            ...defaults,
            nthread: options.threads === undefined || options.threads === 0 ? defaultThreads() : options.threads,
            ftype: FileType[options.type],
            output_tensor_type: options.outputType === undefined ? defaults.output_tensor_type : GgmlType[options.outputType],
            token_embedding_type: options.embeddingType === undefined ? defaults.token_embedding_type : GgmlType[options.embeddingType],
            allow_requantize: options.allowRequantize ?? false,
            prune_layers: pruned.length === 0 ? null : layers,
        });
        if (code !== 0)
            throw new ForetokenError('invalid_gguf', `${source} cannot be turned into ${options.type}: it is damaged, quantised already (allowRequantize), has no such layers, or the disk is full.`);
        renameSync(temporary, destination);
    }
    finally {
        rmSync(temporary, { force: true });
    }
}
//# sourceMappingURL=quantize.js.map