/**
 * A bounded store of earlier outputs for suffix drafting: a ring of their tokens, and an index of the n-grams in it. All
 * memory is taken at the start. An output that is learned is only copied; it is indexed in small pieces as `work` is called,
 * so that no single call takes long. The oldest outputs are overwritten by new ones, and so forgotten.
 */
import { assert, ForetokenError } from '../base/errors.js';
import { NgramIndex, type IndexedText, type Match } from './ngram-index.js';

export const MIN_BYTES = 2 ** 16;
export const MAX_BYTES = 2 ** 31;
/**
 * Places of a match that are told. On the demo's held-out answers (8 guesses a step; the last half, after the first) 16 gave
 * 2.100 tokens a step, 32 gave 2.103, and exact counts over all outputs, by a suffix tree, 2.104.
 */
const MOST_PLACES = 32;
/** Shortest match: what it is worth is the signal's to say. 1 instead of 2 gave 2.10 instead of 1.98 tokens a step there. */
const MIN_NGRAM = 1;
/** Parts outputs from each other. */
const SEPARATOR = -1;
/** Where counting begins anew, and what was learned is forgotten: places are 32-bit integers. */
const LAST_POSITION = 2 ** 28;

export class OutputStore {
  readonly bytes: number;
  /** [position, in a ring] */
  readonly #tokens: Int32Array;
  readonly #labels: Int32Array;
  #index: NgramIndex;
  /** Position behind the newest token, counted from the beginning. */
  #end = 0;
  /** What ends up to here is indexed. */
  #indexed = 0;

  /** @param bytes most memory to use, of which it takes the largest power of two; untouched pages cost nothing */
  constructor(bytes: number) {
    if (!Number.isInteger(bytes) || bytes < MIN_BYTES || bytes > MAX_BYTES) {
      const message = `The store of earlier outputs cannot have ${bytes} bytes; give ${MIN_BYTES} to ${MAX_BYTES}, or do without suffix drafting`;
      throw new ForetokenError('invalid_option', message, { param: 'suffixBytes' });
    }
    const each = NgramIndex.BYTES + 8;
    const capacity = 2 ** Math.floor(Math.log2(bytes / each));
    this.bytes = capacity * each;
    this.#tokens = new Int32Array(capacity);
    this.#labels = new Int32Array(capacity);
    this.#index = new NgramIndex(MIN_NGRAM, capacity);
  }

  /** Tokens, and a separator for each output, that are there. */
  get size(): number {
    return Math.min(this.#end, this.#tokens.length);
  }

  /** Of these, the ones that wait for `work`. */
  get pending(): number {
    return this.#end - this.#indexed;
  }

  /** Keeps the output `tokens[from, to)`, or as much of its end as there is room for. */
  learn(tokens: Int32Array, from: number, to: number, label: number): void {
    assert(from >= 0 && to <= tokens.length, `output [${from}, ${to}) of ${tokens.length} tokens`);
    assert(Number.isInteger(label) && label >= 0, `label ${label}`);
    const start = Math.max(from, to - this.#tokens.length + 1);
    if (to - start < 2) return;
    if (this.#end > LAST_POSITION) {
      this.#index = new NgramIndex(MIN_NGRAM, this.#tokens.length);
      this.#end = this.#indexed = 0;
    }
    this.#push(SEPARATOR, label);
    // A negative number would be taken for a separator.
    for (let at = start; at < to; at++) this.#push(Math.max(tokens[at]!, 0), label);
    // What is overwritten before it was indexed is never found.
    this.#indexed = Math.max(this.#indexed, this.#oldest);
  }

  /** Indexes what waits, `budget` tokens at most. */
  work(budget: number): void {
    const text = this.#text;
    const until = Math.min(this.#end, this.#indexed + budget);
    while (this.#indexed < until) {
      const end = ++this.#indexed;
      // What ends an output says nothing of what comes next.
      if (this.tokenAt(end) >= 0) this.#index.add(text, end, this.#labelAt(end - 1));
    }
  }

  /** The places where outputs of a label were longest as the text `tokens[0, length)` is at its end. */
  find(tokens: Int32Array, length: number, label: number): Match | undefined {
    const text = this.#text;
    const isOfLabel = (end: number): boolean => this.#labelAt(end - 1) === label;
    const found = this.#index.find(text, tokens, length, MOST_PLACES, label, isOfLabel);
    if (found === undefined) return undefined;
    const lengths = found.ends.map((end) => this.#index.extend(text, end, tokens, length, found.length));
    const longest = Math.max(...lengths);
    return { ends: found.ends.filter((_, at) => lengths[at] === longest), length: longest };
  }

  /** Negative where no output goes on. */
  tokenAt(position: number): number {
    return position < this.#end ? this.#tokens[position & (this.#tokens.length - 1)]! : SEPARATOR;
  }

  get #oldest(): number {
    return this.#end - this.size;
  }

  get #text(): IndexedText {
    return { tokens: this.#tokens, mask: this.#tokens.length - 1, oldest: this.#oldest };
  }

  #labelAt(position: number): number {
    return this.#labels[position & (this.#labels.length - 1)]!;
  }

  #push(token: number, label: number): void {
    const at = this.#end++ & (this.#tokens.length - 1);
    this.#tokens[at] = token;
    this.#labels[at] = label;
  }
}
