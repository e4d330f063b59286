/**
 * Training moves the input vectors of tokens that its texts have, and no others. So the trainer gets those alone: each
 * number has two momenta in memory and in each checkpoint, and of a large vocabulary the texts of a task have a tenth.
 */
import { headSizeOf, type NetworkShape } from '../llama/training/training.js';
import { rowIndexOf } from './batches.js';
import type { CorpusText } from './corpus.js';
import type { Network } from './network.js';

const VECTORS = 'token_embd.weight';

/** The tokens that texts have, ascending. */
export const tokensIn = (texts: readonly Pick<CorpusText, 'tokens'>[]): Int32Array =>
  Int32Array.from(new Set(texts.flatMap(({ tokens }) => tokens))).sort();

/** Of the network that is trained on them: all its head, and so many input vectors. */
export const trainedShape = (
  shape: NetworkShape,
  texts: readonly Pick<CorpusText, 'tokens'>[],
): NetworkShape => ({ ...shape, headSize: headSizeOf(shape), vocabularySize: tokensIn(texts).length });

export class UsedVectors {
  readonly shape: NetworkShape;
  readonly weights: ReadonlyMap<string, Float32Array>;
  /** [token] row of its vector; -1 where no text has it. */
  readonly index: Int32Array;
  /** [row] */
  readonly tokens: Int32Array;
  readonly #all: Float32Array;

  constructor({ shape, weights }: Network, texts: readonly Pick<CorpusText, 'tokens'>[]) {
    this.shape = trainedShape(shape, texts);
    this.tokens = tokensIn(texts);
    this.#all = weights.get(VECTORS)!;
    this.index = rowIndexOf(this.tokens, shape.vocabularySize);
    const { width } = shape;
    const used = new Float32Array(this.tokens.length * width);
    this.tokens.forEach((token, row) => {
      used.set(this.#all.subarray(token * width, (token + 1) * width), row * width);
    });
    this.weights = new Map(weights).set(VECTORS, used);
  }

  /** Trained weights with the vectors of all tokens. */
  whole(weights: ReadonlyMap<string, Float32Array>): Map<string, Float32Array> {
    const used = weights.get(VECTORS)!;
    const { width } = this.shape;
    const all = this.#all.slice();
    this.tokens.forEach((token, row) => {
      all.set(used.subarray(row * width, (row + 1) * width), token * width);
    });
    return new Map(weights).set(VECTORS, all);
  }
}
