/** Which random models a profile times: shapes drawn from a seed, so that a profile can be continued and repeated. */
import { randomNumbers } from '../../base/random.js';
import type { RandomModelShape } from './random-model.js';

/** As sizes are drawn: between these many numbers in the layers, equally likely on a logarithmic scale. */
const LEAST_WEIGHTS = 0.6e6;
const MOST_WEIGHTS = 130e6;
const WIDTHS = [128, 256, 384, 512, 576, 640, 768, 896, 1024, 1536, 2048] as const;
const MOST_LAYERS = 32;
const LEAST_VOCABULARY = 512;
const MOST_VOCABULARY = 60_000;
/** Every so many shapes one is a mixture of experts. */
const MIXTURE_EVERY = 6;

/**
 * The shape number `index` of a seed.
 * @param block rows are a multiple of it, as the type of the weights asks
 */
export function randomShape(seed: number, index: number, block = 256): RandomModelShape {
  const random = randomNumbers(seed * 7919 + index * 104_729 + 1);
  for (let i = 0; i < 8; i++) random();
  const between = (least: number, most: number): number =>
    Math.exp(Math.log(least) + random() * Math.log(most / least));
  const weights = between(LEAST_WEIGHTS, MOST_WEIGHTS);
  // Wide layers only where there is something to fill them with.
  const possible = WIDTHS.filter((width) => width % block === 0);
  const fitting = possible.filter(
    (width) => 2 * 8 * width * width <= 3 * weights && width * width * 10 * MOST_LAYERS * 2 >= weights,
  );
  const width = fitting[Math.floor(random() * fitting.length)] ?? possible[0]!;
  const headWidth = random() < 0.6 || width % 128 !== 0 ? 64 : 128;
  const heads = width / headWidth;
  const shares = [1, 2, 4].filter((share) => heads % share === 0);
  const kvHeads = heads / shares[Math.floor(random() * shares.length)]!;
  const unit = Math.max(64, block);
  const feedForward = unit * Math.max(1, Math.round((width * between(1.5, 4)) / unit));
  const experts = index % MIXTURE_EVERY === MIXTURE_EVERY - 1 ? 4 : 0;
  const perLayer =
    2 * width * width + 2 * width * kvHeads * headWidth + 3 * width * feedForward * Math.max(1, experts);
  return {
    layers: Math.min(MOST_LAYERS, Math.max(2, Math.round(weights / perLayer))),
    width,
    heads,
    kvHeads,
    headWidth,
    feedForward,
    vocabulary: 64 * Math.round(between(LEAST_VOCABULARY, MOST_VOCABULARY) / 64),
    tied: random() < 0.5,
    experts,
    expertsUsed: experts === 0 ? 0 : 2,
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
