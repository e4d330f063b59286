/**
 * Times the decodes of one idle decoder: rounds of sizes, each once after another size and once after itself, then context
 * and outputs. Many short rounds, as the machine's pace changes from one to the next.
 */
import { assert } from '../base/errors.js';
import { median, sum } from '../base/statistics.js';
import { position, sequenceId, token } from '../base/types.js';
import { GREEDY } from '../base/sampling-options.js';
import type { Decoder } from '../decoder/decoder.js';
import { TokenSampler } from '../sampling/sampler.js';
import type { Sample } from './median-polish.js';
import { curveSizes } from './prior-costs.js';

/** [round] the largest size that it measures: guesses are few, so small sizes are known best. */
const ROUNDS: readonly number[] = [16, 64, 8, 16, 512, 8, 512, 8];
export const MOST_ROUNDS = ROUNDS.length;
/** Measured even if there is time for one decode of each only. */
const ESSENTIAL_SIZES: readonly number[] = [1, 2, 4, 8, 64, 128, 256, 512];
/** A size that takes more than this share of the time is not measured again and again. */
const DEAR_SHARE = 0.06;
/** Of a decoder's time, the share for the sizes; the rest is for context and outputs. */
const SIZES_SHARE = 0.6;
/** One token, before everything else: twice, and more often where that takes no time to speak of. */
const SINGLE_REPEATS = 4;

/** Where the shape of the curve is known: the sizes that mend it, and how often each is wanted, as other work may meet one. */
const FEW_SIZES: readonly number[] = [1, 2, 4, 8, 16, 32];
const FEW_ROUNDS = 5;
const WANTED_TIMES = 3;
/** A model of which a token takes so long has so many times the budget for that, and no more: somebody waits for the server. */
const LARGE_MS = 5;
const MOST_BUDGETS = 10;

/** Cells of context against an empty cache, and the sizes compared. */
const CONTEXT_CELLS: readonly number[] = [256, 128, 64, 32];
const CONTEXT_SIZES: readonly number[] = [1, 8];
const CONTEXT_REPEATS = 4;
const CONTEXT_ROUNDS = 3;

const OUTPUT_SIZE = 16;
const OUTPUT_REPEATS = 4;

export interface DecoderBenchOptions {
  /** Whose decoder it is; begins the names of the samples. */
  readonly name: 'target' | 'draft';
  /** Milliseconds on a clock of any origin. */
  readonly now: () => number;
  /** Time to spend; one decode may go beyond it. */
  readonly budgetMs: number;
  /** Only few sizes are timed, and nothing else. */
  readonly few: boolean;
}

export class DecoderBench {
  /** Times of sizes; named by `nameOf`. */
  readonly samples: Sample[] = [];
  readonly #decoder: Decoder;
  readonly #options: DecoderBenchOptions;
  readonly #most: number;
  readonly #sampler = new TokenSampler(new Int32Array(), GREEDY);
  /** [size] all its times. */
  readonly #times = new Map<number, number[]>();
  #budgetMs: number;
  #spentMs = 0;
  /** Each size is timed once in a round: its graph is made anew in no time beside that. */
  #isLarge = false;

  constructor(decoder: Decoder, options: DecoderBenchOptions) {
    assert(decoder.lengthOf(sequenceId(0)) === 0, 'a decoder is measured with an empty cache');
    this.#decoder = decoder;
    this.#options = options;
    this.#budgetMs = options.budgetMs;
    this.#most = Math.min(decoder.batch.capacity, decoder.sequenceCapacity, decoder.cellCount);
  }

  /** Most tokens of a decode. */
  get capacity(): number {
    return this.#decoder.batch.capacity;
  }

