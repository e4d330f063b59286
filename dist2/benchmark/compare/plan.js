/**
 * What a comparison measures and in which order: cells (a load and a kind of prompts), each measured with every
 * setting in shuffled order before the next, with the same prompts and arrivals for all of them. So what a cell
 * has in common cancels out of the ratios between its settings.
 */
import { Random } from '../random.js';
export const DEFAULT_RATES = [0.05, 0.25, 0.5, 0.75, 0.9, 1.1].map((shareOfSaturation) => ({ shareOfSaturation }));
/** Fewer requests have no mean worth the name. */
const LEAST_REQUESTS = 4;
const MOST_REQUESTS = 2000;
/** A run of one task alone takes this share of the time of a run at a rate: there are many of them. */
const IDLE_SHARE = 0.5;
const within = (count) => Math.min(MOST_REQUESTS, Math.max(LEAST_REQUESTS, Math.round(count)));
/** Cells in the order of their load, tasks last. Rates that come to the same are measured once. */
export function planCells(options) {
    const { rates, tasks, secondsPerRun, calibration } = options;
    const { saturationRps, idleLatencyMs } = calibration;
    const wanted = rates.map((wish) => 'requestsPerSecond' in wish ? wish.requestsPerSecond : rounded(wish.shareOfSaturation * saturationRps));
    const byRate = [...new Set(wanted)]
        .sort((a, b) => a - b)
        .map((requestRate) => {
        const offered = requestRate === Infinity ? saturationRps : requestRate;
        const requests = within(offered * secondsPerRun);
        return { id: `rate ${rateText(requestRate)}`, kind: 'rate', task: 'all', requestRate, requests };
    });
    const idleRequests = within((IDLE_SHARE * secondsPerRun * 1000) / idleLatencyMs);
    const byTask = tasks.map((task) => ({
        id: `idle ${task}`,
        kind: 'idle',
        task,
        requestRate: undefined,
        requests: idleRequests,
    }));
    return [...byRate, ...byTask];
}
/** Three significant digits, so that a rate reads as what it was. */
const rounded = (rate) => Number(rate.toPrecision(3));
export const rateText = (rate) => (rate === Infinity ? 'inf' : String(rate));
/** Seconds that a cell's run takes, with what is still to be answered when the last request has come. */
export function estimatedSeconds(cell, { idleLatencyMs, saturationRps }) {
    const answering = idleLatencyMs / 1000;
    if (cell.requestRate === undefined)
        return cell.requests * answering;
    return cell.requests / Math.min(cell.requestRate, saturationRps) + 2 * answering;
}
/** Prompts of a cell's run: other ones at every repeat, as far as there are, and for all settings the same. */
export function promptsOf(cell, repeat, pool) {
    const usable = cell.task === 'all' ? pool : pool.filter(({ task }) => task === cell.task);
    return Array.from({ length: cell.requests }, (_, index) => usable[(repeat * cell.requests + index) % usable.length]);
}
/** A number that is the same for the same parts and else quite another (FNV-1a, Fowler/Noll/Vo). */
export function seedOf(...parts) {
    let hash = 0x811c9dc5;
    for (const character of parts.join('\u0000')) {
        hash = Math.imul(hash ^ character.codePointAt(0), 0x01000193) >>> 0;
    }
    return hash;
}
/** Every cell with every setting in turn, and all of that again at each repeat: a slow hour then hits all alike. */
export function planBlocks(cells, settings, repeats, seed) {
    const blocks = [];
    for (let repeat = 0; repeat < repeats; repeat += 1)
        for (const cell of cells) {
            const order = new Random(seedOf(seed, 'order', cell.id, repeat)).shuffled(settings);
            for (const setting of order)
                blocks.push({ cell, repeat, setting, seed: seedOf(seed, 'load', cell.id, repeat) });
        }
    return blocks;
}
//# sourceMappingURL=plan.js.map