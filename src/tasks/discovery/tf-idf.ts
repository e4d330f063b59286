/**
 * Texts as sparse vectors of length 1: logarithmic term frequency times inverse document frequency (Salton and
 * Buckley 1988, as scikit-learn smooths it). What occurs in few texts is left out: it tells topics, not tasks.
 */
import { features } from './features.js';

export interface SparseRow {
  /** Indices into the vocabulary. */
  readonly columns: Int32Array;
  readonly values: Float32Array;
}

export interface Vocabulary {
  readonly terms: readonly string[];
  /** Inverse document frequency of each term. */
  readonly weights: Float32Array;
}

/** Terms of a text with how often each occurs. */
export type FeaturesOf = (text: string) => ReadonlyMap<string, number>;

/** Least share of the texts that a term occurs in, of those from which tasks are found. */
const LEAST_SHARE = 0.01;
const LEAST_TEXTS = 2;
/** Terms are kept for counting until there are so many; then those seen once are forgotten. */
const MOST_COUNTED = 400_000;

/** Terms of the texts, commonest first, at most `most`. */
export function vocabularyOf(
  texts: readonly string[],
  {
    leastShare = LEAST_SHARE,
    leastTexts = LEAST_TEXTS,
    most = 4096,
    featuresOf = features,
  }: {
    readonly leastShare?: number;
    readonly leastTexts?: number;
    readonly most?: number;
    readonly featuresOf?: FeaturesOf;
  } = {},
): Vocabulary {
  const seen = new Map<string, number>();
  for (const text of texts) {
    for (const term of featuresOf(text).keys()) seen.set(term, (seen.get(term) ?? 0) + 1);
    if (seen.size > MOST_COUNTED) for (const [term, count] of seen) if (count === 1) seen.delete(term);
  }
  const least = Math.max(Math.min(leastTexts, texts.length), Math.floor(leastShare * texts.length));
  const kept = [...seen]
    .filter(([, count]) => count >= least)
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
    .slice(0, most);
  return {
    terms: kept.map(([term]) => term),
    weights: Float32Array.from(kept, ([, count]) => 1 + Math.log((1 + texts.length) / (1 + count))),
  };
}

/** Makes the vectors of a vocabulary. A text without any of its terms has none. */
export class Vectorizer {
  readonly #index: Map<string, number>;
  readonly #weights: Float32Array;
  readonly #featuresOf: FeaturesOf;

  constructor(vocabulary: Vocabulary, featuresOf: FeaturesOf = features) {
    this.#featuresOf = featuresOf;
    this.#index = new Map(vocabulary.terms.map((term, index) => [term, index]));
    this.#weights = vocabulary.weights;
  }

  row(text: string): SparseRow {
    const columns: number[] = [];
    const values: number[] = [];
    let squares = 0;
    for (const [term, count] of this.#featuresOf(text)) {
      const column = this.#index.get(term);
      if (column === undefined) continue;
      const value = (1 + Math.log(count)) * this.#weights[column]!;
      columns.push(column);
      values.push(value);
      squares += value * value;
    }
    const scale = squares === 0 ? 0 : 1 / Math.sqrt(squares);
    return { columns: Int32Array.from(columns), values: Float32Array.from(values, (value) => value * scale) };
  }
}
