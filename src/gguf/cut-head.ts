/**
 * A draft whose output head is cut to the tokens that it may guess (FR-Spec, Zhao et al., arXiv 2502.14856; VocabTrim,
 * Goel et al., arXiv 2506.22694): a model whose vocabulary has no words, with one row of the output head for each token
 * that it may guess. llama.cpp computes it as any other. What it cannot hold is in the metadata: which token of the
 * target each row means, and the input vectors of all tokens of the target, with eight bits a number and a scale a row.
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
  /** i8 [vocabulary size, width] */
  vectors: 'foretoken.cut_head.vectors',
  /** f32 [vocabulary size] */
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
  /** [vocabularySize, width]: times the row's scale. */
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
  const [tokens, vectors, scales] = (['tokens', 'vectors', 'scales'] as const).map((name) =>
    metadata.get(CUT_HEAD_KEYS[name]),
  );
  if (!isArray(tokens, 'i32', undefined)) return `${CUT_HEAD_KEYS.tokens} is no list of tokens`;
  if (!isArray(vectors, 'i8', count * Number(width.value)))
    return `${CUT_HEAD_KEYS.vectors} are not ${count} vectors of ${Number(width.value)} bytes`;
  if (!isArray(scales, 'f32', count)) return `${CUT_HEAD_KEYS.scales} are not ${count} numbers`;
  return (
    tokensProblem(tokens.value as Int32Array, count, tensors) ??
    ((scales.value as Float32Array).every(Number.isFinite)
      ? undefined
      : `${CUT_HEAD_KEYS.scales} has an entry that is no number`)
  );
}

function tokensProblem(tokens: Int32Array, count: number, tensors: GgufFile['tensors']): string | undefined {
  const head = tensors.find(({ name }) => name === 'output.weight' || name === 'token_embd.weight');
  if (tokens.length === 0 || head?.shape[1] !== tokens.length)
    return `${CUT_HEAD_KEYS.tokens} has ${tokens.length} entries for ${head?.shape[1] ?? 0} rows of the head`;
  let before = -1;
  for (const token of tokens) {
    if (token <= before || token >= count)
      return `${CUT_HEAD_KEYS.tokens} is not ascending, or beyond the target's ${count} tokens (${token} after ${before})`;
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
  const array = (name: 'tokens' | 'vectors' | 'scales'): unknown => metadata.get(CUT_HEAD_KEYS[name])!.value;
  return {
    vocabularySize: Number(metadata.get(CUT_HEAD_KEYS.vocabularySize)!.value),
    vocabulary: metadata.get(CUT_HEAD_KEYS.vocabulary)!.value as string,
    width: Number(metadata.get('llama.embedding_length')!.value),
    tokens: array('tokens') as Int32Array,
    vectors: array('vectors') as Int8Array,
    scales: array('scales') as Float32Array,
  };
}

/** The metadata of a cut head. @param vectors [vocabulary size, width] */
export function cutHeadMetadata(
  tokens: Int32Array,
  vocabulary: string,
  vectors: Float32Array,
  width: number,
): Map<string, MetadataValue> {
  const count = vectors.length / width;
  const rows = new Int8Array(vectors.length);
  const scales = new Float32Array(count);
  for (let token = 0; token < count; token++) {
    let most = 0;
    for (let i = token * width; i < (token + 1) * width; i++) most = Math.max(most, Math.abs(vectors[i]!));
    scales[token] = most / 127;
    if (most > 0)
      for (let i = token * width; i < (token + 1) * width; i++)
        rows[i] = Math.round(vectors[i]! / scales[token]!);
  }
  return new Map<string, MetadataValue>([
    [CUT_HEAD_KEYS.vocabularySize, { type: 'u32', value: count }],
    [CUT_HEAD_KEYS.vocabulary, { type: 'string', value: vocabulary }],
    [CUT_HEAD_KEYS.tokens, { type: 'array', itemType: 'i32', value: tokens }],
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
