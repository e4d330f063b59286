/**
 * What a language model computes, read from the head of its GGUF file: every matrix that a token is multiplied with, and
 * what each layer's attention looks at. The sizes come from the list of tensors, so that fused matrices (phi3), models
 * whose layers differ and mixtures of experts need no rules of their own; the windows of attention follow
 * `load_arch_hparams` of each architecture in llama.cpp (src/models/).
 */
import { ForetokenError } from '../../base/errors.js';
import { plainLine } from '../../base/plain-line.js';
import type { CacheShape } from '../../gguf/kv-cache.js';
import { elementCount, type GgufFile, TENSOR_TYPES, type TensorInfo } from '../../gguf/types.js';

export interface WeightMatrix {
  readonly name: string;
  /** Of its numbers, such as `Q8_0`. */
  readonly type: string;
  /** Numbers that come in for each token. */
  readonly inputs: number;
  /** Numbers that come out. */
  readonly outputs: number;
  readonly bytes: number;
  /** Layer it belongs to; -1 for the output head. */
  readonly layer: number;
  /** Of a mixture: matrices of this size, of which each token uses `LanguageModel.expertsUsed`; else 1. */
  readonly experts: number;
}

export interface AttentionLayer {
  readonly heads: number;
  readonly kvHeads: number;
  readonly keyLength: number;
  readonly valueLength: number;
  /** Cells that a token looks back at; undefined: all. */
  readonly window: number | undefined;
}

export interface LanguageModel {
  readonly name: string;
  readonly architecture: string;
  readonly layers: number;
  readonly width: number;
  readonly vocabulary: number;
  /** As it was trained. */
  readonly contextTrain: number;
  readonly parameters: number;
  /** Those of the layers and, last, of the output head. */
  readonly matrices: readonly WeightMatrix[];
  /** [layer] */
  readonly attention: readonly AttentionLayer[];
  readonly experts: number;
  readonly expertsUsed: number;
  /** The token vectors, which are looked up. */
  readonly embedding: { readonly type: string; readonly bytes: number };
  /** The output head reads the token vectors. */
  readonly tied: boolean;
  /** Of norms and biases. */
  readonly vectorBytes: number;
  /** Norms of one layer, about: each is a kernel. */
  readonly normsPerLayer: number;
  /** Of all tensors, as they lie in the file. */
  readonly weightBytes: number;
  readonly fileBytes: number;
  /** As the library allocates it: of the largest layer. */
  readonly cacheShape: CacheShape;
}

/** Attention over a KV cache and feed-forward layers, by llama.cpp's names. */
const ARCHITECTURES: readonly string[] =
  `llama mistral3 qwen qwen2 qwen2moe qwen2vl qwen3 qwen3moe qwen3vl gemma gemma2 gemma3 gemma-embedding phi2 phi3 phimoe
  stablelm internlm2 olmo olmo2 olmoe starcoder2 exaone exaone4 smollm3 glm4 granite granitemoe xverse orion command-r
  cohere2 gpt-oss ernie4_5 seed_oss hunyuan-dense arcee apertus baichuan minicpm dots1 bailingmoe falcon gptneox gpt2`
    .split(/\s+/)
    .filter(Boolean);

/** [architecture] every so many layers one looks at all cells, the others at a window. */
const WINDOW_PATTERN: Readonly<Record<string, number>> = {
  gemma2: 2,
  gemma3: 6,
  'gemma-embedding': 6,
  'gpt-oss': 2,
  cohere2: 4,
  olmo2: 4,
  exaone4: 4,
};
/** Of gemma2, where the file says nothing. */
const GEMMA2_WINDOW = 4096;
const MOST_LAYERS = 512;

/**
 * @param parts the files of one model, the first with its metadata; plausible ones (`gguf/plausibility.ts`)
 * @throws ForetokenError `unsupported_architecture`, `invalid_gguf`
 */
