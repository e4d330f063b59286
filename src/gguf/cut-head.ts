/**
 * A draft whose output head is cut to the tokens that it may guess (FR-Spec, Zhao et al., arXiv 2502.14856; VocabTrim,
 * Goel et al., arXiv 2506.22694): a model whose vocabulary has no words, with one row of the output head for each token
 * that it may guess. llama.cpp computes it as any other. What it cannot hold is in the metadata: which token of the
 * target each row means, and the input vectors of the target's tokens, with eight bits a number and a scale a row: of all, or
 * of those that its work is made of, the others being read as nothing (zeros).
 */
import { ForetokenError } from '../base/errors.js';
import type { GgufFile, Metadata, MetadataValue } from './types.js';

export const CUT_HEAD_KEYS = {
  /** u32: tokens of the target. */
  vocabularySize: 'foretoken.cut_head.vocabulary_size',
  /** string: digest of the target's vocabulary (`Vocabulary.fingerprint`). */
  vocabulary: 'foretoken.cut_head.vocabulary',
  /** i32 [rows of the head], ascending: token of the target. */
  tokens: 'foretoken.cut_head.tokens',
  /** i32, ascending: the tokens that have vectors; absent: all. */
  inputs: 'foretoken.cut_head.inputs',
  /** i8 [inputs, width] */
  vectors: 'foretoken.cut_head.vectors',
  /** f32 [inputs] */
  scales: 'foretoken.cut_head.scales',
} as const;

export interface CutHead {
  /** Tokens of the target. */
  readonly vocabularySize: number;
  /** Digest of the target's vocabulary. */
  readonly vocabulary: string;
  /** Numbers of a token's vector. */
  readonly width: number;
  /** [row of the head] token of the target, ascending. */
  readonly tokens: Int32Array;
  /** Tokens that have vectors, ascending; undefined: all. */
  readonly inputs: Int32Array | undefined;
  /** [vocabularySize, width]: times the row's scale, which is 0 for tokens without a vector. */
  readonly vectors: Int8Array;
  /** [vocabularySize] */
  readonly scales: Float32Array;
}

const MOST_TOKENS = 1 << 22;

export const hasCutHead = (metadata: Metadata): boolean => metadata.has(CUT_HEAD_KEYS.vocabularySize);

/** In words, why the metadata describe no cut head; undefined where they do, or where there is none. */
export function cutHeadProblem({
  metadata,
  tensors,
}: Pick<GgufFile, 'metadata' | 'tensors'>): string | undefined {
  if (!hasCutHead(metadata))
    return metadata.has(CUT_HEAD_KEYS.tokens)
      ? `it has ${CUT_HEAD_KEYS.tokens} without ${CUT_HEAD_KEYS.vocabularySize}`
      : undefined;
  const size = metadata.get(CUT_HEAD_KEYS.vocabularySize)!;
  if (size.type !== 'u32' || !(Number(size.value) >= 1) || Number(size.value) > MOST_TOKENS)
    return `${CUT_HEAD_KEYS.vocabularySize} is no number of tokens`;
  const count = Number(size.value);
  if (metadata.get(CUT_HEAD_KEYS.vocabulary)?.type !== 'string')
    return `${CUT_HEAD_KEYS.vocabulary} does not name the target's vocabulary`;
  const width = metadata.get('llama.embedding_length');
  if (width?.type !== 'u32' || metadata.get('general.architecture')?.value !== 'llama')
    return 'only networks of the architecture llama have cut heads';
  const [tokens, inputs, vectors, scales] = (['tokens', 'inputs', 'vectors', 'scales'] as const).map((name) =>
    metadata.get(CUT_HEAD_KEYS[name]),
  );
  for (const [list, name] of [
    [tokens, 'tokens'],
    [inputs, 'inputs'],
  ] as const)
    if ((list !== undefined || name === 'tokens') && !isArray(list, 'i32', undefined))
      return `${CUT_HEAD_KEYS[name]} is no list of tokens`;
  const read = inputs === undefined ? count : (inputs.value as Int32Array).length;
  if (!isArray(vectors, 'i8', read * Number(width.value)))
    return `${CUT_HEAD_KEYS.vectors} are not ${read} vectors of ${Number(width.value)} bytes`;
  if (!isArray(scales, 'f32', read)) return `${CUT_HEAD_KEYS.scales} are not ${read} numbers`;
  return (
    headProblem(tokens!.value as Int32Array, tensors) ??
    orderProblem('tokens', tokens!.value as Int32Array, count) ??
    (inputs && orderProblem('inputs', inputs.value as Int32Array, count)) ??
    ((scales.value as Float32Array).every(Number.isFinite)
      ? undefined
      : `${CUT_HEAD_KEYS.scales} has an entry that is no number`)
  );
}

