/**
 * The workloads over which policies are judged (`foretoken simulate --ablate`, `--peers`): machines that people have,
 * few and many requests, and work of five kinds. Always the same, so that figures can be compared from one day to the
 * next.
 */
import { CURVES } from './curves.js';
import { MIXES, PLAIN_TASK } from './tasks.js';
import { makeWorkload } from './workload.js';
/** Short steps, a model that people use, a GPU that computes many tokens for the price of one, and one with a cliff. */
const STUDY_CURVES = ['demo', 'smollm2-q8_0', 'gpu-7b', 'h200-6b'];
/** Requests in flight, and how many there are in all. */
const LOADS = [
    [1, 32],
    [4, 56],
    [16, 96],
];
const MOST_GUESSES = 16;
/** Shares that drafts of real models are right: the demo's tasks differ less and are guessed better. */
const MIXED = [0.85, 0.5, 0.8, 0.7, 0.6];
const KINDS = {
    stationary: { tasks: [{ ...PLAIN_TASK, acceptance: 0.65, spread: 0.7 }] },
    shifts: {
        tasks: [{ ...PLAIN_TASK, acceptance: 0.85 }],
        shifts: [
            { at: 0.25, acceptance: 0.1 },
            { at: 0.5, acceptance: 0.92 },
            { at: 0.75, acceptance: 0.3 },
        ],
    },
    mixed: { tasks: MIXES.demo.map((task, at) => ({ ...task, acceptance: MIXED[at], spread: 0.7 })) },
    copying: { tasks: MIXES.copy.map((task) => ({ ...task, acceptance: 0.5 })) },
    'bad draft': { tasks: [{ ...PLAIN_TASK, acceptance: 0.05, spread: 0.2 }] },
};
export const CELLS = STUDY_CURVES.flatMap((curve) => LOADS.flatMap(([inFlight]) => Object.keys(KINDS).map((kind) => ({
    name: `${curve}, ${inFlight}, ${kind}`,
    curve,
    inFlight,
    kind,
}))));
/** Little noise and rare outliers, as on a machine that does other things, too. */
export function machineOf(curve, parallel) {
    const named = CURVES[curve];
    return {
        costs: named.costs,
        besideMs: named.besideMs,
        noise: { sigma: 0.08, outliers: 0.002, outlierFactor: 4 },
        mishaps: [],
        parallel,
        batchSize: Math.max(512, parallel * (MOST_GUESSES + 1)),
        unified: named.unified,
        draft: true,
        mostGuesses: MOST_GUESSES,
        calibrated: true,
        proposers: ['lookup', 'suffix', 'draft'],
    };
}
export function workloadOf({ inFlight, kind }, seed) {
    const [, requests] = LOADS.find(([load]) => load === inFlight);
    return makeWorkload({
        requests,
        arrivals: { kind: 'closed', inFlight },
        shifts: [],
        seed,
        ...KINDS[kind],
    });
}
//# sourceMappingURL=study-set.js.map