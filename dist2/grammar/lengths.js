/**
 * Automata and the lengths of their texts, in characters: `minLength` and `maxLength` beside a pattern.
 */
import { explore, minimise } from './automaton.js';
import { AutomatonFault } from './budget.js';
/** Most states of an automaton that counts; a larger `maxLength` is written shorter than it might be. */
const MOST_COUNTING_STATES = 5_000;
/** Characters from each state to the nearest end. */
function distances(automaton) {
    const sources = automaton.map(() => []);
    for (const [from, { edges }] of automaton.entries())
        for (const { to } of edges)
            sources[to].push(from);
    const distance = automaton.map(({ accepts }) => (accepts ? 0 : Infinity));
    const queue = automaton.flatMap(({ accepts }, index) => (accepts ? [index] : []));
    for (const at of queue)
        for (const from of sources[at])
            if (distance[from] === Infinity) {
                distance[from] = distance[at] + 1;
                queue.push(from);
            }
    return distance;
}
export const shortest = (automaton) => distances(automaton)[0];
/** Characters of the longest text; Infinity where texts have no bound. */
export function longest(automaton) {
    const incoming = automaton.map(() => 0);
    for (const { edges } of automaton)
        for (const { to } of edges)
            incoming[to] += 1;
    const length = automaton.map(() => 0);
    const ready = incoming[0] === 0 ? [0] : [];
    for (const at of ready)
        for (const { to } of automaton[at].edges) {
            length[to] = Math.max(length[to], length[at] + 1);
            if ((incoming[to] -= 1) === 0)
                ready.push(to);
        }
    // A state that never becomes ready lies on a circle or behind one.
    return ready.length < automaton.length
        ? Infinity
        : Math.max(...length.filter((_, at) => automaton[at].accepts));
}
/** The texts of `min` to `max` characters; undefined when there are none. */
export function ofLength(automaton, min, max, budget) {
    const distance = distances(automaton);
    if (distance[0] >= min && longest(automaton) <= max)
        return automaton;
    const counting = (most) => {
        const counted = most === Infinity ? min : most;
        const limited = explore({ at: 0, count: 0 }, ({ at, count }) => at * (counted + 1) + count, ({ at, count }) => {
            const next = most === Infinity ? Math.min(count + 1, counted) : count + 1;
            return {
                accepts: automaton[at].accepts && count >= min,
                edges: automaton[at].edges.filter(({ to }) => next + distance[to] <= most).map(({ set, to }) => [set, { at: to, count: next }]),
            };
        }, budget, MOST_COUNTING_STATES);
        return limited && minimise(limited, budget);
    };
    const least = Math.max(min, distance[0]);
    const room = Math.floor(MOST_COUNTING_STATES / automaton.length) - 1;
    if (max === Infinity || room < least)
        return counting(max);
    try {
        return counting(Math.min(max, MOST_COUNTING_STATES));
    }
    catch (error) {
        if (!(error instanceof AutomatonFault))
            throw error;
        return counting(Math.min(max, room));
    }
}
//# sourceMappingURL=lengths.js.map