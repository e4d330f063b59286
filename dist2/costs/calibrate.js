import { DecoderBench, ROUNDS } from './decoder-bench.js';
import { medianPolish } from './median-polish.js';
import { completeCurve, PRIOR_CELL_SHARE, PRIOR_COLD_MS, PRIOR_COLD_SHARE, PRIOR_OVERHEAD_MS, PRIOR_OVERHEAD_MS_GUESSING, PRIOR_OVERHEAD_MS_PER_ROW, priorCosts, } from './prior-costs.js';
const BUDGET_MS = 1500;
/** A draft is small: this share of the budget is plenty. */
const DRAFT_SHARE = 0.15;
/** With a larger target there is no time to run it between the draft's decodes, and caches matter less. */
const MOST_MS_BETWEEN = 4;
/** Bends of a curve may make a batch this much dearer than its tokens in smaller batches. */
const BATCH_SLACK = 1.1;
/** A size that was timed so often is what it seems to be, and may lie above a cliff: on GPUs 9 tokens cost twice 8. */
const SURE_TIMES = 4;
const CLIFF_SLACK = 2.5;
/** A cell that seemed to cost more of a token than this was measured while something else ran. */
const MOST_CELL_SHARE = 0.005;
/** Sizes from which reading their own cells can be seen, and how much of their time may be noise. */
const LARGE = 64;
const NOISE = 1.05;
/** Sizes from which the cost of another size is taken. */
const RESIZE_SIZES = 16;
/**
 * Costs of this model on this machine. Its caches must be empty and nobody else may use it; they are empty
 * afterwards.
 */
export function calibrate(model, options = {}) {
    const now = options.now ?? (() => performance.now());
    const budgetMs = options.budgetMs ?? BUDGET_MS;
    const { decoder } = model;
    const target = new DecoderBench(decoder, {
        ...{ name: 'target', now, allOutputs: Infinity, chooses: false },
        budgetMs: budgetMs * (model.draft === undefined ? 1 : 1 - DRAFT_SHARE),
    });
    // Of what it catches up on, a draft needs the last token's logits only; a batch of guesses needs all.
    const allOutputs = model.draft?.maxSequences ?? 0;
    const draft = model.draft &&
        new DecoderBench(model.draft, {
            ...{ name: 'draft', now, allOutputs, chooses: true },
            budgetMs: budgetMs * DRAFT_SHARE,
        });
    try {
        target.begin();
        draft?.begin();
        const oneMs = target.oneMs ?? Infinity;
        // Between two uses of the draft the target's weights go through the processor's caches.
        const isSmall = oneMs <= MOST_MS_BETWEEN;
        for (let round = 0; round < ROUNDS.length; round++) {
            draft?.sweep(round, (first) => {
                if (!isSmall)
                    return;
                if (first)
                    target.time(1);
                else
                    target.disturbed(round);
            });
            target.sweep(round);
        }
        const times = medianPolish([...target.samples, ...(draft?.samples ?? [])]);
        const drafting = draft && costsOf(draft, model.draft.batch.capacity, times);
        const verifying = costsOf(target, decoder.batch.capacity, times);
        const prior = priorCosts(model.draft !== undefined);
        return {
            version: 0,
            target: verifying?.curve ?? prior.target,
            targetMsPerTokenCell: verifying?.msPerTokenCell ?? prior.targetMsPerTokenCell,
            targetMsPerOutput: verifying?.msPerOutput ?? prior.targetMsPerOutput,
            targetResizeMs: verifying?.resizeMs ?? prior.targetResizeMs,
            targetAfterDraftMs: (verifying && disturbanceMs(target, times)) ?? prior.targetAfterDraftMs,
            draft: drafting?.curve ?? prior.draft,
            draftMsPerTokenCell: drafting?.msPerTokenCell ?? prior.draftMsPerTokenCell,
            // The first decode of a step is after the target's and mostly of another size than the draft's own last one.
            draftAfterTargetMs: drafting?.resizeMs ?? prior.draftAfterTargetMs,
            overheadMs: PRIOR_OVERHEAD_MS,
            overheadMsPerRow: PRIOR_OVERHEAD_MS_PER_ROW,
            overheadMsGuessing: PRIOR_OVERHEAD_MS_GUESSING,
        };
    }
    finally {
        target.end();
        draft?.end();
    }
}
/** What one token takes more after another model has run; undefined where that was not tried. */
function disturbanceMs(bench, times) {
    const disturbed = times.get(bench.disturbedName);
    const undisturbed = times.get(bench.nameOf(1, true));
    if (disturbed === undefined || undisturbed === undefined)
        return undefined;
    // A step drafts more and does more in between than this tries.
    const least = Math.min(PRIOR_COLD_MS, PRIOR_COLD_SHARE * undisturbed);
    return Math.min(Math.max(disturbed - undisturbed, least), undisturbed);
}
/**
 * Undefined when not even one token could be timed.
 * @param capacity tokens in a batch at most
 * @param times of the samples, by name
 */
