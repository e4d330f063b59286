/**
 * Keeps a table of costs true while the machine and the work change: every decode and every step that has been
 * timed corrects it a little (`learner.ts`), and readers get a new immutable table when it has moved.
 *
 * The pace of the machine is learned from the target's decodes, which every step has; the draft has a pace
 * relative to it, so that a draft that is not in use slows down and recovers with the target.
 */
import { assert } from '../base/errors.js';
import { resizesOf, stretchOf } from './cost-table.js';
import { OnlineRegression } from './online-regression.js';
import { IsotonicRegression } from '../base/isotonic-regression.js';
/** A new table is made after so many observations ... */
const PUBLISH_AFTER = 32;
/** ... or as soon as a cost has moved this far (log; 5 %). */
const PUBLISH_MOVED = Math.log(1.05);
export class CostModel {
    #table;
    #target;
    #draft;
    #overhead;
    #observations = 0;
    #ignored = 0;
    constructor(initial) {
        this.#table = initial;
        const { target, draft } = initial;
        this.#target = new CurveRegression(target, [
            initial.targetMsPerTokenCell,
            initial.targetMsPerOutput,
            initial.targetResizeMs,
            initial.targetAfterDraftMs,
        ]);
        if (draft !== undefined)
            this.#draft = new CurveRegression(draft, [initial.draftMsPerTokenCell, initial.draftAfterTargetMs]);
        this.#overhead = new OnlineRegression([
            initial.overheadMs,
            initial.overheadMsPerRow,
            initial.overheadMsGuessing,
        ]);
    }
    /** Immutable; another one when costs have moved. */
    get table() {
        return this.#table;
    }
    /** Observations left out because they cannot be true: not a number, zero, negative, endless. */
    get ignored() {
        return this.#ignored;
    }
    /** A decode of the target has taken `ms`. */
    observeTarget(work, ms) {
        const { tokens, outputs, tokenCells, parts } = work;
        if (!this.#believable(ms, tokens, outputs <= tokens ? outputs : NaN, tokenCells))
            return;
        const target = this.#target;
        target.begin();
        if (parts === undefined)
            target.addTokens(tokens);
        else
            for (const part of parts)
                target.addTokens(part);
        target.setTerm(0, tokenCells);
        target.setTerm(1, outputs - tokens);
        target.setTerm(2, resizesOf(work));
        target.setTerm(3, work.afterDraft === true ? 1 : 0);
        this.#observed(target.learner.learn(ms));
    }
    /** One decode of the draft model has taken `ms`, the `first` of its step or not; nothing without one. */
    observeDraft(tokens, tokenCells, ms, first = false) {
        const draft = this.#draft;
        if (draft === undefined || !this.#believable(ms, tokens, 0, tokenCells))
            return;
        draft.begin();
        draft.addTokens(tokens);
        draft.setTerm(0, tokenCells);
        draft.setTerm(1, first ? 1 : 0);
        this.#observed(draft.learner.learn(ms, this.#target.learner.pace));
    }
    /** A step has taken `ms` outside all decodes, when `rows` rows of logits were sampled from. */
    observeOverhead(rows, guessed, ms) {
        if (!this.#believable(ms, 1, rows, 0))
            return;
        this.#overhead.amounts[0] = 1;
        this.#overhead.amounts[1] = rows;
        this.#overhead.amounts[2] = guessed ? 1 : 0;
        this.#observed(this.#overhead.learn(ms));
    }
    #believable(ms, tokens, others, tokenCells) {
        const good = ms > 0 && ms < Infinity && tokens >= 1 && tokens < Infinity && others >= 0 && tokenCells >= 0;
        if (!good || !Number.isFinite(others + tokenCells)) {
            this.#ignored += 1;
            return false;
        }
        return true;
    }
    #observed(moved) {
        this.#observations += 1;
        if (this.#observations >= PUBLISH_AFTER || moved > PUBLISH_MOVED)
            this.#publish();
    }
    #publish() {
        this.#observations = 0;
        const target = this.#target;
        const draft = this.#draft;
        const { values: overhead, pace: overheadPace } = this.#overhead;
        const { pace } = target.learner;
        this.#table = {
            version: this.#table.version + 1,
            target: target.curve(0),
            targetMsPerTokenCell: target.term(0, 0),
            targetMsPerOutput: target.term(1, 0),
            targetResizeMs: target.term(2, 0),
            targetAfterDraftMs: target.term(3, 0),
            draft: draft?.curve(pace),
            draftMsPerTokenCell: draft?.term(0, pace) ?? 0,
            draftAfterTargetMs: draft?.term(1, pace) ?? 0,
            overheadMs: overhead[0] * Math.exp(overheadPace),
            overheadMsPerRow: overhead[1] * Math.exp(overheadPace),
            overheadMsGuessing: overhead[2] * Math.exp(overheadPace),
        };
        target.learner.markPublished();
        draft?.learner.markPublished();
        this.#overhead.markPublished();
    }
}
/** The points of a curve and the terms that come on top, as the values of one learner. */
class CurveRegression {
    learner;
    #tokens;
    constructor(curve, terms) {
        assert(curve.tokens[0] === 1 && curve.tokens.length === curve.ms.length, `a curve of ${curve.tokens.length} sizes from ${curve.tokens[0]} on with ${curve.ms.length} times`);
        this.#tokens = curve.tokens;
        this.learner = new OnlineRegression([...curve.ms, ...terms], curve.ms.length);
    }
    begin() {
        this.learner.amounts.fill(0);
    }
    /** As `curveMs` has it: between two points a share of each, beyond the last on the line through the last two. */
    addTokens(tokens) {
        const { amounts } = this.learner;
        const points = this.#tokens;
        if (points.length === 1) {
            amounts[0] += tokens / points[0];
            return;
        }
        const low = stretchOf(points, tokens);
        const share = (tokens - points[low]) / (points[low + 1] - points[low]);
        amounts[low] += 1 - share;
        amounts[low + 1] += share;
    }
    setTerm(term, amount) {
        this.learner.amounts[this.#tokens.length + term] = amount;
    }
    /**
     * More tokens cost no less: where points contradict each other, those that were seen more often count for more.
     * @param outerPace log factor beside the learner's own
     */
    curve(outerPace) {
        const factor = Math.exp(outerPace + this.learner.pace);
        const { values } = this.learner;
        const pool = new IsotonicRegression();
        this.#tokens.forEach((_, point) => {
            pool.add(values[point], this.learner.weight(point));
        });
        return { tokens: this.#tokens, ms: this.#tokens.map((_, point) => pool.mean(point) * factor) };
    }
    term(term, outerPace) {
        return this.learner.values[this.#tokens.length + term] * Math.exp(outerPace + this.learner.pace);
    }
}
//# sourceMappingURL=cost-model.js.map