function headProblem(tokens: Int32Array, tensors: GgufFile['tensors']): string | undefined {
  const head = tensors.find(({ name }) => name === 'output.weight' || name === 'token_embd.weight');
  return tokens.length === 0 || head?.shape[1] !== tokens.length
    ? `${CUT_HEAD_KEYS.tokens} has ${tokens.length} entries for ${head?.shape[1] ?? 0} rows of the head`
    : undefined;
}

function orderProblem(name: 'tokens' | 'inputs', tokens: Int32Array, count: number): string | undefined {
  let before = -1;
  for (const token of tokens) {
    if (token <= before || token >= count)
      return `${CUT_HEAD_KEYS[name]} is not ascending, or beyond the target's ${count} tokens (${token} after ${before})`;
    before = token;
  }
  return undefined;
}

function isArray(
  entry: MetadataValue | undefined,
  itemType: 'i32' | 'i8' | 'f32',
  length: number | undefined,
): entry is Extract<MetadataValue, { type: 'array' }> {
  return (
    entry?.type === 'array' &&
    entry.itemType === itemType &&
    (length ?? entry.value.length) === entry.value.length
  );
}

/** @returns undefined where the head is whole. @throws ForetokenError `invalid_gguf` */
export function readCutHead(file: GgufFile): CutHead | undefined {
  const problem = cutHeadProblem(file);
  if (problem !== undefined)
    throw new ForetokenError(
      'invalid_gguf',
      `${file.path} is no draft with a cut head: ${problem}. Is it damaged? Make it anew with foretoken draft create.`,
    );
  const { metadata } = file;
  if (!hasCutHead(metadata)) return undefined;
  const array = (name: 'tokens' | 'inputs' | 'vectors' | 'scales'): unknown =>
    metadata.get(CUT_HEAD_KEYS[name])?.value;
  const vocabularySize = Number(metadata.get(CUT_HEAD_KEYS.vocabularySize)!.value);
  const width = Number(metadata.get('llama.embedding_length')!.value);
  const inputs = array('inputs') as Int32Array | undefined;
  const [vectors, scales] = [array('vectors') as Int8Array, array('scales') as Float32Array];
  return {
    ...{ vocabularySize, width, inputs, tokens: array('tokens') as Int32Array },
    vocabulary: metadata.get(CUT_HEAD_KEYS.vocabulary)!.value as string,
    ...(inputs === undefined
      ? { vectors, scales }
      : spread(inputs, { vectors, scales }, vocabularySize, width)),
  };
}

/** Vectors of some tokens at the places of all. */
function spread(
  inputs: Int32Array,
  { vectors, scales }: Pick<CutHead, 'vectors' | 'scales'>,
  vocabularySize: number,
  width: number,
): Pick<CutHead, 'vectors' | 'scales'> {
  const all = {
    vectors: new Int8Array(vocabularySize * width),
    scales: new Float32Array(vocabularySize),
  };
  inputs.forEach((token, row) => {
    all.vectors.set(vectors.subarray(row * width, (row + 1) * width), token * width);
    all.scales[token] = scales[row]!;
  });
  return all;
}

/** The metadata of a cut head. @param vectors [vocabulary size, width]; those of tokens that are no inputs are left out */
export function cutHeadMetadata(
  { tokens, vocabulary, inputs }: Pick<CutHead, 'tokens' | 'vocabulary' | 'inputs'>,
  vectors: Float32Array,
  width: number,
): Map<string, MetadataValue> {
  const count = vectors.length / width;
  const read = inputs ?? Int32Array.from({ length: count }, (_, token) => token);
  const rows = new Int8Array(read.length * width);
  const scales = new Float32Array(read.length);
  read.forEach((token, row) => {
    const vector = vectors.subarray(token * width, (token + 1) * width);
    let most = 0;
    for (const value of vector) most = Math.max(most, Math.abs(value));
    scales[row] = most / 127;
    if (most > 0) vector.forEach((value, i) => (rows[row * width + i] = Math.round(value / scales[row]!)));
  });
  return new Map<string, MetadataValue>([
    [CUT_HEAD_KEYS.vocabularySize, { type: 'u32', value: count }],
    [CUT_HEAD_KEYS.vocabulary, { type: 'string', value: vocabulary }],
    [CUT_HEAD_KEYS.tokens, { type: 'array', itemType: 'i32', value: tokens }],
    ...(inputs === undefined
      ? []
      : [[CUT_HEAD_KEYS.inputs, { type: 'array', itemType: 'i32', value: inputs }] as const]),
    [CUT_HEAD_KEYS.vectors, { type: 'array', itemType: 'i8', value: rows }],
    [CUT_HEAD_KEYS.scales, { type: 'array', itemType: 'f32', value: scales }],
  ]);
}

/** The vectors of all tokens of the target: [vocabularySize, width]. */
export function vectorsOf({ vectors, scales, width }: CutHead): Float32Array {
  const values = new Float32Array(vectors.length);
  for (let i = 0; i < values.length; i++) values[i] = vectors[i]! * scales[Math.floor(i / width)]!;
  return values;
}