export function languageModel(parts: readonly [GgufFile, ...GgufFile[]]): LanguageModel {
  const [first] = parts;
  const architecture = text(first, 'general.architecture') ?? '';
  if (!ARCHITECTURES.includes(architecture))
    throw new ForetokenError(
      'unsupported_architecture',
      `${first.path} is of the architecture ${plainLine(architecture === '' ? 'none' : architecture, 60)}, whose cost cannot be predicted. ` +
        `Known are: ${ARCHITECTURES.join(', ')}. \`foretoken profile gguf --models FILE\` measures any model that loads.`,
      { param: 'model' },
    );
  const fail = (what: string): never => {
    throw new ForetokenError('invalid_gguf', `${first.path} is no language model that can run: ${what}.`, {
      param: 'model',
    });
  };
  const own = (key: string, otherwise?: number): number => {
    const value = numbers(first, `${architecture}.${key}`)?.[0] ?? otherwise;
    return value !== undefined && Number.isInteger(value) && value >= 0
      ? value
      : fail(`${architecture}.${key} is ${value === undefined ? 'missing' : 'no whole number'}`);
  };
  const layers = own('block_count');
  if (layers < 1 || layers > MOST_LAYERS) fail(`it has ${layers} layers`);
  const width = own('embedding_length');
  const tensors = parts.flatMap((part) => part.tensors);
  const attention = attentionOf(first, architecture, layers, width, own);
  const embedding = tensors.find(({ name }) => name === 'token_embd.weight');
  if (embedding === undefined || embedding.shape.length !== 2) return fail('it has no token vectors');
  const output = tensors.find(({ name }) => name === 'output.weight') ?? embedding;
  const inLayers = tensors.flatMap((tensor) => matrixOf(tensor) ?? []);
  if (inLayers.length === 0) fail('its layers have no matrices');
  const vectors = tensors.filter((tensor) => tensor.shape.length === 1);
  const weightBytes = tensors.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const largest = (key: keyof AttentionLayer): number =>
    attention.reduce((most, layer) => Math.max(most, layer[key] ?? 0), 0);
  return {
    name: text(first, 'general.name') ?? architecture,
    architecture,
    layers,
    width,
    vocabulary: embedding.shape[1]!,
    contextTrain: own('context_length'),
    parameters: tensors.reduce((sum, { shape }) => sum + elementCount(shape), 0),
    matrices: [
      ...inLayers,
      {
        name: output.name,
        type: nameOf(output),
        inputs: output.shape[0]!,
        outputs: output.shape[1] ?? 1,
        bytes: output.sizeBytes,
        layer: -1,
        experts: 1,
      },
    ],
    attention,
    experts: own('expert_count', 0),
    expertsUsed: own('expert_used_count', 0),
    embedding: { type: nameOf(embedding), bytes: embedding.sizeBytes },
    tied: output === embedding,
    vectorBytes: vectors.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    normsPerLayer: vectors.filter(({ name }) => /^blk\.0\..*norm\.weight$/.test(name)).length,
    weightBytes,
    fileBytes: parts.reduce((sum, { fileBytes }) => sum + fileBytes, 0),
    cacheShape: {
      layers,
      headsKv: largest('kvHeads'),
      keyLength: largest('keyLength'),
      valueLength: largest('valueLength'),
    },
  };
}

function attentionOf(
  file: GgufFile,
  architecture: string,
  layers: number,
  width: number,
  own: (key: string, otherwise?: number) => number,
): AttentionLayer[] {
  const heads = numbers(file, `${architecture}.attention.head_count`) ?? [];
  const kvHeads = numbers(file, `${architecture}.attention.head_count_kv`) ?? heads;
  const at = (values: readonly number[], layer: number): number => values[layer] ?? values[0] ?? 0;
  if (at(heads, 0) < 1) own('attention.head_count');
  const headWidth = Math.floor(width / Math.max(1, at(heads, 0)));
  const keyLength = own('attention.key_length', headWidth);
  const valueLength = own('attention.value_length', headWidth);
  const isWindowed = windowsOf(file, architecture);
  const window = own('attention.sliding_window', architecture === 'gemma2' ? GEMMA2_WINDOW : 0);
  return Array.from({ length: layers }, (_, layer) => ({
    heads: at(heads, layer),
    kvHeads: at(kvHeads, layer),
    keyLength,
    valueLength,
    window: window > 0 && isWindowed(layer) ? window : undefined,
  }));
}

/** Which layers look at a window only. */
function windowsOf(file: GgufFile, architecture: string): (layer: number) => boolean {
  const pattern = WINDOW_PATTERN[architecture];
  // Other architectures may have a window in their metadata that the library does not apply.
  if (pattern === undefined) return () => false;
  const given = numbers(file, `${architecture}.attention.sliding_window_pattern`);
  if (given !== undefined && given.length > 1) return (layer) => given[layer] === 1;
  const every = given?.[0] ?? pattern;
  return (layer) => every === 0 || layer % every < every - 1;
}

/** A matrix of a layer; undefined for other tensors. */
function matrixOf(tensor: TensorInfo): WeightMatrix | undefined {
  const { name, shape, sizeBytes } = tensor;
  const [, layer] = /^blk\.(\d{1,3})\..+\.weight$/.exec(name) ?? [];
  if (layer === undefined || shape.length < 2) return undefined;
  const experts = shape[2] ?? 1;
  return {
    name,
    type: nameOf(tensor),
    inputs: shape[0]!,
    outputs: shape[1]!,
    bytes: sizeBytes,
    layer: Number(layer),
    experts,
  };
}

const nameOf = ({ type }: TensorInfo): string => TENSOR_TYPES.get(type)!.name;

function text(file: GgufFile, key: string): string | undefined {
  const entry = file.metadata.get(key);
  return entry?.type === 'string' ? entry.value : undefined;
}

/** One number or one for each layer; undefined where there is none. */
function numbers(file: GgufFile, key: string): readonly number[] | undefined {
  const value = file.metadata.get(key)?.value;
  if (typeof value === 'number') return [value];
  if (typeof value === 'boolean') return [Number(value)];
  if (!ArrayBuffer.isView(value) || value.byteLength === 0) return undefined;
  return Array.from(value as Uint8Array, Number);
}
