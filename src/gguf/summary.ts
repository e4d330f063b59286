/** What a GGUF file holds and needs, as plain data; read from its head alone. */
import { existsSync } from 'node:fs';
import { ForetokenError } from '../base/errors.js';
import { cutHeadProblem, hasCutHead, readCutHead } from './cut-head.js';
import type { Finding } from './findings.js';
import { cacheBytesPerToken, type CacheShape } from './kv-cache.js';
import { findingsIn, splitFilesOf } from './plausibility.js';
import { readGguf } from './reader.js';
import { elementCount, type GgufFile, TENSOR_TYPES } from './types.js';

export interface GgufSummary {
  readonly path: string;
  readonly version: number;
  readonly name: string | undefined;
  readonly architecture: string;
  readonly license: string | undefined;
  readonly fileBytes: number;
  readonly parameters: number;
  readonly tensors: number;
  /** Type of most weights by bytes, such as "Q8_0". */
  readonly quantization: string;
  /** Bytes of weights by type, largest first. */
  readonly weightTypes: readonly {
    readonly type: string;
    readonly tensors: number;
    readonly bytes: number;
  }[];
  readonly contextLength: number | undefined;
  readonly layers: number | undefined;
  readonly width: number | undefined;
  readonly heads: number | undefined;
  readonly kvHeads: number | undefined;
  readonly headWidth: number | undefined;
  readonly feedForward: number | undefined;
  readonly vocabulary: VocabularySummary;
  /** Of a draft with a cut head: the tokens that it may guess, of how many. */
  readonly cutHead: { readonly tokens: number; readonly of: number; readonly inputs?: number } | undefined;
  readonly hasChatTemplate: boolean;
  /** Where the model is a draft: the name of what it drafts for. */
  readonly draftOf: string | undefined;
  /** All files of a split model, this one included; empty for a whole one. */
  readonly splitFiles: readonly string[];
  readonly memory: MemoryNeed | undefined;
  /** What is wrong with the file, as far as its head tells; with an error among them it is not loaded. */
  readonly findings: readonly Finding[];
}

export interface VocabularySummary {
  readonly size: number;
  /** Such as "gpt2" (byte-level BPE) or "llama" (SentencePiece). */
  readonly type: string | undefined;
  readonly preTokenizer: string | undefined;
  readonly special: readonly { readonly role: string; readonly id: number; readonly text: string }[];
}

/** Weights and F16 KV cache; what a computation needs besides depends on the batch. */
export interface MemoryNeed {
  readonly contextSize: number;
  readonly weightBytes: number;
  readonly kvBytesPerToken: number;
  readonly kvBytes: number;
  readonly totalBytes: number;
}

const SPECIAL = [
  ['bos', 'beginning of text'],
  ['eos', 'end of text'],
  ['eot', 'end of turn'],
  ['eom', 'end of message'],
  ['unknown', 'unknown'],
  ['separator', 'separator'],
  ['padding', 'padding'],
] as const;

/**
 * @param options.contextSize tokens to compute the memory for; by default the model's context length
 * @throws ForetokenError `file_not_found`, `invalid_gguf`, `invalid_option`
 */
export function inspectGguf(file: string, options: { readonly contextSize?: number } = {}): GgufSummary {
  const others = splitFilesOf(file).filter((other) => other !== file && existsSync(other));
  return summarize([readGguf(file), ...others.map(readGguf)], options);
}

