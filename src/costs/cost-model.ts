/**
 * Keeps a table of costs true while the machine and the work change: every decode and every step that has been
 * timed corrects it a little (`online-regression.ts`), and readers get a new immutable table when it has moved.
 *
 * The pace of the machine is learned from the target's decodes, which every step has; each draft has a pace
 * relative to it, so that a draft that is not in use slows down and recovers with the target.
 */
import { assert } from '../base/errors.js';
import { resizesOf, stretchOf, type CostTable, type DecodeWork, type ModelCosts } from './cost-table.js';
import { OnlineRegression } from './online-regression.js';
import { IsotonicRegression } from '../base/isotonic-regression.js';

/** A new table is made after so many observations ... */
const PUBLISH_AFTER = 32;
/** ... or as soon as a cost has moved this far (log; 5 %). */
const PUBLISH_MOVED = Math.log(1.05);

export class CostModel {
  #table: CostTable;
  readonly #target: ModelRegression;
  readonly #drafts = new Map<string, ModelRegression>();
  readonly #overhead: OnlineRegression;
  #observations = 0;

  constructor(initial: CostTable) {
    const { overheadMs, overheadMsPerRow, overheadMsGuessing } = initial;
    this.#table = initial;
    this.#target = new ModelRegression(initial.target);
    for (const [key, costs] of Object.entries(initial.drafts))
      this.#drafts.set(key, new ModelRegression(costs));
    this.#overhead = new OnlineRegression([overheadMs, overheadMsPerRow, overheadMsGuessing]);
  }

  /** Immutable; another one when costs have moved. */
  get table(): CostTable {
    return this.#table;
  }

  /** A draft has come beside those there are, with costs as far as they are known. */
  addDraft(key: string, costs: ModelCosts): void {
    this.#drafts.set(key, new ModelRegression(costs, Math.exp(-this.#target.learner.pace)));
    this.#publish();
  }

  removeDraft(key: string): void {
    if (this.#drafts.delete(key)) this.#publish();
  }

  /** A decode has taken `ms`. @param draft key of the draft whose it was, if it is still there; undefined: the target's */
  observe(work: DecodeWork, ms: number, draft?: string): void {
    const { tokens, outputs = tokens, tokenCells = 0 } = work;
    const model = draft === undefined ? this.#target : this.#drafts.get(draft);
    if (model === undefined || !isBelievable(ms, tokens, outputs <= tokens ? outputs : NaN, tokenCells))
      return;
    this.#observed(model.learn(work, ms, draft === undefined ? 0 : this.#target.learner.pace));
  }

  /** A step has taken `ms` outside all decodes, when `rows` rows of logits were sampled from. */
  observeOverhead(rows: number, guessed: boolean, ms: number): void {
    if (!isBelievable(ms, 1, rows, 0)) return;
    this.#overhead.amounts[0] = 1;
    this.#overhead.amounts[1] = rows;
    this.#overhead.amounts[2] = guessed ? 1 : 0;
    this.#observed(this.#overhead.learn(ms));
  }

  #observed(moved: number): void {
    this.#observations += 1;
    if (this.#observations >= PUBLISH_AFTER || moved > PUBLISH_MOVED) this.#publish();
  }

  #publish(): void {
    this.#observations = 0;
    const { values: overhead, pace: overheadPace } = this.#overhead;
    const { pace } = this.#target.learner;
    this.#table = {
      version: this.#table.version + 1,
      target: this.#target.costs(0),
      drafts: Object.fromEntries([...this.#drafts].map(([key, draft]) => [key, draft.costs(pace)])),
      overheadMs: overhead[0]! * Math.exp(overheadPace),
      overheadMsPerRow: overhead[1]! * Math.exp(overheadPace),
      overheadMsGuessing: overhead[2]! * Math.exp(overheadPace),
    };
    for (const { learner } of [this.#target, ...this.#drafts.values()]) learner.markPublished();
    this.#overhead.markPublished();
  }
}

/** What cannot be true is left out: not a number, zero, negative, endless. */
function isBelievable(ms: number, tokens: number, others: number, tokenCells: number): boolean {
  return (
    ms > 0 && tokens >= 1 && others >= 0 && tokenCells >= 0 && ms + tokens + others + tokenCells < Infinity
  );
}

/** The points of a model's curve and the terms that come on top, as the values of one learner. */
class ModelRegression {
  readonly learner: OnlineRegression;
  readonly #tokens: readonly number[];

  /** @param factor on all of the costs */
  constructor({ curve, msPerTokenCell, msPerOutput, resizeMs, coldMs }: ModelCosts, factor = 1) {
    assert(
      curve.tokens[0] === 1 && curve.tokens.length === curve.ms.length,
      `a curve of ${curve.tokens.length} sizes from ${curve.tokens[0]} on with ${curve.ms.length} times`,
    );
    const values = [...curve.ms, msPerTokenCell, msPerOutput, resizeMs, coldMs];
    this.#tokens = curve.tokens;
    this.learner = new OnlineRegression(
      values.map((ms) => ms * factor),
      curve.ms.length,
    );
  }

  /**
   * @param outerPace log factor beside the learner's own
   * @returns as `OnlineRegression.learn`
   */
  learn(work: DecodeWork, ms: number, outerPace: number): number {
    const { tokens, outputs = tokens, tokenCells = 0, parts, cold = false } = work;
    const { amounts } = this.learner;
    amounts.fill(0);
    if (parts === undefined) this.#addTokens(tokens);
    else for (const part of parts) this.#addTokens(part);
    const terms = [tokenCells, outputs - tokens, resizesOf(work), cold ? 1 : 0];
    amounts.set(terms, this.#tokens.length);
    return this.learner.learn(ms, outerPace);
  }

  /** As `curveMs` has it: between two points a share of each, beyond the last on the line through the last two. */
  #addTokens(tokens: number): void {
    const { amounts } = this.learner;
    const points = this.#tokens;
    if (points.length === 1) {
      amounts[0]! += tokens / points[0]!;
      return;
    }
    const low = stretchOf(points, tokens);
    const share = (tokens - points[low]!) / (points[low + 1]! - points[low]!);
    amounts[low]! += 1 - share;
    amounts[low + 1]! += share;
  }

  /**
   * As they are now. More tokens cost no less: where points contradict each other, those that were seen more often count
   * for more.
   * @param outerPace as in `learn`
   */
  costs(outerPace: number): ModelCosts {
    const { values, pace } = this.learner;
    const tokens = this.#tokens;
    const factor = Math.exp(outerPace + pace);
    const pool = new IsotonicRegression();
    tokens.forEach((_, point) => {
      pool.add(values[point]!, this.learner.weight(point));
    });
    const term = (index: number): number => values[tokens.length + index]! * factor;
    return {
      curve: { tokens, ms: tokens.map((_, point) => pool.mean(point) * factor) },
      ...{ msPerTokenCell: term(0), msPerOutput: term(1), resizeMs: term(2), coldMs: term(3) },
    };
  }
}
