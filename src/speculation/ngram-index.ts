/**
 * Where the n-grams of a text ended: hash chains with the latest place first, as in LZ77 compressors (Deutsch, "DEFLATE",
 * RFC 1951, section 4). Nothing is taken out: in a ring of the newest tokens a chain ends at what has been overwritten.
 */

/** A text, or the newest part of one in a ring. */
export interface IndexedText {
  /** Token number `at` of the text is `tokens[at & mask]`; a negative one parts texts from each other. */
  readonly tokens: Int32Array;
  readonly mask: number;
  /** Number of the first token that is still there. */
  readonly oldest: number;
}

/** Places where the text was as it is at its end. */
export interface Match {
  /** Positions after them, from which to copy; the latest first. */
  readonly ends: readonly number[];
  /** Tokens before them that are the same as those at the end of the text. */
  readonly length: number;
}

/** Longest n-gram, if not even the shortest is longer: how much more is the same is measured at the places found. */
const MAX_NGRAM = 4;
/** Longest match that is told from longer ones. */
const MAX_MATCH = 32;
/** So many lengths of n-grams have room: a place is written as `KINDS * end + n - minNgram`, and 0 is none. */
const KINDS = 4;
/** Places of a chain that are looked at, in case rare n-grams share one with a frequent one. */
const MOST_LOOKED_AT = 256;

export class NgramIndex {
  /** Bytes for each position. */
  static readonly BYTES = 4 * (KINDS + 2);
  /** Positions that it can tell apart, a power of two. */
  readonly capacity: number;
  readonly #minNgram: number;
  readonly #maxNgram: number;
  /** [hash] the latest place. */
  readonly #latest: Int32Array;
  /** [place, in a ring] the one before it in its chain. */
  readonly #earlier: Int32Array;

  /** @param minNgram shortest n-gram to find, >= 1; longer ones up to `MAX_NGRAM` are preferred */
  constructor(minNgram: number, capacity: number) {
    this.#minNgram = minNgram;
    this.#maxNgram = Math.max(minNgram, MAX_NGRAM);
    this.capacity = capacity;
    this.#latest = new Int32Array(2 * capacity);
    this.#earlier = new Int32Array(KINDS * capacity);
  }

  /** Adds the n-grams that end before `end`; ends are added in ascending order. @param kind of text: others are not found */
  add({ tokens, mask, oldest }: IndexedText, end: number, kind = 0): void {
    let hash = kind;
    for (let n = 1; n <= this.#maxNgram && end - n >= oldest; n++) {
      const token = tokens[(end - n) & mask]!;
      if (token < 0) return;
      hash = mix(hash, token);
      if (n < this.#minNgram) continue;
      const chain = this.#chain(hash);
      const place = KINDS * end + n - this.#minNgram;
      this.#earlier[this.#slot(place)] = this.#latest[chain]!;
      this.#latest[chain] = place;
    }
  }

  /**
   * The latest places, `most` at most, where the longest n-gram at the end of `text[0, length)` ended before.
   * @param isOfKind whether the text there is of the kind
   */
  find(
    indexed: IndexedText,
    text: Int32Array,
    length: number,
    most: number,
    kind = 0,
    isOfKind: (end: number) => boolean = () => true,
  ): Match | undefined {
    const hashes = [kind];
    for (let n = 1; n <= this.#maxNgram && n <= length; n++)
      hashes.push(mix(hashes[n - 1]!, text[length - n]!));
    for (let n = hashes.length - 1; n >= this.#minNgram; n--) {
      const ends: number[] = [];
      let place = this.#latest[this.#chain(hashes[n]!)]!;
      for (let looked = 0; looked < MOST_LOOKED_AT && ends.length < most; looked++) {
        const end = Math.floor(place / KINDS);
        if (place === 0 || end - n < indexed.oldest) break;
        const isSame =
          place % KINDS === n - this.#minNgram && matchLength(indexed, end, text, length, n) === n;
        if (isSame && isOfKind(end)) ends.push(end);
        place = this.#earlier[this.#slot(place)]!;
      }
      if (ends.length > 0) return { ends, length: n };
    }
    return undefined;
  }

  /** How many tokens before a place that was found are as at the end of the text; more than `MAX_MATCH` are not counted. */
  extend(indexed: IndexedText, end: number, text: Int32Array, length: number, found: number): number {
    return found < this.#maxNgram
      ? found
      : matchLength(indexed, end, text, length, Math.max(found, MAX_MATCH));
  }

  #chain(hash: number): number {
    return Math.imul(hash, 0x9e3779b1) >>> Math.clz32(this.#latest.length - 1);
  }

  #slot(place: number): number {
    return place & (this.#earlier.length - 1);
  }
}

/** Tokens that are the same before `end` and at the end of `text[0, length)`, `most` at most. */
function matchLength(
  { tokens, mask, oldest }: IndexedText,
  end: number,
  text: Int32Array,
  length: number,
  most: number,
): number {
  const limit = Math.min(most, end - oldest, length);
  let same = 0;
  while (same < limit && tokens[(end - 1 - same) & mask] === text[length - 1 - same]) same += 1;
  return same;
}

function mix(hash: number, token: number): number {
  const mixed = Math.imul(hash ^ token, 0x85ebca6b) + 0x27d4eb2f;
  return mixed ^ (mixed >>> 15);
}
