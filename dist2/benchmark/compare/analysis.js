/** From runs to what a comparison is for: ratios between settings, the best in hindsight, and verdicts. */
import { rateText } from './plan.js';
import { LATENCY_KEYS } from './types.js';
import { mean, pairedRatio, sum } from '../statistics.js';
/** JSON has no infinity. */
export const finiteRate = (rate) => (rate === Infinity ? 'inf' : rate);
/** Mean E2EL of a run; undefined where a request failed: a mean over the lucky ones would be another figure. */
export function latencyMs({ summary }) {
    const value = summary['mean_e2el_ms'];
    return summary['failed'] === 0 && typeof value === 'number' && value > 0 ? value : undefined;
}
export function cellRecord(plan, settings, runs, repeats) {
    const own = runs.filter(({ cell }) => cell === plan.id);
    /** [repeat] */
    const latencies = new Map(settings.map(({ name }) => {
        const runsOf = own.filter(({ setting }) => setting === name);
        const byRepeat = Array.from({ length: repeats }, (_, repeat) => {
            const run = runsOf.find((one) => one.repeat === repeat);
            return run && latencyMs(run);
        });
        return [name, byRepeat];
    }));
    const off = latencies.get('off');
    const auto = latencies.get('auto');
    const best = bestOf(settings, latencies);
    return {
        id: plan.id,
        kind: plan.kind,
        task: plan.task,
        request_rate: plan.requestRate === undefined ? null : finiteRate(plan.requestRate),
        requests: plan.requests,
        figures: settings.map(({ name }) => figuresOf(name, own.filter(({ setting }) => setting === name))),
        best: best ?? null,
        to_off: settings.flatMap(({ name }) => {
            const ratio = off && pairedRatio(latencies.get(name), off);
            return ratio === undefined || name === 'off' ? [] : [{ setting: name, ...ratio }];
        }),
        auto_to_best: (best === undefined ? undefined : auto && pairedRatio(auto, latencies.get(best))) ?? null,
    };
}
function figuresOf(setting, runs) {
    const good = runs.filter((run) => latencyMs(run) !== undefined);
    const meanOf = (of) => good.length === 0 ? null : mean(good.map(of));
    const total = (of) => sum(good.map(of));
    const share = (over, under) => (under > 0 ? over / under : null);
    const drafted = total(({ engine }) => engine.draft_tokens);
    return {
        setting,
        repeats: good.length,
        failed: sum(runs.map(({ summary }) => Number(summary['failed']))),
        ...Object.fromEntries(LATENCY_KEYS.map((key) => [key, meanOf(({ summary }) => Number(summary[key]))])),
        output_throughput: meanOf(({ summary }) => Number(summary['output_throughput'])),
        token_goodput: share(total(({ engine }) => engine.committed_tokens), total(({ engine }) => engine.step_s)),
        acceptance_rate: share(100 * total(({ engine }) => engine.accepted_tokens), drafted),
        mean_length: meanOf(({ engine }) => engine.mean_length),
    };
}
/**
 * The setting other than `auto` and `control` with the lowest mean over the repeats that all of them have: each
 * repeat has its own prompts, so a setting that lacks one could look fast for that alone.
 */
function bestOf(settings, latencies) {
    const names = settings.flatMap(({ name, kind }) => (kind === 'off' || kind === 'fixed') && latencies.get(name).some((value) => value !== undefined)
        ? [name]
        : []);
    const [first] = names;
    if (first === undefined)
        return undefined;
    const whole = [...latencies.get(first).keys()].filter((repeat) => names.every((name) => latencies.get(name)[repeat] !== undefined));
    if (whole.length === 0)
        return undefined;
    const meanOf = (name) => mean(whole.map((repeat) => latencies.get(name)[repeat]));
    return names.reduce((best, name) => (meanOf(name) < meanOf(best) ? name : best));
}
/** How a cell is called in sentences. */
export const cellName = ({ kind, task, request_rate: rate }) => kind === 'idle' ? `${task}, one at a time` : `${rateText(rate === 'inf' ? Infinity : rate)} requests/s`;
//# sourceMappingURL=analysis.js.map