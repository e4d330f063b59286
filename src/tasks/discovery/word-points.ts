/** Prompts as points by their words: near each other where they are of one kind of work, as far as words tell. */
import { edgeFeatures, features, middleFeatures } from './features.js';
import { sharedDirections } from './shared-directions.js';
import { reduce, type Points } from './svd.js';
import { Vectorizer, vocabularyOf, type FeaturesOf } from './tf-idf.js';

/** Leading directions of the words that are kept. */
export const DIRECTIONS = 32;
/** The same of each view, and those that the views share. */
const VIEW_DIRECTIONS = 24;
const SHARED_DIRECTIONS = 12;
/** Share of a squared distance that the shared directions have; without them it is the words alone. */
const SHARED = 0.5;

export interface WordPointsOptions {
  /** Texts of which the vocabulary is made; all of them by default. */
  readonly learned?: readonly string[];
  /** Terms that fewer of those have are left out. */
  readonly leastTexts: number;
}

export function wordPoints(
  texts: readonly string[],
  { learned = texts, leastTexts }: WordPointsOptions,
): Points {
  const directions = (featuresOf: FeaturesOf, width: number): Points => {
    const vocabulary = vocabularyOf(learned, { leastTexts, featuresOf });
    const vectorizer = new Vectorizer(vocabulary, featuresOf);
    return reduce(
      texts.map((text) => vectorizer.row(text)),
      vocabulary.terms.length,
      width,
    );
  };
  const shared = sharedDirections(
    directions(edgeFeatures, VIEW_DIRECTIONS),
    directions(middleFeatures, VIEW_DIRECTIONS),
    SHARED_DIRECTIONS,
  );
  return beside(directions(features, DIRECTIONS), shared, SHARED);
}

/** Points of both, whose squared distance is the mean of the two, the second with that share. */
function beside(one: Points, other: Points, share: number): Points {
  const width = one.width + other.width;
  const values = new Float32Array(one.count * width);
  for (let row = 0; row < one.count; row += 1) {
    for (let d = 0; d < one.width; d += 1)
      values[row * width + d] = Math.sqrt(1 - share) * one.values[row * one.width + d]!;
    for (let d = 0; d < other.width; d += 1)
      values[row * width + one.width + d] = Math.sqrt(share) * other.values[row * other.width + d]!;
  }
  return { count: one.count, width, values };
}
