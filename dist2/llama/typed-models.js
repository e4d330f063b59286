/**
 * Tiny models with weights of every type that llama.cpp computes with, for tests and `bench/exactness.mjs`. The library
 * makes most of them from F32; types that it quantises only with an importance matrix, or only in models of experts,
 * are filled with random blocks.
 */
import { assert } from '../base/errors.js';
import { randomNumbers } from '../base/random.js';
import { floatToHalf } from '../gguf/quantization.js';
import { tinyModel, writeTinyModel } from '../gguf/tiny-model.js';
import { TENSOR_TYPES, tensorBytes } from '../gguf/types.js';
import { writeGguf } from '../gguf/writer.js';
import { FileType } from './declarations.js';
import { quantizeModel } from './quantize.js';
const RANDOM_BLOCKS = ['IQ1_S', 'IQ1_M', 'IQ2_XXS', 'IQ2_XS', 'IQ2_S', 'IQ3_XXS', 'MXFP4', 'NVFP4'];
/** All of them; those of a mixture, such as Q4_K_M, have matrices of several types. */
export const WEIGHT_TYPES = [
    ...Object.keys(FileType),
    ...RANDOM_BLOCKS,
];
export function writeTypedModel(file, type, options = {}) {
    const random = RANDOM_BLOCKS.find((name) => name === type);
    if (random !== undefined) {
        writeRandomBlocks(file, random, options);
    }
    else {
        writeTinyModel(file, options);
        quantizeModel(file, file, { type: type, threads: 1 });
    }
}
function writeRandomBlocks(file, name, options) {
    const type = [...TENSOR_TYPES].find(([, entry]) => entry.name === name)?.[0];
    assert(type !== undefined, `no type ${name}`);
    const { blockBytes } = TENSOR_TYPES.get(type);
    const { metadata, tensors } = tinyModel(options);
    writeGguf(file, {
        metadata,
        tensors: tensors.map((tensor, index) => {
            if (tensor.shape.length < 2)
                return tensor;
            const data = () => {
                const next = randomNumbers(index + 1);
                const bytes = new Uint8Array(tensorBytes(type, tensor.shape)).map(() => next() * 256);
                for (let at = 0; at < bytes.length; at += blockBytes)
                    setScale(name, bytes.subarray(at, at + blockBytes), next());
                return bytes;
            };
            return { ...tensor, type, data };
        }),
    });
}
/** Gives a block a scale with which its numbers are about as large as those of a network. */
function setScale(name, block, random) {
    const half = floatToHalf(0.001 * (0.5 + random));
    const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
    if (name === 'MXFP4') {
        block[0] = 119 + Math.floor(3 * random);
    }
    else if (name === 'NVFP4') {
        for (let part = 0; part < 4; part += 1)
            block[part] = 0x08 + (block[part] % 16);
    }
    else if (name === 'IQ1_M') {
        // A nibble of the scale in each of the last four 16-bit numbers.
        for (let part = 0; part < 4; part += 1) {
            const at = block.length - 8 + 2 * part;
            const nibble = (half >> (4 * part)) & 15;
            view.setUint16(at, (view.getUint16(at, true) & 0x0fff) | (nibble << 12), true);
        }
    }
    else {
        view.setUint16(0, half, true);
    }
}
//# sourceMappingURL=typed-models.js.map