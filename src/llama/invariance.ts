/**
 * Whether a decoder's logits are the same to the last bit however tokens are batched: one at a time or many,
 * alone or among other sequences, on one thread or several. Then speculation cannot change a text, not even by
 * rounding.
 *
 * What it takes, on the processor:
 * - Attention by one kernel. With flash attention ggml has three (ops.cpp, `ggml_compute_forward_flash_attn_ext_f16`):
 *   one for a single token over 512 cells and more, which splits the cells among the threads; one for 64 tokens and
 *   more; and one for the rest. The first two are for caches whose keys and values are both F16 (F32 ones are turned
 *   into it). So the third is asked for, the reference (`reference-kernels.ts`), or the cache has two types. The third adds
 *   up F16 values in F16, and values of any other type in F32, by slower code. The kernel for 64 tokens and more is several
 *   times as fast and adds up tiles of 64 cells, in the same order whatever the number of tokens from there on: what no answer
 *   will repeat is computed by it (`Decoder.tile`), and it is tried, too.
 * - Matrices whose product with one vector is summed up as with many. That depends on their types and on the
 *   processor: rearranged ("repacked") weights have kernels for up to three tokens and others from four on, F16,
 *   BF16 and F32 weights one for a single token and another for more (docs/lossless.md has the table). So it is tried.
 */
import { position, sequenceId, token } from '../base/types.js';
import type { Decoder } from '../decoder/decoder.js';
import type { CacheType } from './cache-types.js';
import type { ContextOptions } from './make-context.js';
import type { Library } from './library.js';
import { hasReferenceKernels } from './reference-kernels.js';

/** Types of a cache's keys and values, and the kernels of attention over it. */
export type CacheChoice = Required<Pick<ContextOptions, 'referenceKernels'>> & {
  readonly typeK: CacheType;
  readonly typeV: CacheType;
};

const REFERENCE_CACHE: CacheChoice = { typeK: 'F16', typeV: 'F16', referenceKernels: true };
const TWO_TYPES: CacheChoice = { typeK: 'F16', typeV: 'BF16', referenceKernels: false };

/**
 * The cache whose attention is the same in all batches.
 * @param keepPanels leaves the kernels in use that the library has for many tokens and weights of grid types (`target.ts`)
 */
export function exactCache(library: Library, keepPanels = false): CacheChoice {
  return hasReferenceKernels(library) && !keepPanels ? REFERENCE_CACHE : TWO_TYPES;
}

/** What a server can promise of its texts. */
export type Exactness = 'exact' | 'equal up to rounding';

export interface InvarianceCheck {
  readonly invariant: boolean;
  /** Numbers of tokens in one decode that were compared, in increasing order. */
  readonly sizes: readonly number[];
  /** False where a token's bits depended on the number of tokens that were computed in tiles. */
  readonly tiles: boolean;
}

/** Tokens computed one at a time, with which all else is compared; the fewer where they take long. */
const MOST_SINGLE = 5;
const LEAST_SINGLE = 3;
/**
 * Tokens in one decode, those first that tell most. Kernels change where there are more than 1, 3 (repacked weights),
 * 8 (GPUs), and then work in groups of 4, 8, 16, 32 and so on with a rest that goes another way.
 */
const SIZES = [33, 2, 9, 4, 17, 3, 5, 8, 6, 7, 16, 32, 65, 129, 257, 513];
/** Sizes that are tried however long they take, and the time after which no other is begun. */
const LEAST_SIZES = 3;
const BUDGET_MS = 300;
/** Tiles are tried where that takes no longer than so many times as much. */
const TILES_BUDGETS = 2;
/** Of a large batch only the first and the last rows are asked for, as logits take much memory. */
const MOST_ROWS = 40;
const SEQUENCES = 4;
/** More than 256, where the library counts 512 cells and would take another kernel for attention. */
const LONG = 270;

/**
 * Tries it. The decoder's cache must be empty, and is empty afterwards. Takes as long as 44 tokens on a slow model,
 * and no longer than some 1.2 s on a fast one.
 */
export function checkInvariance(decoder: Decoder, budgetMs = BUDGET_MS): InvarianceCheck {
  const check = new Check(decoder);
  const invariant = decoder.exactRows === decoder.batch.capacity && check.run(budgetMs);
  const tiles = !invariant || check.tilesAgree(budgetMs);
  check.clear();
  return { invariant, sizes: [...new Set(check.sizes)].sort((a, b) => a - b), tiles };
}

export function isBatchInvariant(decoder: Decoder): boolean {
  return checkInvariance(decoder).invariant;
}

