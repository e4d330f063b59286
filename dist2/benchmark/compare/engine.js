/** What the engine did during a run: what its sums grew by, and the plans that it keeps. */
import { isPlanRecord } from '../../planning/plan-record.js';
import { grown, meanLength } from './stats.js';
import { quantile } from '../../base/quantile.js';
import { sum } from '../statistics.js';
export function engineFigures(before, after) {
    const run = grown(before.total, after.total);
    // What nobody guessed only makes proposals equally long.
    const proposers = Object.entries(run.proposers).filter(([name, { drafted }]) => name !== 'padding' && sum(drafted) > 0);
    const positions = Math.max(0, ...proposers.map(([, { accepted }]) => accepted.length));
    const perPosition = Array.from({ length: positions }, (_, position) => sum(proposers.map(([, { accepted }]) => accepted[position] ?? 0)));
    return {
        steps: run.steps,
        step_s: run.step_ms / 1000,
        target_s: run.target_ms / 1000,
        draft_s: run.draft_ms / 1000,
        outside_s: run.outside_ms / 1000,
        plan_s: run.planning_ms / 1000,
        committed_tokens: run.committed_tokens,
        token_goodput: run.step_ms > 0 ? (1000 * run.committed_tokens) / run.step_ms : 0,
        drafts: run.drafts,
        draft_tokens: run.draft_tokens,
        accepted_tokens: run.accepted_tokens,
        accepted_per_position: perPosition.slice(0, perPosition.findLastIndex((count) => count > 0) + 1),
        mean_length: meanLength(run),
        latency_model_error: after.stepTimeError,
        steps_without_guesses: run.steps_without_guesses,
        sources: Object.fromEntries(proposers.map(([name, { drafted, accepted }]) => [
            name,
            { drafted: sum(drafted), accepted: sum(accepted) },
        ])),
    };
}
/** The number of the latest plan, to tell plans of a run from those before it. */
export const lastStep = (plans) => plans.reduce((last, plan) => (isPlanRecord(plan) ? Math.max(last, plan.step) : last), -1);
/** @param after only plans of later steps than this count. Null where there are none. */
export function planFigures(plans, after) {
    const records = plans.filter(isPlanRecord).filter(({ step }) => step > after);
    if (records.length === 0)
        return null;
    const lengths = {};
    for (const { input, plan } of records)
        for (const [index, { option, length }] of plan.choices.entries()) {
            const source = length === 0 ? 'none' : (input.requests[index]?.options[option]?.source ?? 'none');
            const counts = (lengths[source] ??= []);
            while (counts.length <= length)
                counts.push(0);
            counts[length] += 1;
        }
    const errors = records.flatMap(({ outcome: { predictedMs, ms } }) => predictedMs !== undefined && predictedMs > 0 && ms > 0 ? [Math.abs(predictedMs / ms - 1)] : []);
    return {
        steps: records.length,
        lengths,
        latency_error_median: errors.length === 0 ? null : quantile(errors, 0.5),
        latency_error_p90: errors.length === 0 ? null : quantile(errors, 0.9),
    };
}
//# sourceMappingURL=engine.js.map