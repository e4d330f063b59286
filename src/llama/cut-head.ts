/** What a context needs beside llama.cpp for a draft with a cut head (`gguf/cut-head.ts`): vectors in, all tokens out. */
import { assert } from '../base/errors.js';
import type { CutHead } from '../gguf/cut-head.js';

export class CutHeadRows {
  readonly #head: CutHead;
  /** [row of the last decode] logits of all tokens of the target: -Infinity for those that cannot be guessed. */
  readonly #rows: Float32Array[] = [];
  /** [row] number of the decode that it was filled for. */
  readonly #filledFor: number[] = [];
  #decodes = 0;

  constructor(head: CutHead) {
    this.#head = head;
  }

  /** Writes the vectors of `tokens` [count] into `vectors` [count, width], for a decode. */
  embed(tokens: Int32Array, count: number, vectors: Float32Array): void {
    const { width, scales, vectors: rows, vocabularySize } = this.#head;
    this.#decodes += 1;
    for (let index = 0; index < count; index++) {
      const token = tokens[index]!;
      assert(token >= 0 && token < vocabularySize, `token ${token} of ${vocabularySize}`);
      const scale = scales[token]!;
      const [from, to] = [token * width, index * width];
      for (let i = 0; i < width; i++) vectors[to + i] = rows[from + i]! * scale;
    }
  }

  /** @param row of the last decode. @param logits of the tokens that can be guessed. */
  expand(row: number, logits: Float32Array): Float32Array {
    const { tokens, vocabularySize } = this.#head;
    const whole = (this.#rows[row] ??= new Float32Array(vocabularySize).fill(-Infinity));
    if (this.#filledFor[row] !== this.#decodes) {
      for (let i = 0; i < tokens.length; i++) whole[tokens[i]!] = logits[i]!;
      this.#filledFor[row] = this.#decodes;
    }
    return whole;
  }
}
