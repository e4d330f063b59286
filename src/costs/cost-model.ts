/**
 * Keeps a table of costs true while the machine and the work change: every decode and every step that has been
 * timed corrects it a little (`online-regression.ts`), and readers get a new immutable table when it has moved.
 *
 * The pace of the machine is learned from the target's decodes, which every step has; each draft has a pace
 * relative to it, so that a draft that is not in use slows down and recovers with the target.
 */
import { assert } from '../base/errors.js';
import {
  ONLY_DRAFT,
  resizesOf,
  stretchOf,
  type CostCurve,
  type CostTable,
  type DraftCosts,
  type TargetWork,
} from './cost-table.js';
import { OnlineRegression } from './online-regression.js';
import { IsotonicRegression } from '../base/isotonic-regression.js';

/** A new table is made after so many observations ... */
const PUBLISH_AFTER = 32;
/** ... or as soon as a cost has moved this far (log; 5 %). */
const PUBLISH_MOVED = Math.log(1.05);
export class CostModel {
  #table: CostTable;
  readonly #target: CurveRegression;
  readonly #drafts = new Map<string, CurveRegression>();
  readonly #overhead: OnlineRegression;
  #observations = 0;

  constructor(initial: CostTable) {
    this.#table = initial;
    this.#target = new CurveRegression(initial.target, [
      initial.targetMsPerTokenCell,
      initial.targetMsPerOutput,
      initial.targetResizeMs,
      initial.targetAfterDraftMs,
    ]);
    for (const [key, costs] of Object.entries(initial.drafts)) this.#drafts.set(key, regressionOf(costs));
    this.#overhead = new OnlineRegression([
      initial.overheadMs,
      initial.overheadMsPerRow,
      initial.overheadMsGuessing,
    ]);
  }

  /** Immutable; another one when costs have moved. */
  get table(): CostTable {
    return this.#table;
  }

  /** A decode of the target has taken `ms`. */
  observeTarget(work: TargetWork, ms: number): void {
    const { tokens, outputs, tokenCells, parts } = work;
    if (!isBelievable(ms, tokens, outputs <= tokens ? outputs : NaN, tokenCells)) return;
    const target = this.#target;
    target.begin();
    if (parts === undefined) target.addTokens(tokens);
    else for (const part of parts) target.addTokens(part);
    target.setTerm(0, tokenCells);
    target.setTerm(1, outputs - tokens);
    target.setTerm(2, resizesOf(work));
    target.setTerm(3, work.afterDraft === true ? 1 : 0);
    this.#observed(target.learner.learn(ms));
  }

  /** A draft has come beside those there are, with costs as far as they are known. */
  addDraft(key: string, costs: DraftCosts): void {
    const slower = Math.exp(-this.#target.learner.pace);
    const scaled = { ...costs.curve, ms: costs.curve.ms.map((ms) => ms * slower) };
    this.#drafts.set(
      key,
      regressionOf({
        curve: scaled,
        msPerTokenCell: costs.msPerTokenCell * slower,
        afterTargetMs: costs.afterTargetMs * slower,
      }),
    );
    this.#publish();
  }

  removeDraft(key: string): void {
    if (this.#drafts.delete(key)) this.#publish();
  }

  /** One decode of a draft has taken `ms`, the `first` of its step or not; nothing where it is not there. */
  observeDraft(tokens: number, tokenCells: number, ms: number, first = false, key = ONLY_DRAFT): void {
    const draft = this.#drafts.get(key);
    if (draft === undefined || !isBelievable(ms, tokens, 0, tokenCells)) return;
    draft.begin();
    draft.addTokens(tokens);
    draft.setTerm(0, tokenCells);
    draft.setTerm(1, first ? 1 : 0);
    this.#observed(draft.learner.learn(ms, this.#target.learner.pace));
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
    const target = this.#target;
    const { values: overhead, pace: overheadPace } = this.#overhead;
    const { pace } = target.learner;
    this.#table = {
      version: this.#table.version + 1,
      target: target.curve(0),
      targetMsPerTokenCell: target.term(0, 0),
      targetMsPerOutput: target.term(1, 0),
      targetResizeMs: target.term(2, 0),
      targetAfterDraftMs: target.term(3, 0),
      drafts: Object.fromEntries(
        [...this.#drafts].map(([key, draft]): [string, DraftCosts] => [
          key,
          {
            curve: draft.curve(pace),
            msPerTokenCell: draft.term(0, pace),
            afterTargetMs: draft.term(1, pace),
          },
        ]),
      ),
      overheadMs: overhead[0]! * Math.exp(overheadPace),
      overheadMsPerRow: overhead[1]! * Math.exp(overheadPace),
      overheadMsGuessing: overhead[2]! * Math.exp(overheadPace),
    };
    target.learner.markPublished();
    for (const draft of this.#drafts.values()) draft.learner.markPublished();
    this.#overhead.markPublished();
  }
}

/** What cannot be true is left out: not a number, zero, negative, endless. */
function isBelievable(ms: number, tokens: number, others: number, tokenCells: number): boolean {
  return (
    ms > 0 && tokens >= 1 && others >= 0 && tokenCells >= 0 && ms + tokens + others + tokenCells < Infinity
  );
}

function regressionOf({ curve, msPerTokenCell, afterTargetMs }: DraftCosts): CurveRegression {
  return new CurveRegression(curve, [msPerTokenCell, afterTargetMs]);
}

/** The points of a curve and the terms that come on top, as the values of one learner. */
class CurveRegression {
  readonly learner: OnlineRegression;
  readonly #tokens: readonly number[];

  constructor(curve: CostCurve, terms: readonly number[]) {
    assert(
      curve.tokens[0] === 1 && curve.tokens.length === curve.ms.length,
      `a curve of ${curve.tokens.length} sizes from ${curve.tokens[0]} on with ${curve.ms.length} times`,
    );
    this.#tokens = curve.tokens;
    this.learner = new OnlineRegression([...curve.ms, ...terms], curve.ms.length);
  }

  begin(): void {
    this.learner.amounts.fill(0);
  }

  /** As `curveMs` has it: between two points a share of each, beyond the last on the line through the last two. */
  addTokens(tokens: number): void {
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

  setTerm(term: number, amount: number): void {
    this.learner.amounts[this.#tokens.length + term] = amount;
  }

  /**
   * More tokens cost no less: where points contradict each other, those that were seen more often count for more.
   * @param outerPace log factor beside the learner's own
   */
  curve(outerPace: number): CostCurve {
    const factor = Math.exp(outerPace + this.learner.pace);
    const { values } = this.learner;
    const pool = new IsotonicRegression();
    this.#tokens.forEach((_, point) => {
      pool.add(values[point]!, this.learner.weight(point));
    });
    return { tokens: this.#tokens, ms: this.#tokens.map((_, point) => pool.mean(point) * factor) };
  }

  term(term: number, outerPace: number): number {
    return this.learner.values[this.#tokens.length + term]! * Math.exp(outerPace + this.learner.pace);
  }
}
