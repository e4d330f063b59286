/** A llama-architecture network between its GGUF file and arrays of weights. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { ForetokenError } from '../base/errors.js';
import { cutHeadMetadata, CUT_HEAD_KEYS, readCutHead, vectorsOf } from '../gguf/cut-head.js';
import { canDequantize, dequantize, quantize } from '../gguf/quantization.js';
import { readPlausibleModel } from '../gguf/plausibility.js';
import { readTensorBytes } from '../gguf/reader.js';
import type { GgufFile, MetadataValue } from '../gguf/types.js';
import { elementCount } from '../gguf/types.js';
import { writeGguf } from '../gguf/writer.js';
import { dequantizeNative } from '../llama/dequantize.js';
import { type NetworkShape, weightShapes } from '../llama/training/training.js';

/** Number under a metadata key; `fallback` where it is absent. */
export function metadataNumber(file: GgufFile, key: string, fallback?: number): number {
  const entry = file.metadata.get(key);
  if (entry !== undefined && typeof entry.value === 'number') return entry.value;
  if (fallback !== undefined && entry === undefined) return fallback;
  throw new ForetokenError('invalid_gguf', `${file.path} has no number under "${key}".`);
}

export function metadataText(file: GgufFile, key: string): string | undefined {
  const value = file.metadata.get(key)?.value;
  return typeof value === 'string' ? value : undefined;
}

/** The rows of the token vectors; a vocabulary without vectors cannot be learned from. */
export function vocabularySizeOf(file: GgufFile): number {
  const tokens = file.metadata.get('tokenizer.ggml.tokens');
  if (tokens?.type !== 'array')
    throw new ForetokenError('invalid_gguf', `${file.path} holds no vocabulary (tokenizer.ggml.tokens).`);
  return tokens.value.length;
}

/** @throws ForetokenError `unsupported_architecture` for all but plain llama networks. */
export function networkShape(file: GgufFile): NetworkShape {
  const architecture = metadataText(file, 'general.architecture');
  const unsupported = (why: string): never => {
    throw new ForetokenError('unsupported_architecture', `${file.path} cannot be trained: ${why}.`);
  };
  if (architecture !== 'llama')
    unsupported(`its architecture is "${architecture ?? 'unknown'}", only "llama" can`);
  const heads = metadataNumber(file, 'llama.attention.head_count');
  const cut = readCutHead(file);
  const shape: NetworkShape = {
    vocabularySize: cut?.vocabularySize ?? vocabularySizeOf(file),
    ...(cut === undefined ? {} : { headSize: cut.tokens.length }),
    width: metadataNumber(file, 'llama.embedding_length'),
    layers: metadataNumber(file, 'llama.block_count'),
    heads,
    kvHeads: metadataNumber(file, 'llama.attention.head_count_kv', heads),
    feedForward: metadataNumber(file, 'llama.feed_forward_length'),
    ropeBase: metadataNumber(file, 'llama.rope.freq_base', 10000),
    normEpsilon: metadataNumber(file, 'llama.attention.layer_norm_rms_epsilon'),
  };
  const known = tensorShapes(shape);
  const byName = new Map(file.tensors.map((tensor) => [tensor.name, tensor]));
  for (const [name, [fast, slow]] of known) {
    const tensor = byName.get(name);
    if (tensor === undefined) {
      if (name !== 'output.weight') unsupported(`it has no weight "${name}"`);
    } else if (elementCount(tensor.shape) !== fast * slow || tensor.shape[0] !== fast)
      unsupported(`its weight "${name}" is ${tensor.shape.join(' x ')} instead of ${fast} x ${slow}`);
  }
  for (const { name } of file.tensors)
    if (!known.has(name)) unsupported(`it has the weight "${name}", which plain llama networks lack`);
  return shape;
}

/** Of the tensors in the file: a cut head is where the token vectors would be, so that llama.cpp takes it for both. */
function tensorShapes(shape: NetworkShape): Map<string, readonly [number, number]> {
  const shapes = weightShapes(shape);
  if (shape.headSize === undefined) return shapes;
  shapes.delete('output.weight');
  return shapes.set('token_embd.weight', [shape.width, shape.headSize]);
}

