/**
 * What the tests of regret share: machines, work, and the verdict.
 * They stand in several files, so that they run side by side.
 */
import assert from 'node:assert/strict';
import { CURVES } from './curves.js';
import { regret } from './oracle.js';
import { PLAIN_TASK } from './tasks.js';
import { makeWorkload } from './workload.js';
export const MACHINES = ['demo', 'amx', 'gpu-7b', 'moe-30b'];
export const ACCEPTANCES = [0.2, 0.5, 0.8, 0.95];
export function machineOf(curve, parallel, more = {}) {
    const named = CURVES[curve];
    return {
        costs: named.costs,
        besideMs: named.besideMs,
        // No outliers: one that meets a prompt outweighs all that the planner can win or lose. Mishaps have tests of their own.
        noise: { sigma: 0.05, outliers: 0, outlierFactor: 20 },
        mishaps: [],
        parallel,
        batchSize: Math.max(512, 17 * parallel),
        draft: true,
        // As served: processors with a stream for each request, a GPU with one pool of cells.
        unified: named.unified,
        calibrated: false,
        mostGuesses: 16,
        proposers: ['lookup', 'suffix', 'draft'],
        ...more,
    };
}
export function workOf(task, { inFlight = 1, ...more } = {}) {
    return makeWorkload({
        requests: inFlight === 1 ? 60 : 200,
        arrivals: { kind: 'closed', inFlight },
        tasks: [{ ...PLAIN_TASK, ...task }],
        shifts: [],
        seed: 7,
        ...more,
    });
}
export const percent = (share) => `${(100 * share).toFixed(1)} %`;
export function assertRegret(name, reached, best, most) {
    const missed = regret(reached, best);
    assert.ok(missed < most, `${name}: auto misses ${percent(missed)} of what ${best.policy} reaches`);
}
//# sourceMappingURL=test-regret.js.map