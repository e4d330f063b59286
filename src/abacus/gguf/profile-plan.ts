/**
 * Which random models a profile times. Each type of weights has a small one, that even hundreds of tokens are quick for; a deep and
 * narrow one, as small models for phones are; one whose head is most of it, as models of many languages are; and a wide and
 * shallow one, whose weights come from memory. Shapes are drawn from a seed, so that a profile can be continued and repeated.
 */
import { randomNumbers } from '../../base/random.js';
import type { RandomModelShape } from './random-model.js';

interface Kind {
  /** Between these many, equally likely on a logarithmic scale. */
  readonly layers: readonly [number, number];
  readonly vocabulary: readonly [number, number];
  /** Of the hidden state. */
  readonly widths: readonly number[];
  readonly tied: boolean;
}

const SMALL: Kind = {
  ...{ layers: [2, 6], vocabulary: [512, 8192], tied: false },
  widths: [128, 192, 256, 384, 512],
};
const DEEP: Kind = {
  ...{ layers: [16, 32], vocabulary: [512, 16_384], tied: true },
  widths: [256, 384, 512, 576, 640, 768],
};
const MANY_WORDS: Kind = {
  ...{ layers: [2, 10], vocabulary: [49_152, 262_144], tied: true },
  widths: [256, 384, 512, 576, 640, 768],
};
const WIDE: Kind = {
  ...{ layers: [2, 6], vocabulary: [512, 16_384], tied: false },
  widths: [1024, 1536, 2048],
};
/** Of a type's first, second and further models; other types have the last two the other way round. */
const KINDS: readonly Kind[] = [SMALL, DEEP, MANY_WORDS, WIDE];
const MOST_WEIGHTS = 70e6;
const MOST_BYTES = 160e6;
const LEAST_VOCABULARY = 512;
/** Of the width. */
const LEAST_FEED_FORWARD = 1.5;
/** Numbers of a layer over the square of its width, at least. */
const LEAST_OF_LAYER = 4 + 3 * LEAST_FEED_FORWARD;

export interface ShapeAsked {
  /** Rows are a multiple of it, as the type of the weights asks. */
  readonly block: number;
  readonly bytesPerWeight: number;
}

/** The shape number `index` of the type number `type`. */
export function randomShape(
  seed: number,
  type: number,
  index: number,
  { block, bytesPerWeight }: ShapeAsked,
): RandomModelShape {
  const random = randomNumbers(seed * 7919 + (index * 97 + type) * 104_729 + 1);
  for (let i = 0; i < 8; i++) random();
  const between = ([least, most]: readonly [number, number]): number =>
    Math.exp(Math.log(least) + random() * Math.log(most / least));
  const place = index % KINDS.length;
  const kind = KINDS[place >= 2 && type % 2 === 1 ? 5 - place : place]!;
  const most = Math.min(MOST_WEIGHTS, MOST_BYTES / bytesPerWeight);
  const room = most / kind.layers[0];
  const widths = kind.widths.filter((width) => width % block === 0 && LEAST_OF_LAYER * width ** 2 < room);
  const width = widths[Math.floor(random() * widths.length)]!;
  const headWidth = random() < 0.6 || width % 128 !== 0 ? 64 : 128;
  const heads = width / headWidth;
  const shares = [1, 2, 3, 4].filter((share) => heads % share === 0);
  const kvHeads = heads / shares[Math.floor(random() * shares.length)]!;
  const unit = Math.max(64, block);
  const widest = Math.max(LEAST_FEED_FORWARD, Math.min(4, (room / width ** 2 - 4) / 3));
  const feedForward = unit * Math.max(1, Math.round((width * between([LEAST_FEED_FORWARD, widest])) / unit));
  const perLayer = 2 * width * width + 2 * width * kvHeads * headWidth + 3 * width * feedForward;
  const largest = Math.max(LEAST_VOCABULARY, (most - kind.layers[0] * perLayer) / width);
  const vocabulary = 64 * Math.round(Math.min(between(kind.vocabulary), largest) / 64);
  const head = width * vocabulary;
  const layers = Math.min(Math.round(between(kind.layers)), Math.floor((most - head) / perLayer));
  return {
    layers: Math.max(kind.layers[0], layers),
    ...{ width, heads, kvHeads, headWidth, feedForward, vocabulary, tied: kind.tied },
    ...{ experts: 0, expertsUsed: 0 },
  };
}

/**
 * The model that is timed beside all others, as the pace of a machine changes from one moment to the next: what a decode costs
 * is told beside what one of this model's did just then. 13 million numbers in Q8_0.
 */
export const REFERENCE: RandomModelShape = {
  ...{ layers: 4, width: 512, heads: 8, kvHeads: 4, headWidth: 64, feedForward: 1536, vocabulary: 1024 },
  ...{ tied: true, experts: 0, expertsUsed: 0 },
};
export const REFERENCE_TYPE = 'Q8_0';
/** Tokens of its decodes. */
export const REFERENCE_TOKENS = [1, 8, 32] as const;

/** Of them, those for a decode of so many tokens. */
export const referenceTokens = (tokens: number): number => (tokens <= 2 ? 1 : tokens <= 16 ? 8 : 32);