/** One tensor as numbers, its rows one after the other. */
export function readWeight(file: GgufFile, name: string): Float32Array {
  const tensor = file.tensors.find((candidate) => candidate.name === name);
  if (tensor === undefined) throw new ForetokenError('invalid_gguf', `${file.path} has no tensor "${name}".`);
  const bytes = readTensorBytes(file, tensor);
  return canDequantize(tensor.type) ? dequantize(bytes, tensor.type) : dequantizeNative(bytes, tensor.type);
}

/** The output head, which small models share with the token vectors. */
export function readHead(file: GgufFile): Float32Array {
  const tied = !file.tensors.some(({ name }) => name === 'output.weight');
  return readWeight(file, tied ? 'token_embd.weight' : 'output.weight');
}

export interface Network {
  readonly file: GgufFile;
  readonly shape: NetworkShape;
  readonly weights: ReadonlyMap<string, Float32Array>;
  /** [row of the head] token; undefined where the head is whole. */
  readonly headTokens: Int32Array | undefined;
  /** Tokens that have vectors, the others being zeros; undefined: all. */
  readonly inputs: Int32Array | undefined;
}

/** A whole network; a tied output head becomes one of its own. */
export function readNetwork(modelPath: string): Network {
  const [file] = readPlausibleModel(modelPath);
  const shape = networkShape(file);
  const weights = new Map<string, Float32Array>();
  for (const name of weightShapes(shape).keys())
    weights.set(name, name === 'output.weight' ? readHead(file) : readWeight(file, name));
  const cut = readCutHead(file);
  if (cut !== undefined) weights.set('token_embd.weight', vectorsOf(cut));
  return { file, shape, weights, headTokens: cut?.tokens, inputs: cut?.inputs };
}

/** `general.file_type` of llama.cpp for the tensor types that are written. */
const FILE_TYPES: ReadonlyMap<number, number> = new Map([
  [0, 0],
  [1, 1],
  [8, 7],
]);

/**
 * Norms stay F32, and so do rows that are no whole blocks. Where the head is cut, `metadata` holds its tokens and the
 * target's vocabulary.
 */
export function writeNetwork(
  output: string,
  metadata: ReadonlyMap<string, MetadataValue>,
  shape: NetworkShape,
  weights: ReadonlyMap<string, Float32Array>,
  type: number,
): void {
  const complete = new Map(metadata);
  complete.set('general.file_type', { type: 'u32', value: FILE_TYPES.get(type)! });
  const isCut = shape.headSize !== undefined;
  if (isCut) {
    const head = {
      tokens: metadata.get(CUT_HEAD_KEYS.tokens)!.value as Int32Array,
      vocabulary: metadata.get(CUT_HEAD_KEYS.vocabulary)!.value as string,
      inputs: metadata.get(CUT_HEAD_KEYS.inputs)?.value as Int32Array | undefined,
    };
    const vectors = weights.get('token_embd.weight')!;
    for (const [key, value] of cutHeadMetadata(head, vectors, shape.width)) complete.set(key, value);
  }
  const tensors = [...tensorShapes(shape)].map(([name, [fast, slow]]) => {
    const weight = isCut && name === 'token_embd.weight' ? 'output.weight' : name;
    const tensorType = slow === 1 || fast % 32 !== 0 ? 0 : type;
    return {
      name,
      shape: slow === 1 ? [fast] : [fast, slow],
      type: tensorType,
      data: () => quantize(weights.get(weight)!, tensorType),
    };
  });
  writeGguf(output, { metadata: complete, tensors });
}

/**
 * Name of what a draft was made for: a digest of the target's vocabulary and shape. It says whether a draft's
 * tokens mean the same; it does not change with the target's quantisation.
 */
export function fingerprint(file: GgufFile): string {
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

export const modelName = (file: GgufFile): string =>
  metadataText(file, 'general.name') ?? path.basename(file.path, '.gguf');
