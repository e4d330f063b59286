/** What speculation that decides by itself must reach, and whether it did in this comparison. */
import { cellName } from './analysis.js';
import { LEAST_IN_WINDOW } from './ramp.js';
import { median, sum } from '../statistics.js';
/** Slower by no more than this counts as as fast. */
const TOLERANCE = 0.02;
const LEAST_PAIRS = 2;
const MOST_P99_TPOT = 1.2;
const MOST_RECOVERY_S = 1;
const MOST_LATENCY_ERROR = 0.15;
const MOST_PLANNING = 0.02;
export function verdicts(cells, runs, ramp) {
    const rates = cells.filter(({ kind }) => kind === 'rate');
    const tasks = cells.filter(({ kind }) => kind === 'idle');
    const best = (cell) => cell.auto_to_best;
    const off = (cell) => cell.to_off.find(({ setting }) => setting === 'auto') ?? null;
    return [
        slowest('auto_to_best_at_every_rate', 'auto is within 2 % of the best fixed setting at every rate', rates, best),
        slowest('auto_to_off_everywhere', 'auto is nowhere more than 2 % slower than off', cells, off),
        slowest('auto_to_best_for_every_task', 'idle, auto is within 2 % of the best fixed setting of every task', tasks, best),
        sameTexts(runs),
        allAnswered(runs, ramp),
        ...latencyModel(runs),
        ...planning(runs),
        ...(ramp === null ? [] : [rampTpot(ramp), rampRecovery(ramp)]),
    ];
}
const percent = (share) => `${(100 * share).toFixed(1)} %`;
/** `+3.1 %` for slower. */
const against = ({ median: middle, min, max, pairs }) => {
    const signed = (ratio) => `${ratio >= 1 ? '+' : ''}${percent(ratio - 1)}`;
    const range = pairs === 1 ? 'measured once' : `${signed(min)} to ${signed(max)} in ${pairs} repeats`;
    return `${signed(middle)} latency (${range})`;
};
function slowest(id, claim, cells, ratioOf) {
    const known = cells.flatMap((cell) => {
        const ratio = ratioOf(cell);
        return ratio === null ? [] : [{ cell, ratio }];
    });
    const [first] = known;
    if (first === undefined || known.length < cells.length)
        return { id, claim, holds: null, detail: `measured in ${known.length} of ${cells.length} cells` };
    const worst = known.reduce((most, one) => (one.ratio.median > most.ratio.median ? one : most), first);
    return {
        id,
        claim,
        // One measurement cannot tell a difference from noise.
        holds: worst.ratio.pairs < LEAST_PAIRS ? null : worst.ratio.median <= 1 + TOLERANCE,
        detail: `worst: ${against(worst.ratio)} at ${cellName(worst.cell)}${noiseOf(cells)}`,
    };
}
/** What two equal settings differ by. */
function noiseOf(cells) {
    const apart = cells.flatMap(({ to_off: ratios }) => ratios.flatMap(({ setting, median: middle }) => (setting === 'control' ? [Math.abs(middle - 1)] : [])));
    if (apart.length === 0)
        return '';
    return `; off and off once more differ by ${percent(median(apart))} (median of the loads) to ${percent(Math.max(...apart))}`;
}
function sameTexts(runs) {
    const differ = sum(runs.map(({ texts_differ: count }) => count));
    const answers = sum(runs.map(({ summary }) => Number(summary['completed'])));
    return {
        id: 'same_texts',
        claim: 'all settings give the same texts',
        holds: answers === 0 ? null : differ === 0,
        detail: `${differ} of ${answers} answers differ`,
    };
}
function allAnswered(runs, ramp) {
    const failed = sum(runs.map(({ summary }) => Number(summary['failed']))) +
        sum((ramp?.runs ?? []).map((run) => run.failed));
    return {
        id: 'all_answered',
        claim: 'every request is answered',
        holds: runs.length === 0 ? null : failed === 0,
        detail: `${failed} failed; runs with failures are left out of all ratios`,
    };
}
function latencyModel(runs) {
    const errors = runs.flatMap(({ plans }) => plans?.latency_error_p90 ?? []);
    if (errors.length === 0)
        return [];
    const middle = median(errors);
    return [
        {
            id: 'latency_model',
            claim: 'the latency model errs by less than 15 % in nine steps of ten',
            holds: middle < MOST_LATENCY_ERROR,
            detail: `p90 of a run: median ${percent(middle)}, worst ${percent(Math.max(...errors))} of ${errors.length} runs`,
        },
    ];
}
function planning(runs) {
    const shares = runs.flatMap(({ setting, engine: { plan_s: plan, step_s: step } }) => setting === 'auto' && step > 0 ? [plan / step] : []);
    if (shares.length === 0)
        return [];
    return [
        {
            id: 'planning',
            claim: 'planning takes less than 2 % of the steps',
            holds: Math.max(...shares) < MOST_PLANNING,
            detail: `median ${percent(median(shares))}, worst ${percent(Math.max(...shares))} of ${shares.length} runs`,
        },
    ];
}
function rampTpot({ windows }) {
    const id = 'ramp_tpot';
    const claim = 'on the ramp, p99 TPOT of auto is at most 1.2 times that of off at the same moment';
    const auto = slowWindows(windows, 'auto');
    if (auto === undefined)
        return { id, claim, holds: null, detail: `no second has ${LEAST_IN_WINDOW} requests of both` };
    const control = slowWindows(windows, 'control');
    return {
        id,
        claim,
        holds: auto.over === 0,
        detail: auto.text + (control === undefined ? '' : `; of off once more: ${control.text}`),
    };
}
/** The moments at which a setting's p99 TPOT is far above that of `off`; undefined when it cannot be compared. */
function slowWindows(windows, setting) {
    const judged = windows.flatMap(({ at_s: atS, requests, p99_tpot_ms: { [setting]: own, off } }) => requests >= LEAST_IN_WINDOW && own != null && off != null && off > 0 ? [{ atS, ratio: own / off }] : []);
    const [first] = judged;
    if (first === undefined)
        return undefined;
    const worst = judged.reduce((most, one) => (one.ratio > most.ratio ? one : most), first);
    const over = judged.filter(({ ratio }) => ratio > MOST_P99_TPOT).length;
    const text = `worst ${worst.ratio.toFixed(2)} times at ${worst.atS} s, above in ${over} of ${judged.length} windows`;
    return { over, text };
}
function rampRecovery({ runs }) {
    const byRepeat = (setting) => {
        const own = runs.filter((run) => run.setting === setting);
        const repeats = Math.max(0, ...runs.map(({ repeat }) => repeat + 1));
        return Array.from({ length: repeats }, (_, repeat) => own.find((run) => run.repeat === repeat)?.recovery_s);
    };
    const off = byRepeat('off');
    const laterOf = (setting) => byRepeat(setting).flatMap((value, repeat) => {
        const base = off[repeat];
        return value === undefined || base === undefined ? [] : [value - base];
    });
    const seconds = (values) => values.map((value) => `${value.toFixed(1)} s`).join(', ');
    const later = laterOf('auto');
    const control = laterOf('control');
    const id = 'ramp_recovery';
    const claim = 'after the peak, the queue of auto is gone no more than 1 s later than that of off';
    if (later.length === 0)
        return { id, claim, holds: null, detail: 'no ramp has run with both' };
    return {
        id,
        claim,
        holds: Math.max(...later) <= MOST_RECOVERY_S,
        detail: `auto later by ${seconds(later)} (negative: sooner)${control.length === 0 ? '' : `; off once more by ${seconds(control)}`}`,
    };
}
//# sourceMappingURL=verdicts.js.map