/**
 * Damaged heads of GGUF files for `npm run fuzz:gguf`, its short form in the tests, and `scripts/damage-models.mjs`:
 * flipped bits, values that are far too large, pieces lost, repeated or exchanged, and single entries of the metadata
 * or of the tensors replaced by others. Every case has a number and is the same each time.
 */
import { ForetokenError } from '../base/errors.js';
import { below, pick, randomNumbers } from '../base/random.js';
import { memorySource } from './head-reader.js';
import { readGgufFrom } from './reader.js';
import { GgufStrings } from './strings.js';
import { summarize } from './summary.js';
import { tinyModel } from './tiny-model.js';
import { type MetadataValue, TENSOR_TYPES } from './types.js';
import { type GgufContent, ggufHead, type TensorToWrite } from './writer.js';

export interface MutatedHead {
  readonly head: Uint8Array;
  /** Of the file that the head pretends to begin. */
  readonly fileBytes: number;
}

type Random = () => number;

/** Weights behind the head: there are none, and nobody reads them. */
const WEIGHT_BYTES = 2 ** 32;

const u32 = (value: number): MetadataValue => ({ type: 'u32', value });
const f32 = (value: number): MetadataValue => ({ type: 'f32', value });
const text = (value: string): MetadataValue => ({ type: 'string', value });

/** What is damaged: byte-level BPE, SentencePiece, experts, an architecture nobody knows, and an adapter. */
export function sourcesOfMutations(): GgufContent[] {
  const shape = { width: 32, heads: 2, kvHeads: 1, feedForward: 64 };
  const plain = tinyModel(shape);
  const pieces = tinyModel({ ...shape, layers: 1, tied: true });
  const tokens = [...(pieces.metadata.get('tokenizer.ggml.tokens')!.value as GgufStrings)].map((word, at) =>
    at < 256 ? `<0x${at.toString(16).toUpperCase().padStart(2, '0')}>` : word,
  );
  pieces.metadata.set('tokenizer.ggml.model', text('llama'));
  pieces.metadata.set('tokenizer.ggml.tokens', {
    type: 'array',
    itemType: 'string',
    value: GgufStrings.from(tokens),
  });
  pieces.metadata.set('tokenizer.ggml.scores', {
    type: 'array',
    itemType: 'f32',
    value: Float32Array.from(tokens, (_, at) => -at),
  });
  pieces.metadata.delete('tokenizer.ggml.merges');
  const experts = tinyModel({ ...shape, layers: 3 });
  for (const [key, value] of Object.entries({
    expert_count: 8,
    expert_used_count: 2,
    'rope.scaling.factor': 4,
  }))
    experts.metadata.set(`llama.${key}`, u32(value));
  const unknown: GgufContent = {
    metadata: new Map<string, MetadataValue>([
      ['general.architecture', text('novel')],
      ['novel.block_count', u32(2)],
      ['novel.embedding_length', u32(32)],
      ['novel.context_length', u32(128)],
      ['novel.attention.head_count', { type: 'array', itemType: 'i32', value: Int32Array.of(2, 4) }],
      [
        'novel.list',
        {
          type: 'array',
          itemType: 'array',
          value: [{ type: 'array', itemType: 'u8', value: Uint8Array.of(1) }],
        },
      ],
      ['novel.large', { type: 'u64', value: 2n ** 63n }],
      ['general.alignment', u32(64)],
    ]),
    tensors: plain.tensors.slice(0, 3),
  };
  const adapter: GgufContent = {
    metadata: new Map<string, MetadataValue>([
      ['general.type', text('adapter')],
      ['general.architecture', text('llama')],
      ['adapter.type', text('lora')],
      ['adapter.lora.alpha', f32(4)],
    ]),
    tensors: ['a', 'b'].map((half) => ({
      ...plain.tensors[2]!,
      name: `blk.0.attn_q.weight.lora_${half}`,
      shape: [32, 32],
    })),
  };
  return [plain, pieces, experts, unknown, adapter];
}

