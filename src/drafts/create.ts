/**
 * Makes an untrained draft for a target. Either a narrow network that starts from the target's own token
 * vectors and output head, projected onto their principal directions, or a network cut from the target's
 * layers, which keeps what those layers know. Both share the target's vocabulary token for token.
 */
import { ForetokenError } from '../base/errors.js';
import { CUT_HEAD_KEYS } from '../gguf/cut-head.js';
import { readPlausibleModel } from '../gguf/plausibility.js';
import { type GgufFile, type MetadataValue, TENSOR_TYPE } from '../gguf/types.js';
import { headSizeOf, type NetworkShape, weightShapes } from '../llama/training/training.js';
import { readCorpus } from './corpus.js';
import { chooseHead, type CutHead } from './cut-head.js';
import { buildCopyCircuit, canCopy, codeWidth, COPY_ROPE_BASE, whiten } from './copy-circuit.js';
import {
  fingerprint,
  metadataNumber,
  metadataText,
  modelName,
  networkShape,
  readHead,
  readNetwork,
  readWeight,
  vocabularySizeOf,
  writeNetwork,
} from './network.js';
import { guessedRows } from './guessed-rows.js';
import { project, scaleToRms } from './projection.js';
import { fillNormal, randomNumbers } from '../base/random.js';

export interface CreateDraftOptions {
  /** GGUF file of the model to draft for. */
  readonly target: string;
  /** Where to write the draft. */
  readonly output: string;
  readonly name?: string;
  /** Tokens that it may guess: so many, or as many as cover 99 % of held-out answers of the corpus; default: all. */
  readonly vocabulary?: number | 'auto';
  /** Tokens that it can read, where its head is cut: so many, those of the corpus first; default: all. */
  readonly inputs?: number;
  /** The target's answers, by which those tokens are chosen. */
  readonly corpus?: readonly string[];
  /** What `chooseHead` chose before; the two above do not apply then. */
  readonly head?: CutHead | undefined;
  /** Start from the weights of this draft of the target instead, with its head cut or whole; no shape applies then. */
  readonly fromDraft?: string;
  /** Cut these layers out of the target; the next five do not apply then. */
  readonly fromLayers?: readonly number[];
  readonly layers?: number;
  /** Multiple of 32 and of `heads`. */
  readonly width?: number;
  readonly heads?: number;
  readonly feedForward?: number;
  /** Build in the circuit that copies from the prompt, where the shape allows (default: true). */
  readonly copyCircuit?: boolean;
  readonly seed?: number;
  /** Told before each weight is made, 0 to 1, and at the end. */
  readonly onProgress?: (done: number, note: string) => void;
}

export interface CreatedDraft {
  readonly path: string;
  readonly name: string;
  readonly parameters: number;
  readonly shape: NetworkShape;
  /** Where the head is cut: share of the tokens of held-out answers that it can guess; undefined without a corpus. */
  readonly coverage?: number | undefined;
}

/** Attention costs by the head, and ggml's kernels are made for 64 and more: heads of 32 take twice as long. */
const HEAD_WIDTH = 64;

/** Root mean squares of a new network; the norms make it insensitive to the exact values. */
const EMBEDDING_RMS = 0.3;
const HEAD_RMS = 0.04;

export function createDraft(options: CreateDraftOptions): CreatedDraft {
  const [file] = readPlausibleModel(options.target);
  const { target, vocabulary: wanted, corpus = [] } = options;
  const whole = vocabularySizeOf(file);
  const head =
    options.head ??
    (wanted === undefined
      ? undefined
      : chooseHead(
          target,
          wanted,
          corpus.flatMap((texts) => readCorpus(texts, whole)),
          options.inputs,
        ));
  const { shape, weights } =
    options.fromDraft !== undefined
      ? ofDraft(file, options.fromDraft, head?.tokens)
      : options.fromLayers === undefined
        ? projected(file, options, head?.tokens)
        : cut(file, options.fromLayers, options, head?.tokens);
  let parameters = 0;
  for (const values of weights.values()) parameters += values.length;
  const name = options.name ?? `${modelName(file)} draft ${(parameters / 1e6).toFixed(1)}M`;
  options.onProgress?.(WRITING, 'writing');
  const metadata = draftMetadata(file, shape, name, head);
  writeNetwork(options.output, metadata, shape, weights, TENSOR_TYPE.F32);
  options.onProgress?.(1, '');
  return { path: options.output, name, parameters, shape, coverage: head?.coverage };
}

