/**
 * How soon a policy is as good as it can be after an abrupt change of the work (`foretoken simulate --shifts`).
 */
import { AUTO, fixedPolicy, OFF } from './policies.js';
import { simulate } from './simulate.js';
import { machineOf } from './study-set.js';
import { PLAIN_TASK } from './tasks.js';
import { makeWorkload } from './workload.js';
const CHANGES_OF = [
    [0.85, 0.1],
    [0.1, 0.85],
];
export const CHANGES = ['smollm2-q8_0', 'gpu-7b', 'h200-6b'].flatMap((curve) => [1, 16].flatMap((inFlight) => CHANGES_OF.map(([from, to]) => ({ curve, inFlight, from, to }))));
/** Requests of each run, half of them before the change. */
const REQUESTS = 180;
const CHANGE_AT = 0.5;
const LENGTHS = [0, 1, 2, 3, 5, 8, 12];
/** Goodput is that of so many requests in a row, and recovered when it is this share of what could be reached. */
const WINDOW = 15;
const RECOVERED = 0.95;
function workloadOf({ inFlight, from, to }, seed) {
    return makeWorkload({
        requests: REQUESTS,
        arrivals: { kind: 'closed', inFlight },
        tasks: [{ ...PLAIN_TASK, acceptance: from, promptTokens: [16, 48], outputTokens: [32, 96] }],
        shifts: [{ at: CHANGE_AT, acceptance: to }],
        seed,
    });
}
function sumsOf(change, workload, policy) {
    const tokens = [];
    const ms = [];
    simulate(workload, machineOf(change.curve, change.inFlight), policy, (note) => {
        tokens.push((tokens.at(-1) ?? 0) + note.tokens);
        ms.push((ms.at(-1) ?? 0) + note.endMs - note.startMs);
    });
    return { tokens, ms };
}
/** Milliseconds of work until so many tokens are committed. */
function msAt({ tokens, ms }, wanted) {
    const step = Math.max(0, tokens.findIndex((count) => count >= wanted));
    const [before, beforeMs] = step === 0 ? [0, 0] : [tokens[step - 1], ms[step - 1]];
    return beforeMs + ((ms[step] - beforeMs) * (wanted - before)) / (tokens[step] - before);
}
/** @param length the best after the change, as `bestLengthAfter` finds it */
export function recoveryOf(change, seed, length) {
    const workload = workloadOf(change, seed);
    const auto = sumsOf(change, workload, AUTO);
    const best = sumsOf(change, workload, policyOf(length));
    const request = workload.outputTokens / REQUESTS;
    const at = CHANGE_AT * workload.outputTokens;
    const calm = REQUESTS * CHANGE_AT;
    let requests;
    for (let after = 0; after + WINDOW <= REQUESTS - calm && requests === undefined; after++) {
        const from = at + after * request;
        const spent = (sums) => msAt(sums, from + WINDOW * request) - msAt(sums, from);
        if (spent(best) >= RECOVERED * spent(auto))
            requests = after;
    }
    return { requests };
}
/** The fixed length with the highest goodput after the change. */
export function bestLengthAfter(change, seed) {
    const workload = workloadOf(change, seed);
    const at = CHANGE_AT * workload.outputTokens;
    let best = 0;
    let leastMs = Infinity;
    for (const length of LENGTHS) {
        const sums = sumsOf(change, workload, policyOf(length));
        const spentMs = sums.ms.at(-1) - msAt(sums, at);
        if (spentMs >= leastMs)
            continue;
        leastMs = spentMs;
        best = length;
    }
    return best;
}
const policyOf = (length) => length === 0 ? OFF : fixedPolicy({ length, proposer: 'draft' });
//# sourceMappingURL=recovery.js.map