/**
 * Damaged network files for `npm run fuzz:networks` and its short form in the tests: flipped bits, lengths that are far too
 * large, pieces lost, repeated or exchanged, and single values of the networks replaced by others. Every case has
 * a number and is the same each time.
 */
import { ForetokenError } from '../../base/errors.js';
import { below, pick, randomNumbers } from '../../base/random.js';
import { graphEmbedding, networkStructuralMatrix, structureIndependentFeatures } from './features.js';
import { simulateMemory } from './memory.js';
import { memorySource } from './proto/byte-source.js';
import { networkOf } from './read.js';
import {
  frozenGraph,
  graphBytes,
  kerasModel,
  onnxBytes,
  onnxTransformer,
  onnxWithWeights,
  savedModel,
  savedModelBytes,
} from './tiny-networks.js';
import { kerasSequence, loopGraph } from './tiny-sequences.js';

export interface DamagedNetwork {
  readonly bytes: Uint8Array;
  readonly extension: string;
}
export type FuzzOutcome = 'refused' | 'read';

type Random = () => number;

/** A network as plain values, and how its file is written. */
interface Source {
  readonly extension: string;
  readonly value: unknown;
  readonly write: (value: never) => Uint8Array;
}
const writeJson = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const SOURCES: readonly Source[] = [
  { extension: '.onnx', value: onnxWithWeights(), write: onnxBytes },
  { extension: '.onnx', value: onnxTransformer(), write: onnxBytes },
  { extension: '.pb', value: frozenGraph(), write: graphBytes },
  { extension: '.pb', value: savedModel(), write: savedModelBytes },
  { extension: '.pb', value: loopGraph(), write: graphBytes },
  { extension: '.json', value: kerasModel(), write: writeJson },
  { extension: '.json', value: kerasSequence(), write: writeJson },
];

/** What values are replaced by. */
const NUMBERS = [0, 1, -1, 2, 3, 7, 255, 2 ** 15, 2 ** 31 - 1, 2 ** 31, 2 ** 40, 2 ** 53 - 1, -(2 ** 31)];
const NAMES = [
  '',
  'a',
  'b',
  'image',
  'input',
  'in',
  'conv',
  'bn',
  'Identity',
  'Reshape',
  'Loop',
  'Scan',
  'While',
  'SplitToSequence',
  'SequenceAt',
  'ConcatFromSequence',
  'DequantizeLinear',
  'QGemm',
  'Conv2D',
  '__proto__',
  'constructor',
  'x'.repeat(300),
];

export class Mutations {
  private readonly files = SOURCES.map(({ value, write }) => write(value as never));

  constructor(private readonly seed: number) {}

  at(number: number): DamagedNetwork {
    const random = randomNumbers((this.seed * 0x9e3779b1 + number) >>> 0);
    const source = SOURCES[number % SOURCES.length]!;
    const { extension } = source;
    const file = this.files[number % SOURCES.length]!;
    if (random() < 0.5) return { extension, bytes: damaged(file, random) };
    const value = structuredClone(source.value);
    for (let change = 0; change < 1 + below(random, 3); change++) replaceOne(value, random);
    try {
      const bytes = source.write(value as never);
      return { extension, bytes: random() < 0.1 ? damaged(bytes, random) : bytes };
    } catch {
      // A value that cannot be written in its field, such as a text for a number.
      return { extension, bytes: damaged(file, random) };
    }
  }
}

/** Changes of bytes: what a broken download or a hostile file holds. */
function damaged(file: Uint8Array, random: Random): Uint8Array {
  let bytes: Uint8Array = Uint8Array.from(file);
  for (let change = 0; change < 1 + below(random, 4); change++) {
    const at = below(random, bytes.length);
    switch (below(random, 6)) {
      case 0:
        bytes[at]! ^= 1 << below(random, 8);
        break;
      case 1:
        bytes[at] = below(random, 256);
        break;
      case 2:
        bytes = bytes.slice(0, at);
        break;
      case 3: {
        // A number with the longest form that there is: lengths become huge.
        const long = Uint8Array.from({ length: 1 + below(random, 10) }, () => 0x80 + below(random, 128));
        bytes = joined(bytes.subarray(0, at), long, bytes.subarray(at));
        break;
      }
      case 4: {
        const end = Math.min(bytes.length, at + below(random, 64));
        bytes = joined(bytes.subarray(0, end), bytes.subarray(at));
        break;
      }
      default: {
        const end = Math.min(bytes.length, at + below(random, 64));
        bytes = joined(bytes.subarray(0, at), bytes.subarray(end));
      }
    }
  }
  return bytes;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** One value somewhere in a network becomes another, disappears or is there twice. */
function replaceOne(root: unknown, random: Random): void {
  let holder = root as Record<string, unknown>;
  for (let depth = 0; depth < 20; depth++) {
    const keys = Object.keys(holder);
    if (keys.length === 0) return;
    const key = pick(random, keys);
    const value = holder[key];
    if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && random() < 0.93) {
      holder = value as Record<string, unknown>;
      continue;
    }
    if (typeof value === 'number') holder[key] = pick(random, NUMBERS);
    else if (typeof value === 'string') holder[key] = pick(random, NAMES);
    else if (Array.isArray(holder)) {
      if (random() < 0.5) holder.splice(Number(key), 1);
      else holder.push(structuredClone(pick(random, holder as unknown[])));
    } else if (Array.isArray(value)) holder[key] = [];
    else Reflect.deleteProperty(holder, key);
    return;
  }
}

const SIZES = [undefined, 1, 2, 32, 299];

/** All that is done with a network's file; throws what is no refusal with a reason. */
export function inspectNetwork({ bytes, extension }: DamagedNetwork): FuzzOutcome {
  try {
    const network = networkOf(memorySource(bytes), 'damaged', extension);
    const imageSize = network.imageSize === undefined ? undefined : SIZES[bytes.length % SIZES.length];
    const phase = bytes.length % 2 === 0 ? 'train' : 'inference';
    const graph = network.at({
      batch: 1 + (bytes.length % 7),
      phase,
      ...(imageSize === undefined ? {} : { imageSize }),
    });
    const memory = simulateMemory(graph, { phase, optimizer: 'adam', precision: 'fp32' });
    const numbers: number[] = [
      ...Object.values<number>({ ...memory }),
      graph.totals.flops,
      graph.totals.parameters,
      ...structureIndependentFeatures(graph).values,
      ...networkStructuralMatrix(graph).values,
      ...graphEmbedding(graph).values,
    ];
    if (!numbers.every((value) => Number.isFinite(value) && value >= -1))
      throw new Error('a feature is no number');
    return 'read';
  } catch (error) {
    if (error instanceof ForetokenError && ['invalid_network', 'invalid_option'].includes(error.code))
      return 'refused';
    throw error;
  }
}