class Check {
  readonly sizes: number[] = [];
  readonly #decoder: Decoder;
  readonly #most: number;
  /** [index of the token in the text] bytes of its logits as first computed, and the same in tiles. */
  readonly #known: Buffer[] = [];
  readonly #knownInTiles: Buffer[] = [];
  #perTokenMs = 0;

  constructor(decoder: Decoder) {
    this.#decoder = decoder;
    this.#most = Math.min(decoder.batch.capacity, decoder.sequenceCapacity - 1);
  }

  run(budgetMs: number): boolean {
    const startMs = performance.now();
    const leftMs = (): number => budgetMs - (performance.now() - startMs);
    for (let index = 0; index < Math.min(MOST_SINGLE, this.#most); index += 1) {
      if (index >= LEAST_SINGLE && leftMs() < 0.75 * budgetMs) break;
      if (!this.#agrees(index, 1, 1)) return false;
    }
    for (const [index, size] of SIZES.filter((each) => each <= this.#most).entries()) {
      if (index >= LEAST_SIZES && size * this.#perTokenMs > leftMs()) continue;
      this.clear();
      const beganMs = performance.now();
      if (!this.#agrees(0, size, 1)) return false;
      if (index === 0) this.#perTokenMs = (performance.now() - beganMs) / size;
    }
    if (!this.#sequencesAgree()) return false;
    return this.#most <= LONG || 2 * LONG * this.#perTokenMs > budgetMs || this.#longAgrees();
  }

  /** Two pieces in tiles, one after the other and at once; true where there are none, and where it would take too long. */
  tilesAgree(budgetMs: number): boolean {
    const { tile } = this.#decoder;
    if (tile === undefined) return true;
    const [first, second] = [tile.least, tile.least + 5];
    const all = first + second;
    if (all > this.#most || all > tile.most) return true;
    if (2 * all * this.#perTokenMs > TILES_BUDGETS * budgetMs) return true;
    const agrees = (from: number, count: number): boolean => this.#agrees(from, count, 1, true, true);
    this.clear();
    if (!agrees(0, first) || !agrees(first, second)) return false;
    this.clear();
    return agrees(0, all);
  }

  clear(): void {
    const { batch, maxSequences } = this.#decoder;
    batch.clear();
    for (let id = 0; id < maxSequences; id += 1) this.#decoder.truncate(sequenceId(id), position(0));
  }

  /** Several texts at once, all the same one. */
  #sequencesAgree(): boolean {
    const { maxSequences, batch } = this.#decoder;
    const sequences = Math.min(SEQUENCES, maxSequences);
    const each = Math.min(2, Math.floor(batch.capacity / sequences), this.#most);
    if (sequences < 2 || each < 1) return true;
    this.clear();
    return this.#agrees(0, each, sequences);
  }

  /** A token far behind: computed alone behind large pieces, and with the next two behind small ones. */
  #longAgrees(): boolean {
    for (const { piece, last } of [
      { piece: 128, last: 1 },
      { piece: 48, last: 3 },
    ]) {
      this.clear();
      for (let from = 0; from < LONG - 3; from += piece) {
        const count = Math.min(piece, LONG - 3 - from, this.#most);
        if (!this.#agrees(from, count, 1, false)) return false;
      }
      if (!this.#agrees(LONG - 3, last, 1)) return false;
    }
    return true;
  }

  /**
   * Computes tokens `[from, from + count)` of the text in each of the first `sequences` sequences, and compares their
   * logits with those they had before.
   */
  #agrees(from: number, count: number, sequences: number, wanted = true, tiled = false): boolean {
    const known = tiled ? this.#knownInTiles : this.#known;
    const { batch, vocabularySize } = this.#decoder;
    batch.clear();
    const rows: { index: number; row: number }[] = [];
    for (let sequence = 0; sequence < sequences; sequence += 1)
      for (let index = from; index < from + count; index += 1) {
        const ends = index < from + MOST_ROWS / 2 || index >= from + count - MOST_ROWS / 2;
        const id = token((index * 7919 + 1) % vocabularySize);
        const row = batch.add(id, position(index), sequenceId(sequence), wanted && ends);
        if (wanted && ends) rows.push({ index, row });
      }
    if (this.#decoder.decode(tiled) !== 'done') return false;
    if (wanted && !tiled) this.sizes.push(count * sequences);
    return rows.every(({ index, row }) => {
      const logits = this.#decoder.logits(row);
      const bytes = Buffer.from(logits.buffer, logits.byteOffset, logits.byteLength);
      const before = known[index];
      if (before === undefined) known[index] = Buffer.from(bytes);
      return before?.equals(bytes) ?? true;
    });
  }
}
