/**
 * Language models of random weights in any shape and type of weights, written for nothing but to be timed: the kernels of
 * llama.cpp take as long for random numbers as for trained ones. Blocks are random bytes; only their scales are chosen, so
 * that no number is infinite or denormal. One tile of blocks is repeated, as writing must not take longer than timing.
 */
import { ForetokenError } from '../../base/errors.js';
import { randomNumbers } from '../../base/random.js';
import { floatToHalf } from '../../gguf/quantization.js';
import { GgufStrings } from '../../gguf/strings.js';
import { tinyModel } from '../../gguf/tiny-model.js';
import { type MetadataValue, TENSOR_TYPE, TENSOR_TYPES, tensorBytes } from '../../gguf/types.js';
import { type TensorToWrite, writeGguf } from '../../gguf/writer.js';
import { RANDOM_TYPES, SCALES } from './random-types.js';

export interface RandomModelShape {
  readonly layers: number;
  /** Of the hidden state; a multiple of the type's block. */
  readonly width: number;
  readonly heads: number;
  readonly kvHeads: number;
  /** Of a head; even. */
  readonly headWidth: number;
  readonly feedForward: number;
  /** At least the 323 of the tiny model's vocabulary. */
  readonly vocabulary: number;
  /** The output head reads the token vectors. */
  readonly tied: boolean;
  /** Experts of each feed-forward layer; 0: none. */
  readonly experts: number;
  readonly expertsUsed: number;
}

const TILE_BLOCKS = 1024;
const CONTEXT = 8192;

/** @throws ForetokenError `invalid_option` for a type that cannot be written */
export function writeRandomModel(file: string, typeName: string, shape: RandomModelShape): void {
  const type = [...TENSOR_TYPES].find(([, { name }]) => name === typeName)?.[0];
  if (type === undefined || !RANDOM_TYPES.includes(typeName))
    throw new ForetokenError(
      'invalid_option',
      `Random models cannot have weights of type ${typeName}; there are: ${RANDOM_TYPES.join(', ')}.`,
      { param: 'types' },
    );
  const tile = randomTile(typeName, TENSOR_TYPES.get(type)!.blockBytes);
  writeGguf(file, { metadata: metadataOf(shape), tensors: tensorsOf(shape, type, tile) });
}

function metadataOf(shape: RandomModelShape): Map<string, MetadataValue> {
  const { layers, width, heads, kvHeads, headWidth, feedForward, vocabulary, experts, expertsUsed } = shape;
  const metadata = new Map(tinyModel({ layers: 1 }).metadata);
  const set = (key: string, value: number): void => {
    metadata.set(`llama.${key}`, { type: 'u32', value });
  };
  set('context_length', CONTEXT);
  set('vocab_size', vocabulary);
  set('embedding_length', width);
  set('block_count', layers);
  set('feed_forward_length', feedForward);
  set('attention.head_count', heads);
  set('attention.head_count_kv', kvHeads);
  set('attention.key_length', headWidth);
  set('attention.value_length', headWidth);
  set('rope.dimension_count', headWidth);
  if (experts > 0) {
    set('expert_count', experts);
    set('expert_used_count', expertsUsed);
  }
  extendVocabulary(metadata, vocabulary);
  return metadata;
}

/** Adds words that no text has. */
function extendVocabulary(metadata: Map<string, MetadataValue>, size: number): void {
  const words = metadata.get('tokenizer.ggml.tokens');
  const types = metadata.get('tokenizer.ggml.token_type');
  if (words?.type !== 'array' || words.itemType !== 'string' || types?.type !== 'array') return;
  const known = Array.from({ length: words.value.length }, (_, at) => words.value.at(at)!);
  const added = Math.max(0, size - known.length);
  metadata.set('tokenizer.ggml.tokens', {
    ...words,
    value: GgufStrings.from([...known, ...Array.from({ length: added }, (_, at) => `<unused${at}>`)]),
  });
  const unused = 5;
  metadata.set('tokenizer.ggml.token_type', {
    type: 'array',
    itemType: 'i32',
    value: Int32Array.from([
      ...Array.from(types.value as Int32Array),
      ...Array.from({ length: added }, () => unused),
    ]),
  });
}

function tensorsOf(shape: RandomModelShape, type: number, tile: Uint8Array): TensorToWrite[] {
  const { layers, width, heads, kvHeads, headWidth, feedForward, vocabulary, tied, experts } = shape;
  const tensors: TensorToWrite[] = [];
  const matrix = (name: string, ...size: number[]): void => {
    tensors.push({ name, shape: size, type, data: () => repeated(tile, tensorBytes(type, size)) });
  };
  const floats = (name: string, value: number, ...size: number[]): void => {
    const count = size.reduce((product, one) => product * one, 1);
    const data = (): Uint8Array => new Uint8Array(new Float32Array(count).fill(value).buffer);
    tensors.push({ name, shape: size, type: TENSOR_TYPE.F32, data });
  };
  matrix('token_embd.weight', width, vocabulary);
  for (let layer = 0; layer < layers; layer++) {
    const named = (part: string): string => `blk.${layer}.${part}.weight`;
    floats(named('attn_norm'), 1, width);
    matrix(named('attn_q'), width, heads * headWidth);
    matrix(named('attn_k'), width, kvHeads * headWidth);
    matrix(named('attn_v'), width, kvHeads * headWidth);
    matrix(named('attn_output'), heads * headWidth, width);
    floats(named('ffn_norm'), 1, width);
    const [suffix, more] = experts > 0 ? ['_exps', [experts]] : ['', []];
    if (experts > 0) floats(named('ffn_gate_inp'), 1 / width, width, experts);
    matrix(named(`ffn_gate${suffix}`), width, feedForward, ...more);
    matrix(named(`ffn_up${suffix}`), width, feedForward, ...more);
    matrix(named(`ffn_down${suffix}`), feedForward, width, ...more);
  }
  floats('output_norm.weight', 1, width);
  if (!tied) matrix('output.weight', width, vocabulary);
  return tensors;
}

/** Some thousand numbers of a type, about as large as those of a network. */
function randomTile(typeName: string, blockBytes: number): Uint8Array {
  const random = randomNumbers(7);
  const bytes = new Uint8Array(blockBytes * TILE_BLOCKS).map(() => random() * 256);
  const view = new DataView(bytes.buffer);
  const value = (): number => 0.04 * (random() - 0.5);
  for (let block = 0; block < TILE_BLOCKS; block++) {
    const at = block * blockBytes;
    if (typeName === 'F32') view.setFloat32(at, value(), true);
    else if (typeName === 'F16') view.setUint16(at, floatToHalf(value()), true);
    else if (typeName === 'BF16') {
      view.setFloat32(0, value(), true);
      const high = view.getUint16(2, true);
      view.setUint16(at, high, true);
    } else
      for (const offset of SCALES[typeName]!)
        view.setUint16(at + offset, floatToHalf(0.0005 * (0.5 + random())), true);
  }
  // The place where numbers were turned into BF16.
  if (typeName === 'BF16') view.setUint32(0, 0, true);
  return bytes;
}

function repeated(tile: Uint8Array, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += tile.length)
    bytes.set(at + tile.length <= length ? tile : tile.subarray(0, length - at), at);
  return bytes;
}
