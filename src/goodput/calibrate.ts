/**
 * Measures what decodes of an idle model cost, in about a second: sizes in alternating order, each once after
 * another size and once after itself, and the lower quartile of a few rounds, which leaves out what other
 * processes took. What the time does not suffice for follows the prior's shape (`prior-costs.ts`); the online
 * correction (`latency-model.ts`) does the rest.
 */
import { assert } from '../base/errors.js';
import { position, sequenceId, token } from '../base/types.js';
import type { Decoder, EngineModel } from '../decoder/decoder.js';
import type { CostCurve, CostTable } from './cost-table.js';
import {
  completeCurve,
  curveSizes,
  PRIOR_CELL_SHARE,
  PRIOR_OVERHEAD_MS,
  PRIOR_OVERHEAD_MS_GUESSING,
  PRIOR_OVERHEAD_MS_PER_ROW,
  priorCosts,
} from './prior-costs.js';

export interface CalibrationOptions {
  /** Milliseconds on a clock of any origin. */
  readonly now?: () => number;
  /** Time to spend; one decode may go beyond it. */
  readonly budgetMs?: number;
}

const BUDGET_MS = 1500;
/** A draft is small: this share of the budget is plenty. */
const DRAFT_SHARE = 0.15;
/** Of a decoder's time, the share for the curve; the rest is for context and outputs. */
const CURVE_SHARE = 0.6;

/** Measured even if there is time for one decode of each only. */
const ESSENTIAL_SIZES: readonly number[] = [1, 2, 4, 8, 128, 256];
/** [round] the largest size that it measures: guesses are few, so small sizes are known best. */
const ROUNDS: readonly number[] = [64, 8, 256, 16, 64, 8];
/** A size that takes more than this share of the time is not measured again and again. */
const DEAR_SHARE = 0.06;

/** One token, before everything else: twice, and more often where that takes no time to speak of. */
const SINGLE_REPEATS = 4;

/** Cells of context against an empty cache, and the sizes compared. */
const CONTEXT_CELLS: readonly number[] = [256, 128, 64, 32];
const CONTEXT_SIZES: readonly number[] = [1, 8];
const CONTEXT_REPEATS = 4;
const CONTEXT_ROUNDS = 2;

/** Bends of a curve may make a batch this much dearer than its tokens in smaller batches. */
const BATCH_SLACK = 1.1;
/** A cell that seemed to cost more of a token than this was measured while something else ran. */
const MOST_CELL_SHARE = 0.005;

const OUTPUT_SIZE = 16;
const OUTPUT_REPEATS = 4;

interface DecoderCosts {
  readonly curve: CostCurve;
  readonly msPerTokenCell: number;
  readonly msPerOutput: number;
  readonly resizeMs: number;
}

/**
 * Costs of this model on this machine. Its caches must be empty and nobody else may use it; they are empty
 * afterwards.
 */
export function calibrate(model: EngineModel, options: CalibrationOptions = {}): CostTable {
  const now = options.now ?? ((): number => performance.now());
  const budgetMs = options.budgetMs ?? BUDGET_MS;
  const startMs = now();
  const draft = model.draft && new DecoderBench(model.draft, now, startMs + budgetMs * DRAFT_SHARE).measure();
  const target = new DecoderBench(model.decoder, now, startMs + budgetMs).measure();
  const prior = priorCosts(model.draft !== undefined);
  return {
    version: 0,
    target: target?.curve ?? prior.target,
    targetMsPerTokenCell: target?.msPerTokenCell ?? prior.targetMsPerTokenCell,
    targetMsPerOutput: target?.msPerOutput ?? prior.targetMsPerOutput,
    targetResizeMs: target?.resizeMs ?? prior.targetResizeMs,
    draft: (draft && withHalfResize(draft)) ?? prior.draft,
    draftMsPerTokenCell: draft?.msPerTokenCell ?? prior.draftMsPerTokenCell,
    overheadMs: PRIOR_OVERHEAD_MS,
    overheadMsPerRow: PRIOR_OVERHEAD_MS_PER_ROW,
    overheadMsGuessing: PRIOR_OVERHEAD_MS_GUESSING,
  };
}

/** A draft's sizes change at about every second decode: catching up, then a token for each request. */
function withHalfResize({ curve, resizeMs }: DecoderCosts): CostCurve {
  return { tokens: curve.tokens, ms: curve.ms.map((ms) => ms + resizeMs / 2) };
}

class DecoderBench {
  readonly #decoder: Decoder;
  readonly #now: () => number;
  readonly #startMs: number;
  readonly #deadlineMs: number;
  readonly #curveDeadlineMs: number;
  readonly #most: number;
  /** [size] times of decodes after one of another size, and after one of the same. */
  readonly #first = new Map<number, number[]>();
  readonly #same = new Map<number, number[]>();

