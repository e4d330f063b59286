/**
 * A ramp from idle past saturation and back: when its requests arrive, and what is read from the answers. TPOT is
 * compared among the same requests: those sent within a second around a moment, which all settings answer.
 */
import { Random } from '../random.js';
import { quantile } from '../../base/quantile.js';
const LOW_SHARE = 0.05;
const PEAK_SHARE = 1.5;
export const rampShape = (saturationRps, durationS) => ({
    durationS,
    lowRps: LOW_SHARE * saturationRps,
    peakRps: PEAK_SHARE * saturationRps,
});
/** Requests a second at a moment: a straight line up and down again. */
export function rampRate({ durationS, lowRps, peakRps }, atS) {
    const progress = 1 - Math.abs((2 * atS) / durationS - 1);
    return lowRps + (peakRps - lowRps) * Math.min(1, Math.max(0, progress));
}
const STEP_S = 0.001;
/**
 * A Poisson process of this rate (by time change: unit gaps of the integrated rate), ascending milliseconds; at least
 * one arrival, at the peak, where a slow server and a short ramp would draw none.
 */
export function rampArrivalsMs(shape, seed) {
    const random = new Random(seed);
    const gap = () => -Math.log(1 - random.uniform());
    const arrivals = [];
    let passed = 0;
    let next = gap();
    for (let atS = 0; atS < shape.durationS; atS += STEP_S) {
        passed += rampRate(shape, atS) * STEP_S;
        for (; passed >= next; next += gap())
            arrivals.push(atS * 1000);
    }
    return arrivals.length > 0 ? arrivals : [shape.durationS * 500];
}
/** The last moment at which more arrives than the server can do. */
export function overloadEndS(shape, saturationRps) {
    const { durationS, lowRps, peakRps } = shape;
    return durationS * (1 - (saturationRps - lowRps) / (peakRps - lowRps) / 2);
}
/**
 * Seconds from the end of the overload until no more requests are in flight than run at the same time, for good.
 * @param requests when each was sent, and its latency
 */
export function recoveryS(requests, parallel, overloadEnd) {
    const changes = requests
        .flatMap(({ sentS, latencyS }) => [
        { atS: sentS, by: 1 },
        { atS: sentS + latencyS, by: -1 },
    ])
        .sort((a, b) => a.atS - b.atS || a.by - b.by);
    let inFlight = 0;
    let lastFullS = 0;
    for (const { atS, by } of changes) {
        if (inFlight > parallel)
            lastFullS = atS;
        inFlight += by;
    }
    return Math.max(0, lastFullS - overloadEnd);
}
const WINDOW_S = 1;
const WINDOW_STEP_S = 0.5;
/** A window with fewer requests than this (over all repeats) is shown, but not judged. */
export const LEAST_IN_WINDOW = 5;
export function rampWindows(runs, durationS) {
    const settings = [...new Set(runs.map(({ setting }) => setting))];
    const windows = [];
    for (let atS = WINDOW_S / 2; atS <= durationS - WINDOW_S / 2; atS += WINDOW_STEP_S) {
        const inside = (setting) => runs
            .filter((run) => run.setting === setting)
            .flatMap(({ requests }) => requests)
            .flatMap(([sentS, tpotMs]) => tpotMs !== null && Math.abs(sentS - atS) < WINDOW_S / 2 ? [tpotMs] : []);
        const values = settings.map((setting) => [setting, inside(setting)]);
        windows.push({
            at_s: atS,
            requests: Math.min(...values.map(([, tpots]) => tpots.length)),
            p99_tpot_ms: Object.fromEntries(values.map(([setting, tpots]) => [setting, tpots.length === 0 ? null : quantile(tpots, 0.99)])),
        });
    }
    return windows;
}
//# sourceMappingURL=ramp.js.map