  /** The sizes that have been timed, in ascending order. */
  get sizes(): number[] {
    return [...this.#times.keys()].sort((a, b) => a - b);
  }

  /** How often a size has been timed. */
  timesOf(size: number): number {
    return this.#times.get(size)?.length ?? 0;
  }

  /** How samples of a size are named. @param again after a decode of the same size, not of another */
  nameOf(size: number, again: boolean): string {
    return `${this.#options.name} ${size}${again ? ' again' : ''}`;
  }

  /**
   * One token alone, as all else is planned by what it takes: it must not be one hiccup. The first decode says
   * nothing of a change of size, and may be slow for reasons of its own.
   */
  begin(): void {
    for (let repeat = 0; repeat < SINGLE_REPEATS; repeat++) {
      this.#keep(-1, 1, true, this.time(1));
      if (repeat > 0 && this.#spentMs > DEAR_SHARE * this.#budgetMs) break;
    }
    this.#isLarge = this.#options.few && (this.oneMs ?? 0) > LARGE_MS;
    if (this.#isLarge) this.#budgetMs *= MOST_BUDGETS;
  }

  /**
   * One round of sizes, as far as the time goes.
   * @param before what is done before each size, the `first` of the round or another, to have the processor's caches
   *   as they are when steps run
   */
  sweep(round: number, before: (first: boolean) => void = () => undefined): void {
    const { few } = this.#options;
    if (few && round >= FEW_ROUNDS) return;
    const largest = Math.min(this.#most, Math.max(...ROUNDS));
    const sizes = few ? FEW_SIZES : curveSizes(largest).filter((size) => size <= ROUNDS[round]!);
    const [essential, wanted, share] = few ? [FEW_SIZES, WANTED_TIMES, 1] : [ESSENTIAL_SIZES, 1, SIZES_SHARE];
    let first = true;
    for (const size of sizes) {
      if (size > this.#most) continue;
      const expectedMs = this.#expectedMs(size);
      const dear = this.#isLarge || 2 * expectedMs > DEAR_SHARE * this.#budgetMs;
      const needed = essential.includes(size) && this.timesOf(size) < wanted;
      const leftMs = this.#leftMs - (needed ? 0 : (1 - share) * this.#budgetMs);
      if (expectedMs * (dear ? 1 : 2) > leftMs || (dear && !needed)) continue;
      before(first);
      first = false;
      this.#keep(round, size, false, this.time(size));
      if (!dear) this.#keep(round, size, true, this.time(size));
    }
  }

  /** One token after another model has run. */
  disturbed(round: number): void {
    const ms = this.time(1);
    if (ms !== undefined) this.samples.push({ name: this.disturbedName, round, value: ms });
  }

  /** How the samples of `disturbed` are named. */
  get disturbedName(): string {
    return `${this.#options.name} 1 after another model`;
  }

  /** Milliseconds for each pair of a token and a cell: the same sizes with some context and without it. */
  measureContext(): number | undefined {
    if (!this.#decoder.canTruncate) return undefined;
    const sizes = CONTEXT_SIZES.filter((size) => this.#times.has(size));
    const largest = Math.max(...sizes);
    const sizesMs = sum(sizes, (size) => 3 * CONTEXT_REPEATS * this.#expectedMs(size));
    const cells = CONTEXT_CELLS.find(
      (count) => count + largest <= this.#most && 2 * this.#expectedMs(count) + sizesMs < this.#leftMs,
    );
    if (cells === undefined) return undefined;
    const slopes: number[] = [];
    for (let round = 0; round < CONTEXT_ROUNDS; round++) {
      if (round > 0 && 2 * this.#expectedMs(cells) + sizesMs > this.#leftMs) break;
      if (this.time(cells, { outputs: 'last', stay: true }) === undefined) break;
      // The same moments, so that the machine's pace is the same.
      const full = sizes.map((size) => this.#repeat(size, cells));
      this.#decoder.truncate(sequenceId(0), position(0));
      const empty = sizes.map((size) => this.#repeat(size, 0));
      slopes.push((sum(full) - sum(empty)) / (cells * sum(sizes)));
    }
    const slope = median(slopes);
    return Number.isNaN(slope) ? undefined : Math.max(slope, 0);
  }

  /** What a token takes less when nobody wants its logits. */
  measureOutputs(): number {
    const all: (number | undefined)[] = [];
    const last: (number | undefined)[] = [];
    const size = OUTPUT_SIZE;
    if (!this.#times.has(size)) return 0;
    for (let repeat = 0; repeat < OUTPUT_REPEATS; repeat++) {
      if (2 * this.#expectedMs(size) > this.#leftMs) break;
      all.push(this.time(size));
      last.push(this.time(size, { outputs: 'last' }));
    }
    const saved = ((lowerQuartile(all) ?? 0) - (lowerQuartile(last) ?? 0)) / (size - 1);
    return saved > 0 && last.length > 1 ? saved : 0;
  }

  /** What one token takes, as far as known. */
  get oneMs(): number | undefined {
    return lowerQuartile(this.#times.get(1) ?? []);
  }

  /**
   * Milliseconds of a decode of `size` tokens of one sequence, the logits' way back included; undefined when it
   * failed or the clock jumped back.
   * @param outputs of what it catches up on, a draft needs the last token's logits only; a batch of guesses needs all, and
   *   a token is chosen from each row
   * @param from cells that the sequence holds already
   * @param stay leave the tokens in the cache
   */
  time(
    size: number,
    {
      outputs = this.#isDraft && size > this.#decoder.maxSequences ? 'last' : 'all',
      from = 0,
      stay = false,
    }: { outputs?: 'all' | 'last'; from?: number; stay?: boolean } = {},
  ): number | undefined {
    const { now } = this.#options;
    const { batch } = this.#decoder;
    const sequence = sequenceId(0);
    batch.clear();
    for (let index = 0; index < size; index++) {
      const id = token(((from + index) * 7919 + 1) % this.#decoder.vocabularySize);
      batch.add(id, position(from + index), sequence, outputs === 'all' || index === size - 1);
    }
    const startMs = now();
    const outcome = this.#decoder.decode();
    // On a GPU a decode returns before it is done; who reads logits waits.
    for (let row = 0; outcome === 'done' && row < (this.#isDraft ? batch.outputCount : 1); row++) {
      const logits = this.#decoder.logits(row);
      if (this.#isDraft) this.#sampler.draw(logits, 0);
    }
    const ms = now() - startMs;
    if (outcome !== 'done' || !stay)
      this.#decoder.truncate(sequence, position(outcome === 'done' ? from : 0));
    this.#spentMs += Math.max(0, now() - startMs);
    return outcome === 'done' && ms > 0 && ms < Infinity ? ms : undefined;
  }

  /** Leaves the decoder as it was found. */
  end(): void {
    this.#decoder.truncate(sequenceId(0), position(0));
    this.#decoder.batch.clear();
  }

  get #isDraft(): boolean {
    return this.#options.name === 'draft';
  }

  get #leftMs(): number {
    return this.#budgetMs - this.#spentMs;
  }

  #repeat(size: number, from: number): number {
    this.time(size, { from });
    const samples = Array.from({ length: CONTEXT_REPEATS }, () => this.time(size, { from }));
    return lowerQuartile(samples) ?? NaN;
  }

  /**
   * What a decode of `size` tokens takes at most, as far as this and smaller sizes tell, of which some may have
   * met a hiccup; 0 when nothing is known. No size costs more than a larger one.
   */
  #expectedMs(size: number): number {
    let least = Infinity;
    for (const [known, times] of this.#times)
      least = Math.min(least, lowerQuartile(times)! * Math.max(1, size / known));
    return least === Infinity ? 0 : least;
  }

  #keep(round: number, size: number, again: boolean, ms: number | undefined): void {
    if (ms === undefined) return;
    this.samples.push({ name: this.nameOf(size, again), round, value: ms });
    const kept = this.#times.get(size);
    if (kept === undefined) this.#times.set(size, [ms]);
    else kept.push(ms);
  }
}

/** Of four and less the least; undefined when there is none. */
function lowerQuartile(samples: readonly (number | undefined)[]): number | undefined {
  const sorted = samples.filter((sample) => sample !== undefined).sort((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 2];
}