/** `inspectGguf` of files that are read already: those of one model, the first with its metadata. */
export function summarize(
  parts: readonly [GgufFile, ...GgufFile[]],
  options: { readonly contextSize?: number } = {},
): GgufSummary {
  if (
    options.contextSize !== undefined &&
    !(options.contextSize >= 1 && Number.isInteger(options.contextSize))
  )
    throw new ForetokenError('invalid_option', 'contextSize must be a whole number of at least 1.', {
      param: 'contextSize',
    });
  const [gguf] = parts;
  const architecture = text(gguf, 'general.architecture') ?? 'unknown';
  const own = (key: string): number | undefined => number(gguf, `${architecture}.${key}`);
  const weights = weightTypes(parts);
  const weightBytes = weights.reduce((sum, { bytes }) => sum + bytes, 0);
  const [layers, width, heads] = [own('block_count'), own('embedding_length'), own('attention.head_count')];
  const kvHeads = own('attention.head_count_kv') ?? heads;
  const headWidth =
    own('attention.key_length') ?? (width !== undefined && heads !== undefined ? width / heads : undefined);
  const contextLength = own('context_length');
  const contextSize = options.contextSize ?? contextLength;
  return {
    path: gguf.path,
    version: gguf.version,
    name: text(gguf, 'general.name'),
    architecture,
    license: text(gguf, 'general.license'),
    fileBytes: parts.reduce((sum, part) => sum + part.fileBytes, 0),
    parameters: sumOver(parts, ({ shape }) => elementCount(shape)),
    tensors: sumOver(parts, () => 1),
    quantization: weights[0]?.type ?? 'none',
    weightTypes: weights,
    contextLength,
    layers,
    width,
    heads,
    kvHeads,
    headWidth,
    feedForward: own('feed_forward_length'),
    vocabulary: vocabularyOf(gguf),
    cutHead: cutHeadOf(gguf),
    hasChatTemplate: text(gguf, 'tokenizer.chat_template') !== undefined,
    draftOf: text(gguf, 'foretoken.draft.target.name'),
    splitFiles: splitFilesOf(gguf.path),
    memory:
      layers === undefined || kvHeads === undefined || headWidth === undefined || contextSize === undefined
        ? undefined
        : memoryNeed(weightBytes, {
            contextSize,
            layers,
            headsKv: kvHeads,
            keyLength: headWidth,
            valueLength: own('attention.value_length') ?? headWidth,
          }),
    findings: findingsIn(parts),
  };
}

function memoryNeed(
  weightBytes: number,
  { contextSize, ...shape }: CacheShape & { readonly contextSize: number },
): MemoryNeed {
  const kvBytesPerToken = cacheBytesPerToken(shape);
  const kvBytes = kvBytesPerToken * contextSize;
  return { contextSize, weightBytes, kvBytesPerToken, kvBytes, totalBytes: weightBytes + kvBytes };
}

function sumOver(parts: readonly GgufFile[], of: (tensor: GgufFile['tensors'][number]) => number): number {
  return parts.reduce((sum, { tensors }) => tensors.reduce((part, tensor) => part + of(tensor), sum), 0);
}

function weightTypes(parts: readonly GgufFile[]): { type: string; tensors: number; bytes: number }[] {
  const byType = new Map<number, { type: string; tensors: number; bytes: number }>();
  for (const { tensors } of parts)
    for (const { type, sizeBytes } of tensors) {
      const entry = byType.get(type) ?? { type: TENSOR_TYPES.get(type)!.name, tensors: 0, bytes: 0 };
      entry.tensors += 1;
      entry.bytes += sizeBytes;
      byType.set(type, entry);
    }
  return [...byType.values()].sort((a, b) => b.bytes - a.bytes);
}

function cutHeadOf(file: GgufFile): GgufSummary['cutHead'] {
  if (!hasCutHead(file.metadata) || cutHeadProblem(file) !== undefined) return undefined;
  const { tokens, vocabularySize, inputs } = readCutHead(file)!;
  return { tokens: tokens.length, of: vocabularySize, ...(inputs && { inputs: inputs.length }) };
}

function vocabularyOf(file: GgufFile): VocabularySummary {
  const tokens = file.metadata.get('tokenizer.ggml.tokens');
  const words = tokens?.type === 'array' && tokens.itemType === 'string' ? tokens.value : undefined;
  const special = SPECIAL.flatMap(([key, role]) => {
    const id = number(file, `tokenizer.ggml.${key}_token_id`);
    return id === undefined ? [] : [{ role, id, text: words?.at(id) ?? '' }];
  });
  return {
    size: words?.length ?? 0,
    type: text(file, 'tokenizer.ggml.model'),
    preTokenizer: text(file, 'tokenizer.ggml.pre'),
    special,
  };
}

function text(file: GgufFile, key: string): string | undefined {
  const entry = file.metadata.get(key);
  return entry?.type === 'string' ? entry.value : undefined;
}

/** A number, or the largest of an array of them (some models give heads layer by layer). */
function number(file: GgufFile, key: string): number | undefined {
  const value = file.metadata.get(key)?.value;
  if (typeof value === 'number') return value;
  if (ArrayBuffer.isView(value) && value.byteLength > 0)
    return Array.from(value as Uint8Array, Number).reduce((most, item) => Math.max(most, item));
  return undefined;
}