/** The rows of `matrix` [.., width] for a head of these tokens. */
function rowsOf(matrix: Float32Array, width: number, tokens: Int32Array | undefined): Float32Array {
  if (tokens === undefined) return matrix;
  const rows = new Float32Array(tokens.length * width);
  tokens.forEach((token, row) => {
    rows.set(matrix.subarray(token * width, (token + 1) * width), row * width);
  });
  return rows;
}

/** The share of the work that comes before the file is written. */
const WRITING = 0.9;

/** The names of the weights, each told before it is made. */
function* announced(
  shape: NetworkShape,
  { onProgress }: CreateDraftOptions,
): Generator<[string, readonly [number, number]]> {
  const all = [...weightShapes(shape)];
  for (const [index, [name, dimensions]] of all.entries()) {
    onProgress?.((WRITING * index) / all.length, name);
    yield [name, dimensions];
  }
}

function integer(name: string, value: number, from: number, to: number): number {
  if (!Number.isInteger(value) || value < from || value > to)
    throw new ForetokenError('invalid_option', `${name} must be a whole number from ${from} to ${to}.`, {
      param: name,
    });
  return value;
}

function projected(file: GgufFile, options: CreateDraftOptions, tokens: Int32Array | undefined) {
  const layers = integer('layers', options.layers ?? 2, 1, 64);
  const width = integer('width', options.width ?? 128, 32, 8192);
  const heads = integer(
    'heads',
    options.heads ?? (width % HEAD_WIDTH === 0 ? width / HEAD_WIDTH : 1),
    1,
    256,
  );
  const feedForward = integer('feedForward', options.feedForward ?? width * 2, 32, 65536);
  if (width % 32 !== 0 || feedForward % 32 !== 0)
    throw new ForetokenError('invalid_option', 'width and feedForward must be multiples of 32.', {
      param: 'width',
    });
  if (width % heads !== 0 || (width / heads) % 2 !== 0)
    throw new ForetokenError('invalid_option', 'width must be an even multiple of heads.', {
      param: 'heads',
    });
  let shape: NetworkShape = {
    vocabularySize: vocabularySizeOf(file),
    ...(tokens && { headSize: tokens.length }),
    width,
    layers,
    heads,
    kvHeads: heads,
    feedForward,
    ropeBase: 10000,
    normEpsilon: 1e-5,
  };
  const copies = canCopy(shape) && options.copyCircuit !== false;
  if (copies) shape = { ...shape, ropeBase: COPY_ROPE_BASE };
  const random = randomNumbers(integer('seed', options.seed ?? 1, 0, 2 ** 32 - 1));
  const targetWidth = metadataNumber(
    file,
    `${metadataText(file, 'general.architecture') ?? ''}.embedding_length`,
  );
  const vectors = (name: 'token vectors' | 'output head'): Float32Array => {
    const matrix = name === 'token vectors' ? readWeight(file, 'token_embd.weight') : readHead(file);
    if (matrix.length >= shape.vocabularySize * targetWidth) return matrix;
    throw new ForetokenError('invalid_gguf', `The ${name} of ${file.path} are fewer than its tokens.`);
  };
  const narrowed = (matrix: Float32Array, rms: number): Float32Array =>
    scaleToRms(project(matrix, shape.vocabularySize, targetWidth, width, random), rms);

  const weights = new Map<string, Float32Array>();
  for (const [name, [fast, slow]] of announced(shape, options)) {
    if (slow === 1) weights.set(name, new Float32Array(fast).fill(1));
    else if (name === 'token_embd.weight')
      weights.set(name, narrowed(vectors('token vectors'), EMBEDDING_RMS));
    else if (name === 'output.weight')
      weights.set(name, rowsOf(narrowed(vectors('output head'), HEAD_RMS), width, tokens));
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
    buildCopyCircuit(weights, shape, whiten(codes, shape.vocabularySize, code), tokens);
  }
  return { shape, weights };
}

