/** A llama-architecture network between its GGUF file and arrays of weights. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { ForetokenError } from '../base/errors.js';
import { canDequantize, dequantize, quantize } from '../gguf/quantization.js';
import { readPlausibleModel } from '../gguf/plausibility.js';
import { readTensorBytes } from '../gguf/reader.js';
import { elementCount } from '../gguf/types.js';
import { writeGguf } from '../gguf/writer.js';
import { dequantizeNative } from '../llama/dequantize.js';
import { weightShapes } from '../llama/training/training.js';
/** Number under a metadata key; `fallback` where it is absent. */
export function metadataNumber(file, key, fallback) {
    const entry = file.metadata.get(key);
    if (entry !== undefined && typeof entry.value === 'number')
        return entry.value;
    if (fallback !== undefined && entry === undefined)
        return fallback;
    throw new ForetokenError('invalid_gguf', `${file.path} has no number under "${key}".`);
}
export function metadataText(file, key) {
    const value = file.metadata.get(key)?.value;
    return typeof value === 'string' ? value : undefined;
}
/** The rows of the token vectors; a vocabulary without vectors cannot be learned from. */
export function vocabularySizeOf(file) {
    const tokens = file.metadata.get('tokenizer.ggml.tokens');
    if (tokens?.type !== 'array')
        throw new ForetokenError('invalid_gguf', `${file.path} holds no vocabulary (tokenizer.ggml.tokens).`);
    return tokens.value.length;
}
/** @throws ForetokenError `unsupported_architecture` for all but plain llama networks. */
export function networkShape(file) {
    const architecture = metadataText(file, 'general.architecture');
    const unsupported = (why) => {
        throw new ForetokenError('unsupported_architecture', `${file.path} cannot be trained: ${why}.`);
    };
    if (architecture !== 'llama')
        unsupported(`its architecture is "${architecture ?? 'unknown'}", only "llama" can`);
    const heads = metadataNumber(file, 'llama.attention.head_count');
    const shape = {
        vocabularySize: vocabularySizeOf(file),
        width: metadataNumber(file, 'llama.embedding_length'),
        layers: metadataNumber(file, 'llama.block_count'),
        heads,
        kvHeads: metadataNumber(file, 'llama.attention.head_count_kv', heads),
        feedForward: metadataNumber(file, 'llama.feed_forward_length'),
        ropeBase: metadataNumber(file, 'llama.rope.freq_base', 10000),
        normEpsilon: metadataNumber(file, 'llama.attention.layer_norm_rms_epsilon'),
    };
    const known = weightShapes(shape);
    const byName = new Map(file.tensors.map((tensor) => [tensor.name, tensor]));
    for (const [name, [fast, slow]] of known) {
        const tensor = byName.get(name);
        if (tensor === undefined) {
            if (name !== 'output.weight')
                unsupported(`it has no weight "${name}"`);
        }
        else if (elementCount(tensor.shape) !== fast * slow || tensor.shape[0] !== fast)
            unsupported(`its weight "${name}" is ${tensor.shape.join(' x ')} instead of ${fast} x ${slow}`);
    }
    for (const { name } of file.tensors)
        if (!known.has(name))
            unsupported(`it has the weight "${name}", which plain llama networks lack`);
    return shape;
}
/** One tensor as numbers, its rows one after the other. */
export function readWeight(file, name) {
    const tensor = file.tensors.find((candidate) => candidate.name === name);
    if (tensor === undefined)
        throw new ForetokenError('invalid_gguf', `${file.path} has no tensor "${name}".`);
    const bytes = readTensorBytes(file, tensor);
    return canDequantize(tensor.type) ? dequantize(bytes, tensor.type) : dequantizeNative(bytes, tensor.type);
}
/** The output head, which small models share with the token vectors. */
export function readHead(file) {
    const tied = !file.tensors.some(({ name }) => name === 'output.weight');
    return readWeight(file, tied ? 'token_embd.weight' : 'output.weight');
}
/** A whole network; a tied output head becomes one of its own. */
export function readNetwork(modelPath) {
    const [file] = readPlausibleModel(modelPath);
    const shape = networkShape(file);
    const weights = new Map();
    for (const name of weightShapes(shape).keys())
        weights.set(name, name === 'output.weight' ? readHead(file) : readWeight(file, name));
    return { file, shape, weights };
}
/** `general.file_type` of llama.cpp for the tensor types that are written. */
const FILE_TYPES = new Map([
    [0, 0],
    [1, 1],
    [8, 7],
]);
/** Norms stay F32, and so do rows that are no whole blocks. */
export function writeNetwork(output, metadata, shape, weights, type) {
    const complete = new Map(metadata);
    complete.set('general.file_type', { type: 'u32', value: FILE_TYPES.get(type) });
    const tensors = [...weightShapes(shape)].map(([name, [fast, slow]]) => {
        const tensorType = slow === 1 || fast % 32 !== 0 ? 0 : type;
        return {
            name,
            shape: slow === 1 ? [fast] : [fast, slow],
            type: tensorType,
            data: () => quantize(weights.get(name), tensorType),
        };
    });
    writeGguf(output, { metadata: complete, tensors });
}
/**
 * Name of what a draft was made for: a digest of the target's vocabulary and shape. It says whether a draft's
 * tokens mean the same; it does not change with the target's quantisation.
 */
export function fingerprint(file) {
    const hash = createHash('sha256');
    const tokens = file.metadata.get('tokenizer.ggml.tokens');
    if (tokens?.type === 'array' && tokens.itemType === 'string')
        hash.update(tokens.value.bytes).update(new Uint8Array(tokens.value.ends.slice().buffer));
    for (const key of ['embedding_length', 'block_count', 'feed_forward_length']) {
        const architecture = metadataText(file, 'general.architecture') ?? '';
        hash.update(`${key}=${metadataNumber(file, `${architecture}.${key}`, 0)};`);
    }
    return `sha256:${hash.digest('hex').slice(0, 32)}`;
}
export const modelName = (file) => metadataText(file, 'general.name') ?? path.basename(file.path, '.gguf');
//# sourceMappingURL=network.js.map