  constructor(decoder: Decoder, now: () => number, deadlineMs: number) {
    const sequence = sequenceId(0);
    assert(decoder.lengthOf(sequence) === 0, 'a decoder is measured with an empty cache');
    this.#decoder = decoder;
    this.#now = now;
    this.#startMs = now();
    this.#deadlineMs = deadlineMs;
    this.#curveDeadlineMs = this.#startMs + (deadlineMs - this.#startMs) * CURVE_SHARE;
    this.#most = Math.min(decoder.batch.capacity, decoder.sequenceCapacity, decoder.cellCount);
  }

  /** Undefined when not even one token could be timed. */
  measure(): DecoderCosts | undefined {
    try {
      this.#measureSizes();
      const oneMs = this.#typical(1);
      if (oneMs === undefined) return undefined;
      const context = this.#measureContext();
      const msPerTokenCell = Math.min(
        context?.msPerTokenCell ?? oneMs * PRIOR_CELL_SHARE,
        oneMs * MOST_CELL_SHARE,
      );
      const msPerOutput = this.#measureOutputs();
      const points = this.#sizes().map((size): [number, number] => [
        size,
        Math.max(this.#typical(size)! - (msPerTokenCell * size * (size + 1)) / 2, oneMs / 2),
      ]);
      if (context !== undefined && context.size > points.at(-1)![0]) {
        const { size, ms } = context;
        const read = (msPerTokenCell * size * (size + 1)) / 2;
        points.push([size, ms - read + msPerOutput * (size - 1)]);
      }
      return {
        curve: completeCurve(withoutHiccups(points), this.#decoder.batch.capacity),
        msPerTokenCell,
        msPerOutput,
        resizeMs: Math.min(this.#resizeMs(), oneMs),
      };
    } finally {
      this.#decoder.truncate(sequenceId(0), position(0));
      this.#decoder.batch.clear();
    }
  }

  #measureSizes(): void {
    // All else is planned by what one token takes, so it must not be one hiccup. The first decode says nothing
    // of a change of size, and may be slow for reasons of its own.
    for (let repeat = 0; repeat < SINGLE_REPEATS; repeat++) {
      this.#keep(this.#same, 1, this.#time(1));
      const spentMs = this.#now() - this.#startMs;
      if (repeat > 0 && spentMs > DEAR_SHARE * (this.#deadlineMs - this.#startMs)) break;
    }
    const sizes = curveSizes(this.#most).filter((size) => size <= Math.max(...ROUNDS));
    ROUNDS.forEach((largest, round) => {
      const order = sizes.filter((size) => size <= largest);
      if (round % 2 === 1) order.reverse();
      for (const size of order) {
        const expectedMs = this.#expectedMs(size);
        const dear = 2 * expectedMs > DEAR_SHARE * (this.#deadlineMs - this.#startMs);
        const leftMs = (dear ? this.#deadlineMs : this.#curveDeadlineMs) - this.#now();
        if (expectedMs * (dear ? 1 : 2) > leftMs) continue;
        if (dear && (this.#typical(size) !== undefined || !ESSENTIAL_SIZES.includes(size))) continue;
        this.#keep(this.#first, size, this.#time(size));
        if (!dear) this.#keep(this.#same, size, this.#time(size));
      }
    });
  }

  /** Fills some context, compares the same sizes with and without it, and gives what filling it took. */
  #measureContext(): { msPerTokenCell: number; size: number; ms: number } | undefined {
    if (!this.#decoder.canTruncate) return undefined;
    const sizes = CONTEXT_SIZES.filter((size) => this.#typical(size) !== undefined);
    const largest = Math.max(...sizes);
    const leftMs = this.#deadlineMs - this.#now();
    const sizesMs = sizes.reduce((sum, size) => sum + 3 * CONTEXT_REPEATS * this.#expectedMs(size), 0);
    const cells = CONTEXT_CELLS.find(
      (count) =>
        count <= this.#decoder.batch.capacity &&
        count + largest <= Math.min(this.#decoder.sequenceCapacity, this.#decoder.cellCount) &&
        2 * this.#expectedMs(count) + sizesMs < leftMs,
    );
    if (cells === undefined) return undefined;
    const fill: number[] = [];
    const slopes: number[] = [];
    for (let round = 0; round < CONTEXT_ROUNDS; round++) {
      if (round > 0 && fill[0]! + sizesMs > this.#deadlineMs - this.#now()) break;
      const ms = this.#time(cells, { outputs: 'last', stay: true });
      if (ms === undefined) break;
      fill.push(ms);
      // The same moments, so that the machine's pace is the same.
      const full = sizes.map((size) => this.#repeat(size, cells));
      this.#decoder.truncate(sequenceId(0), position(0));
      const empty = sizes.map((size) => this.#repeat(size, 0));
      const pairs = sizes.reduce((sum, size) => sum + size * cells, 0);
      slopes.push(sizes.reduce((sum, _, index) => sum + full[index]! - empty[index]!, 0) / pairs);
    }
    const slope = lowerQuartile(slopes);
    const ms = lowerQuartile(fill);
    if (slope === undefined || ms === undefined || Number.isNaN(slope)) return undefined;
    return { msPerTokenCell: Math.max(slope, 0), size: cells, ms };
  }

  #repeat(size: number, from: number): number {
    this.#time(size, { from });
    const samples = Array.from({ length: CONTEXT_REPEATS }, () => this.#time(size, { from }));
    return lowerQuartile(samples) ?? NaN;
  }

  /** What a token takes less when nobody wants its logits. */
  #measureOutputs(): number {
    const all: (number | undefined)[] = [];
    const last: (number | undefined)[] = [];
    const size = OUTPUT_SIZE;
    if (this.#typical(size) === undefined) return 0;
    for (let repeat = 0; repeat < OUTPUT_REPEATS; repeat++) {
      if (2 * this.#expectedMs(size) > this.#deadlineMs - this.#now()) break;
      all.push(this.#time(size));
      last.push(this.#time(size, { outputs: 'last' }));
    }
    const saved = ((lowerQuartile(all) ?? 0) - (lowerQuartile(last) ?? 0)) / (size - 1);
    return saved > 0 && last.length > 1 ? saved : 0;
  }

  /** Median over the small sizes of what the first decode of a size takes more. */
  #resizeMs(): number {
    const more = [...this.#first.keys()].flatMap((size) => {
      const first = lowerQuartile(this.#first.get(size)!);
      const same = lowerQuartile(this.#same.get(size) ?? []);
      return first === undefined || same === undefined || size > OUTPUT_SIZE ? [] : [first - same];
    });
    return Math.max(more.sort((a, b) => a - b)[more.length >> 1] ?? 0, 0);
  }

  #typical(size: number): number | undefined {
    return lowerQuartile(this.#same.get(size) ?? []) ?? lowerQuartile(this.#first.get(size) ?? []);
  }

  /**
   * What a decode of `size` tokens takes at most, as far as this and smaller sizes tell, of which some may have
   * met a hiccup; 0 when nothing is known.
   */
  #expectedMs(size: number): number {
    let least = Infinity;
    for (const known of this.#sizes()) {
      if (known <= size) least = Math.min(least, (this.#typical(known)! * size) / known);
    }
    return least === Infinity ? 0 : least;
  }

  /** The sizes that have been timed, in ascending order. */
  #sizes(): number[] {
    return [...new Set([...this.#same.keys(), ...this.#first.keys()])].sort((a, b) => a - b);
  }

  #keep(samples: Map<number, number[]>, size: number, ms: number | undefined): void {
    if (ms === undefined) return;
    const kept = samples.get(size);
    if (kept === undefined) samples.set(size, [ms]);
    else kept.push(ms);
  }

  /**
   * Milliseconds of a decode of `size` tokens of one sequence, the logits' way back included; undefined when it
   * failed or the clock jumped back.
   * @param from cells that the sequence holds already
   * @param stay leave the tokens in the cache
   */
  #time(
    size: number,
    {
      outputs = 'all',
      from = 0,
      stay = false,
    }: { outputs?: 'all' | 'last'; from?: number; stay?: boolean } = {},
  ): number | undefined {
    const { batch } = this.#decoder;
    const sequence = sequenceId(0);
    batch.clear();
    for (let index = 0; index < size; index++) {
      const id = token(((from + index) * 7919 + 1) % this.#decoder.vocabularySize);
      batch.add(id, position(from + index), sequence, outputs === 'all' || index === size - 1);
    }
    const startMs = this.#now();
    const outcome = this.#decoder.decode();
    // On a GPU a decode returns before it is done; who reads logits waits.
    if (outcome === 'done') this.#decoder.logits(0);
    const ms = this.#now() - startMs;
    if (outcome !== 'done' || !stay)
      this.#decoder.truncate(sequence, position(outcome === 'done' ? from : 0));
    return outcome === 'done' && ms > 0 && ms < Infinity ? ms : undefined;
  }
}

/**
 * Points without the time that others took: hiccups only ever add, so no size costs more than a larger one was
 * seen to cost, and none much more than the same tokens in several decodes.
 * @param points [point] tokens and milliseconds, in ascending order of tokens
 */
function withoutHiccups(points: readonly [number, number][]): [number, number][] {
  const result = points.map(([size, ms]): [number, number] => [size, ms]);
  let leastPerToken = Infinity;
  for (const point of result) {
    point[1] = Math.min(point[1], leastPerToken * point[0] * BATCH_SLACK);
    leastPerToken = Math.min(leastPerToken, point[1] / point[0]);
  }
  for (let index = result.length - 2; index >= 0; index--)
    result[index]![1] = Math.min(result[index]![1], result[index + 1]![1]);
  return result;
}

/** Of four and less the least; undefined when there is none. */
function lowerQuartile(samples: readonly (number | undefined)[]): number | undefined {
  const sorted = samples.filter((sample) => sample !== undefined).sort((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 2];
}