function cut(
  file: GgufFile,
  fromLayers: readonly number[],
  options: CreateDraftOptions,
  tokens: Int32Array | undefined,
) {
  const full = networkShape(file);
  if (fromLayers.length === 0)
    throw new ForetokenError('invalid_option', 'fromLayers names no layer.', { param: 'fromLayers' });
  for (const layer of fromLayers) integer('fromLayers', layer, 0, full.layers - 1);
  const shape: NetworkShape = {
    ...full,
    layers: fromLayers.length,
    ...(tokens && { headSize: tokens.length }),
  };
  const weights = new Map<string, Float32Array>();
  for (const [name] of announced(shape, options)) {
    const source = name.replace(/^blk\.(\d+)\./, (_, layer) => `blk.${fromLayers[Number(layer)]!}.`);
    weights.set(
      name,
      name === 'output.weight' ? rowsOf(readHead(file), shape.width, tokens) : readWeight(file, source),
    );
  }
  return { shape, weights };
}

/** Another draft's weights; what its head lacks of the tokens that are wanted is guessed. */
function ofDraft(target: GgufFile, draft: string, tokens: Int32Array | undefined) {
  const { file, shape: own, weights: all, headTokens: held } = readNetwork(draft);
  const refuse = (why: string): never => {
    throw new ForetokenError('invalid_option', `${draft} cannot be started from: ${why}.`, {
      param: 'fromDraft',
    });
  };
  if (metadataText(file, 'foretoken.draft.target.fingerprint') !== fingerprint(target))
    refuse(`it is no draft for ${target.path}`);
  if (tokens === undefined) {
    if (held !== undefined) refuse('its head is cut; name a vocabulary');
    return { shape: own, weights: new Map(all) };
  }
  const rowOf = new Map((held ?? Int32Array.from({ length: own.vocabularySize }, (_, id) => id)).entries());
  const rows = new Map([...rowOf].map(([row, token]) => [token, row]));
  const weights = new Map(all);
  const [output, vectors] = [all.get('output.weight')!, all.get('token_embd.weight')!];
  const missing = tokens.filter((token) => !rows.has(token));
  const guessed = guessedRows(output, held ?? new Int32Array(), vectors, missing, own.width);
  missing.forEach((token, at) => rows.set(token, rowOf.size + at));
  const places = tokens.map((token) => rows.get(token)!);
  weights.set('output.weight', rowsOf(joined(output, guessed), own.width, places));
  return { shape: { ...own, headSize: tokens.length }, weights };
}

function joined(a: Float32Array, b: Float32Array): Float32Array {
  const both = new Float32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

const text = (value: string): MetadataValue => ({ type: 'string', value });
const u32 = (value: number): MetadataValue => ({ type: 'u32', value });
const f32 = (value: number): MetadataValue => ({ type: 'f32', value });

/** The target's tokenizer and chat template, the draft's own shape, and where it comes from. */
function draftMetadata(
  target: GgufFile,
  shape: NetworkShape,
  name: string,
  head: CutHead | undefined,
): Map<string, MetadataValue> {
  const architecture = metadataText(target, 'general.architecture') ?? '';
  const metadata = new Map<string, MetadataValue>([
    ['general.architecture', text('llama')],
    ['general.type', text('model')],
    ['general.name', text(name)],
    ['foretoken.draft.target.name', text(modelName(target))],
    ['foretoken.draft.target.fingerprint', text(fingerprint(target))],
    ['llama.context_length', u32(metadataNumber(target, `${architecture}.context_length`))],
    ['llama.vocab_size', u32(headSizeOf(shape))],
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
  if (license !== undefined) metadata.set('general.license', text(license));
  if (head !== undefined) {
    metadata.set('tokenizer.ggml.model', text('none'));
    metadata.set(CUT_HEAD_KEYS.vocabulary, text(head.vocabulary));
    metadata.set(CUT_HEAD_KEYS.tokens, { type: 'array', itemType: 'i32', value: head.tokens });
    if (head.inputs !== undefined)
      metadata.set(CUT_HEAD_KEYS.inputs, { type: 'array', itemType: 'i32', value: head.inputs });
    if (head.coverage !== undefined) metadata.set('foretoken.cut_head.coverage', f32(head.coverage));
    return metadata;
  }
  for (const [key, value] of target.metadata) if (key.startsWith('tokenizer.')) metadata.set(key, value);
  return metadata;
}