function costsOf(bench, capacity, times) {
    const typical = (size) => times.get(bench.nameOf(size, true)) ?? times.get(bench.nameOf(size, false));
    const oneMs = typical(1);
    if (oneMs === undefined)
        return undefined;
    const context = bench.measureContext();
    const msPerTokenCell = Math.min(context?.msPerTokenCell ?? oneMs * PRIOR_CELL_SHARE, oneMs * MOST_CELL_SHARE, mostPerTokenCell(bench.sizes.map((size) => [size, typical(size)])));
    const msPerOutput = bench.measureOutputs();
    const points = bench.sizes.map((size) => [
        size,
        Math.max(typical(size) - (msPerTokenCell * size * (size + 1)) / 2, oneMs / 2),
    ]);
    if (context !== undefined && context.cells > points.at(-1)[0]) {
        const { cells, ms } = context;
        const read = (msPerTokenCell * cells * (cells + 1)) / 2;
        points.push([cells, ms - read + msPerOutput * (cells - 1)]);
    }
    return {
        curve: completeCurve(withoutHiccups(points, (size) => (bench.timesOf(size) < SURE_TIMES ? BATCH_SLACK : CLIFF_SLACK)), capacity),
        msPerTokenCell,
        msPerOutput,
        resizeMs: Math.min(resizeMs(bench, times), oneMs),
    };
}
/**
 * The most that a pair of token and cell can cost: without it no size would cost less than a smaller one. Where many
 * tokens cost as much as few, a slope that is only noise would otherwise be taken off large batches a hundred thousand
 * times, until nothing was left of them.
 * @param points [point] tokens and milliseconds, in ascending order of tokens
 */
function mostPerTokenCell(points) {
    let most = Infinity;
    for (let at = 1; at < points.length; at++) {
        const [size, ms] = points[at];
        const [smaller, smallerMs] = points[at - 1];
        if (size < LARGE)
            continue;
        most = Math.min(most, (2 * Math.max(0, ms * NOISE - smallerMs)) / (size ** 2 - smaller ** 2));
    }
    return most;
}
/** Median over the small sizes of what the first decode of a size takes more. */
function resizeMs(bench, times) {
    const more = bench.sizes.flatMap((size) => {
        const first = times.get(bench.nameOf(size, false));
        const again = times.get(bench.nameOf(size, true));
        return first === undefined || again === undefined || size > RESIZE_SIZES ? [] : [first - again];
    });
    return Math.max(more.sort((a, b) => a - b)[more.length >> 1] ?? 0, 0);
}
/**
 * Points without the time that others took: hiccups only ever add, so no size costs more than a larger one was
 * seen to cost, and none much more than the same tokens in several decodes.
 * @param points [point] tokens and milliseconds, in ascending order of tokens
 * @param slackOf how much more of them a size may cost
 */
function withoutHiccups(points, slackOf) {
    const result = points.map(([size, ms]) => [size, ms]);
    let leastPerToken = Infinity;
    for (const point of result) {
        point[1] = Math.min(point[1], leastPerToken * point[0] * slackOf(point[0]));
        leastPerToken = Math.min(leastPerToken, point[1] / point[0]);
    }
    for (let index = result.length - 2; index >= 0; index--)
        result[index][1] = Math.min(result[index][1], result[index + 1][1]);
    return result;
}
//# sourceMappingURL=calibrate.js.map