/** Makes damaged heads out of sound files; `at(n)` is the same head each time. */
export class Mutations {
  readonly #sources: readonly GgufContent[];
  readonly #heads: readonly Uint8Array[];

  constructor(
    readonly seed: number,
    sources: readonly GgufContent[] = sourcesOfMutations(),
  ) {
    this.#sources = sources;
    this.#heads = sources.map(ggufHead);
  }

  at(number: number): MutatedHead {
    const random = randomNumbers(Math.imul(this.seed, 0x9e3779b1) + number);
    const source = below(random, this.#sources.length);
    let head: Uint8Array;
    if (random() < 0.25) head = ggufHead(mutatedContent(this.#sources[source]!, random));
    else {
      head = this.#heads[source]!.slice();
      for (let times = 1 + below(random, 3); times > 0; times--) head = this.#mutatedBytes(head, random);
    }
    // Some end where they are cut, as a download that broke off.
    return { head, fileBytes: head.length + (random() < 0.1 ? 0 : WEIGHT_BYTES) };
  }

  #mutatedBytes(head: Uint8Array, random: Random): Uint8Array {
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
    const at = below(random, head.length);
    const length = 1 + below(random, Math.min(64, head.length - at));
    switch (below(random, 8)) {
      case 0:
      case 1:
        for (let flips = 1 + below(random, 4); flips > 0; flips--)
          head[below(random, head.length)]! ^= 1 << below(random, 8);
        return head;
      case 2:
        head[at] = pick(random, [0, 1, 0x7f, 0x80, 0xff]);
        return head;
      case 3:
        if (at + 4 <= head.length) view.setUint32(at, pick(random, SIZES_32), true);
        return head;
      case 4:
        if (at + 8 <= head.length) view.setBigUint64(at, pick(random, SIZES_64), true);
        return head;
      case 5:
        return head.slice(0, at);
      case 6: {
        // A piece is lost, or is there twice.
        const to = random() < 0.5 ? at + length : Math.max(0, at - length);
        return Buffer.concat([head.subarray(0, at), head.subarray(to)]);
      }
      default: {
        const other = pick(random, this.#heads);
        const from = below(random, other.length);
        head.set(other.subarray(from, from + Math.min(length, head.length - at)), at);
        return head;
      }
    }
  }
}

const SIZES_32 = [
  0,
  1,
  2,
  4,
  8,
  9,
  13,
  255,
  65535,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  0x7fc00000,
  0x7f800000,
];
const SIZES_64 = [
  0n,
  1n,
  255n,
  2n ** 16n,
  2n ** 24n,
  2n ** 31n,
  2n ** 32n,
  2n ** 40n,
  2n ** 53n,
  2n ** 60n,
  2n ** 64n - 1n,
];

/** One entry of the metadata, or one tensor, is another. */
export function mutatedContent(source: GgufContent, random: Random): GgufContent {
  const metadata = new Map(source.metadata);
  const tensors = [...source.tensors];
  if (random() < 0.6 || tensors.length === 0) {
    // With another alignment the rest could not be written.
    const key = pick(
      random,
      [...metadata.keys()].filter((name) => name !== 'general.alignment'),
    );
    const way = random();
    if (way < 0.1) metadata.delete(key);
    else if (way < 0.2) metadata.set(`${key}x`, metadata.get(key)!);
    else metadata.set(key, mutatedValue(metadata.get(key)!, random));
  } else {
    const at = below(random, tensors.length);
    const tensor = tensors[at]!;
    const way = random();
    if (way < 0.1) tensors.splice(at, 1);
    else if (way < 0.2) tensors.splice(at, 0, tensor);
    else tensors[at] = mutatedTensor(tensor, random);
  }
  return { metadata, tensors };
}

const NUMBERS = [0, 1, -1, 2, 3, 7, 255, 511, 513, 8191, 65536, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];
const FLOATS = [NaN, Infinity, -Infinity, 0, -0, -1, 1e-30, 1e30, 1];

function mutatedValue(value: MetadataValue, random: Random): MetadataValue {
  // As often as not it stays of its type, for that is what gets furthest.
  const type =
    random() < 0.6
      ? value.type
      : pick(random, ['u8', 'u32', 'i32', 'f32', 'bool', 'string', 'array', 'u64', 'f64'] as const);
  switch (type) {
    case 'string':
      return text(
        pick(random, [
          '',
          'llama',
          'gpt2',
          'no_vocab',
          'none',
          'adapter',
          '\u0000',
          'x'.repeat(70_000),
          '\ud800',
          '日本',
        ]),
      );
    case 'bool':
      return { type, value: random() < 0.5 };
    case 'f32':
    case 'f64':
      return { type, value: pick(random, FLOATS) };
    case 'array':
      return mutatedArray(value, random);
    case 'u64':
    case 'i64':
      return { type, value: BigInt(Math.abs(pick(random, NUMBERS))) };
    case 'u8':
    case 'i8':
      return { type, value: below(random, 128) };
    case 'u16':
    case 'i16':
      return { type, value: below(random, 32768) };
    case 'u32':
      return u32(Math.abs(pick(random, NUMBERS)));
    case 'i32':
      return { type, value: pick(random, NUMBERS) | 0 };
  }
}

function mutatedArray(value: MetadataValue, random: Random): MetadataValue {
  if (value.type === 'array' && value.itemType === 'string' && random() < 0.8) {
    const words = [...value.value];
    const at = below(random, words.length);
    switch (below(random, 5)) {
      case 0:
        words.length = below(random, words.length);
        break;
      case 1:
        words[at] = words[below(random, words.length)] ?? '';
        break;
      case 2:
        words[at] = '';
        break;
      case 3:
        words.push('x'.repeat(below(random, 5000)));
        break;
      default:
        words.splice(at, 1 + below(random, 3));
    }
    return { type: 'array', itemType: 'string', value: GgufStrings.from(words) };
  }
  const length = pick(random, [0, 1, 2, 3, 64, 5000]);
  if (random() < 0.5)
    return {
      type: 'array',
      itemType: 'f32',
      value: Float32Array.from({ length }, () => pick(random, FLOATS)),
    };
  return {
    type: 'array',
    itemType: 'i32',
    value: Int32Array.from({ length }, () => pick(random, NUMBERS) | 0),
  };
}

function mutatedTensor(tensor: TensorToWrite, random: Random): TensorToWrite {
  switch (below(random, 3)) {
    case 0:
      return { ...tensor, type: pick(random, [...TENSOR_TYPES.keys()]) };
    case 1:
      return {
        ...tensor,
        name: pick(random, [
          '',
          'blk.999.attn_q.weight',
          'blk.-1.x',
          'output.weight',
          '\u0007',
          'x'.repeat(300),
        ]),
      };
    default: {
      const shape = [...tensor.shape];
      if (random() < 0.3) shape.push(pick(random, [1, 2, 2 ** 10]));
      else shape[below(random, shape.length)] = pick(random, [0, 1, 31, 256, 2 ** 20, 2 ** 40]);
      return { ...tensor, shape };
    }
  }
}

export type FuzzOutcome = 'refused' | 'implausible' | 'sound';

/**
 * What `inspect` does with a head.
 * @throws Error for anything but a refusal with a reason, which is what fuzzing looks for
 */
export function inspectHead({ head, fileBytes }: MutatedHead): FuzzOutcome {
  try {
    const { findings } = summarize([readGgufFrom(memorySource('fuzzed.gguf', head, fileBytes))]);
    return findings.some(({ severity }) => severity === 'error') ? 'implausible' : 'sound';
  } catch (error) {
    if (error instanceof ForetokenError && error.code === 'invalid_gguf') return 'refused';
    throw error;
  }
}
