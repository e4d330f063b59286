/**
 * Makes an untrained draft for a target. Either a narrow network that starts from the target's own token
 * vectors and output head, projected onto their principal directions, or a network cut from the target's
 * layers, which keeps what those layers know. Both share the target's vocabulary token for token.
 */
import { ForetokenError } from '../base/errors.js';
import { readPlausibleModel } from '../gguf/plausibility.js';
import { TENSOR_TYPE } from '../gguf/types.js';
import { weightShapes } from '../llama/training/training.js';
import { buildCopyCircuit, canCopy, codeWidth, COPY_ROPE_BASE, whiten } from './copy-circuit.js';
import { fingerprint, metadataNumber, metadataText, modelName, networkShape, readHead, readWeight, vocabularySizeOf, writeNetwork, } from './network.js';
import { project, scaleToRms } from './projection.js';
import { fillNormal, randomNumbers } from '../base/random.js';
/** Attention costs by the head, and ggml's kernels are made for 64 and more: heads of 32 take twice as long. */
const HEAD_WIDTH = 64;
/** Root mean squares of a new network; the norms make it insensitive to the exact values. */
const EMBEDDING_RMS = 0.3;
const HEAD_RMS = 0.04;
export function createDraft(options) {
    const [file] = readPlausibleModel(options.target);
    const { shape, weights } = options.fromLayers === undefined ? projected(file, options) : cut(file, options.fromLayers, options);
    let parameters = 0;
    for (const values of weights.values())
        parameters += values.length;
    const name = options.name ?? `${modelName(file)} draft ${(parameters / 1e6).toFixed(1)}M`;
    options.onProgress?.(WRITING, 'writing');
    const metadata = draftMetadata(file, shape, name);
    writeNetwork(options.output, metadata, shape, weights, TENSOR_TYPE.F32);
    options.onProgress?.(1, '');
    return { path: options.output, name, parameters, shape };
}
/** The share of the work that comes before the file is written. */
const WRITING = 0.9;
/** The names of the weights, each told before it is made. */
function* announced(shape, { onProgress }) {
    const all = [...weightShapes(shape)];
    for (const [index, [name, dimensions]] of all.entries()) {
        onProgress?.((WRITING * index) / all.length, name);
        yield [name, dimensions];
    }
}
function integer(name, value, from, to) {
    if (!Number.isInteger(value) || value < from || value > to)
        throw new ForetokenError('invalid_option', `${name} must be a whole number from ${from} to ${to}.`, {
            param: name,
        });
    return value;
}
function projected(file, options) {
    const layers = integer('layers', options.layers ?? 2, 1, 64);
    const width = integer('width', options.width ?? 128, 32, 8192);
    const heads = integer('heads', options.heads ?? (width % HEAD_WIDTH === 0 ? width / HEAD_WIDTH : 1), 1, 256);
    const feedForward = integer('feedForward', options.feedForward ?? width * 2, 32, 65536);
    if (width % 32 !== 0 || feedForward % 32 !== 0)
        throw new ForetokenError('invalid_option', 'width and feedForward must be multiples of 32.', {
            param: 'width',
        });
    if (width % heads !== 0 || (width / heads) % 2 !== 0)
        throw new ForetokenError('invalid_option', 'width must be an even multiple of heads.', {
            param: 'heads',
        });
    let shape = {
        vocabularySize: vocabularySizeOf(file),
        width,
        layers,
        heads,
        kvHeads: heads,
        feedForward,
        ropeBase: 10000,
        normEpsilon: 1e-5,
    };
    const copies = canCopy(shape) && options.copyCircuit !== false;
    if (copies)
        shape = { ...shape, ropeBase: COPY_ROPE_BASE };
    const random = randomNumbers(integer('seed', options.seed ?? 1, 0, 2 ** 32 - 1));
    const targetWidth = metadataNumber(file, `${metadataText(file, 'general.architecture') ?? ''}.embedding_length`);
    const vectors = (name) => {
        const matrix = name === 'token vectors' ? readWeight(file, 'token_embd.weight') : readHead(file);
        if (matrix.length >= shape.vocabularySize * targetWidth)
            return matrix;
        throw new ForetokenError('invalid_gguf', `The ${name} of ${file.path} are fewer than its tokens.`);
    };
    const narrowed = (matrix, rms) => scaleToRms(project(matrix, shape.vocabularySize, targetWidth, width, random), rms);
    const weights = new Map();
    for (const [name, [fast, slow]] of announced(shape, options)) {
        if (slow === 1)
            weights.set(name, new Float32Array(fast).fill(1));
        else if (name === 'token_embd.weight')
            weights.set(name, narrowed(vectors('token vectors'), EMBEDDING_RMS));
        else if (name === 'output.weight')
            weights.set(name, narrowed(vectors('output head'), HEAD_RMS));
        else {
            // What a layer adds starts small beside what passes by it.
            const adds = name.includes('attn_output') || name.includes('ffn_down');
            const deviation = (adds ? EMBEDDING_RMS / Math.sqrt(2 * layers) : 1) / Math.sqrt(fast);
            weights.set(name, fillNormal(new Float32Array(fast * slow), deviation, random));
        }
    }
    if (copies) {
        const code = codeWidth(shape);
        const codes = project(vectors('token vectors'), shape.vocabularySize, targetWidth, code, random);
        buildCopyCircuit(weights, shape, whiten(codes, shape.vocabularySize, code));
    }
    return { shape, weights };
}
function cut(file, fromLayers, options) {
    const full = networkShape(file);
    if (fromLayers.length === 0)
        throw new ForetokenError('invalid_option', 'fromLayers names no layer.', { param: 'fromLayers' });
    for (const layer of fromLayers)
        integer('fromLayers', layer, 0, full.layers - 1);
    const shape = { ...full, layers: fromLayers.length };
    const weights = new Map();
    for (const [name] of announced(shape, options)) {
        const source = name.replace(/^blk\.(\d+)\./, (_, layer) => `blk.${fromLayers[Number(layer)]}.`);
        weights.set(name, name === 'output.weight' ? readHead(file) : readWeight(file, source));
    }
    return { shape, weights };
}
const text = (value) => ({ type: 'string', value });
const u32 = (value) => ({ type: 'u32', value });
const f32 = (value) => ({ type: 'f32', value });
/** The target's tokenizer and chat template, the draft's own shape, and where it comes from. */
function draftMetadata(target, shape, name) {
    const architecture = metadataText(target, 'general.architecture') ?? '';
    const metadata = new Map([
        ['general.architecture', text('llama')],
        ['general.type', text('model')],
        ['general.name', text(name)],
        ['foretoken.draft.target.name', text(modelName(target))],
        ['foretoken.draft.target.fingerprint', text(fingerprint(target))],
        ['llama.context_length', u32(metadataNumber(target, `${architecture}.context_length`))],
        ['llama.vocab_size', u32(shape.vocabularySize)],
        ['llama.embedding_length', u32(shape.width)],
        ['llama.block_count', u32(shape.layers)],
        ['llama.feed_forward_length', u32(shape.feedForward)],
        ['llama.attention.head_count', u32(shape.heads)],
        ['llama.attention.head_count_kv', u32(shape.kvHeads)],
        ['llama.attention.layer_norm_rms_epsilon', f32(shape.normEpsilon)],
        ['llama.rope.dimension_count', u32(shape.width / shape.heads)],
        ['llama.rope.freq_base', f32(shape.ropeBase)],
    ]);
    const license = metadataText(target, 'general.license');
    if (license !== undefined)
        metadata.set('general.license', text(license));
    for (const [key, value] of target.metadata)
        if (key.startsWith('tokenizer.'))
            metadata.set(key, value);
    return metadata;
}
//# sourceMappingURL=create.js.map