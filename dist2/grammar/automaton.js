/**
 * Deterministic automata over code points: the texts that a pattern, a format or a list of words allows, and
 * what holds for several of them at once.
 *
 * Every state of an automaton is reached and can still end, so a language without a text has no automaton
 * (`undefined`). Everything is paid for out of a budget.
 */
import { AutomatonFault } from './budget.js';
import * as codePoints from './code-points.js';
import { END, START } from './regex.js';
/** Most states while one is built; rules of a grammar are made of what is left after merging. */
const MOST_STATES = 20_000;
/** Rounds in which equal states are sought; automata that need more are left as they are. */
const MOST_ROUNDS = 40;
/** Any text. */
export const ANY_TEXT = [{ accepts: true, edges: [{ set: codePoints.ALL, to: 0 }] }];
/** Builds an automaton from what each state is (`key`) and where it leads. */
export function explore(start, key, expand, budget, most = MOST_STATES) {
    const indexOf = new Map([[key(start), 0]]);
    const queue = [start];
    const states = [];
    for (let i = 0; i < queue.length; i++) {
        const { accepts, edges } = expand(queue[i]);
        budget.spend(1 + edges.length);
        const found = edges.map(([set, target]) => {
            const name = key(target);
            let to = indexOf.get(name);
            if (to === undefined) {
                to = queue.length;
                if (to >= most)
                    throw new AutomatonFault(`needs more than ${most} states; make it simpler or shorter`);
                indexOf.set(name, to);
                queue.push(target);
            }
            return { set, to };
        });
        states.push({ accepts, edges: found });
    }
    return trim(states);
}
/** The texts of an expression, which must begin with `START` and end with `END` or have neither. */
export function ofRegex(regexes, regex, anchored) {
    const start = anchored ? step(regexes, regex, START) : regex;
    if (!start)
        return undefined;
    const automaton = explore(start, ({ id }) => id, (state) => ({
        accepts: anchored ? (step(regexes, state, END)?.nullable ?? false) : state.nullable,
        edges: regexes
            .edges(state)
            .map(({ set, to }) => [codePoints.intersect(set, codePoints.ALL), to])
            .filter(([set]) => set.length > 0),
    }), regexes.budget);
    return automaton && minimise(automaton, regexes.budget);
}
const step = (regexes, from, mark) => regexes.edges(from).find(({ set }) => codePoints.has(set, mark))?.to;
/** Exactly these texts: a trie whose equal ends are one. Linear in their characters. */
export function ofTexts(texts, budget) {
    const tree = [{ accepts: false, next: new Map() }];
    for (const value of texts) {
        let at = 0;
        for (const character of value) {
            budget.spend(1);
            const point = character.codePointAt(0);
            let to = tree[at].next.get(point);
            if (to === undefined) {
                to = tree.length;
                tree[at].next.set(point, to);
                tree.push({ accepts: false, next: new Map() });
            }
            at = to;
        }
        tree[at].accepts = true;
    }
    // A child has a higher number than its parent: from the end, children are merged before their parents.
    const merged = new Map();
    const states = [];
    const places = [];
    for (let i = tree.length - 1; i >= 0; i--) {
        const { accepts, next } = tree[i];
        const edges = [...next].map(([point, to]) => ({ set: [[point, point]], to: places[to] }));
        const content = `${accepts}|${edges
            .map(({ set, to }) => `${set[0][0]}>${to}`)
            .sort()
            .join()}`;
        let place = merged.get(content);
        if (place === undefined) {
            place = states.length;
            merged.set(content, place);
            states.push({ accepts, edges });
        }
        places[i] = place;
    }
    const last = states.length - 1;
    return trim(states.toReversed().map(({ accepts, edges }) => ({
        accepts,
        edges: edges.map(({ set, to }) => ({ set, to: last - to })),
    })));
}
/** `both`: texts of both; `first`: of the first and not of the second; `either`. */
export function combine(a, b, of, budget) {
    if (!b)
        return of === 'both' ? undefined : a;
    const NONE = -1;
    const accepted = (x, y) => of === 'both' ? x && y : of === 'first' ? x && !y : x || y;
    const useful = (p, q) => of === 'both' ? p !== NONE && q !== NONE : of === 'first' ? p !== NONE : p !== NONE || q !== NONE;
    const automaton = explore({ p: 0, q: 0 }, ({ p, q }) => p * (b.length + 1) + q, ({ p, q }) => {
        const [one, other] = [a[p], b[q]];
        const edges = [];
        const add = (set, to) => {
            if (set.length > 0 && useful(to.p, to.q))
                edges.push([set, to]);
        };
        const [left, right] = [one?.edges ?? [], other?.edges ?? []];
        for (const x of left)
            for (const y of right) {
                budget.spend(1);
                add(codePoints.intersect(x.set, y.set), { p: x.to, q: y.to });
            }
        const without = (edge, others) => codePoints.subtract(edge.set, codePoints.union(...others.map(({ set }) => set)));
        if (of !== 'both')
            for (const x of left)
                add(without(x, right), { p: x.to, q: NONE });
        if (of === 'either')
            for (const y of right)
                add(without(y, left), { p: NONE, q: y.to });
        return { accepts: accepted(one?.accepts ?? false, other?.accepts ?? false), edges };
    }, budget);
    return automaton && minimise(automaton, budget);
}
/** Only those texts that hold no other characters than these. */
export const within = (automaton, set) => trim(automaton.map(({ accepts, edges }) => ({
    accepts,
    edges: edges
        .map((edge) => ({ set: codePoints.intersect(edge.set, set), to: edge.to }))
        .filter((edge) => edge.set.length > 0),
})));
/** What may follow at a state. */
export const startingAt = (automaton, at, budget) => minimise(trim([automaton[at], ...automaton].map(({ accepts, edges }) => ({
    accepts,
    edges: edges.map(({ set, to }) => ({ set, to: to + 1 })),
}))), budget);
export function accepts(automaton, value) {
    let at = 0;
    for (const character of value) {
        const point = character.codePointAt(0);
        const edge = automaton[at].edges.find(({ set }) => codePoints.has(set, point));
        if (!edge)
            return false;
        at = edge.to;
    }
    return automaton[at].accepts;
}
/** Without the states that cannot end, and those that are not reached; edges to one state as one. */
export function trim(states) {
    const sources = states.map(() => []);
    for (const [from, { edges }] of states.entries())
        for (const { to } of edges)
            sources[to].push(from);
    const ends = spread(states.flatMap(({ accepts }, index) => (accepts ? [index] : [])), (at) => sources[at]);
    if (!ends.has(0))
        return undefined;
    const alive = (at) => states[at].edges.filter(({ to }) => ends.has(to));
    const kept = [...spread([0], (at) => alive(at).map(({ to }) => to))];
    const place = new Map(kept.map((old, index) => [old, index]));
    return kept.map((old) => {
        const sets = new Map();
        for (const { set, to } of alive(old)) {
            const target = place.get(to);
            const present = sets.get(target);
            if (present)
                present.push(set);
            else
                sets.set(target, [set]);
        }
        return {
            accepts: states[old].accepts,
            edges: [...sets].map(([to, all]) => ({
                set: all.length === 1 ? all[0] : codePoints.union(...all),
                to,
            })),
        };
    });
}
/** All that is reached from some states, these first. */
function spread(from, next) {
    const reached = new Set(from);
    for (const at of reached)
        for (const to of next(at))
            reached.add(to);
    return reached;
}
/**
 * Equal states as one (Moore's refinement). Two states whose edges are cut differently may be left apart,
 * which costs rules and changes nothing.
 */
export function minimise(automaton, budget) {
    let blocks = automaton.map(({ accepts }) => Number(accepts));
    let count = new Set(blocks).size;
    const setNumbers = new Map();
    const number = (set) => {
        const key = codePoints.keyOf(set);
        const known = setNumbers.get(key);
        if (known === undefined)
            setNumbers.set(key, setNumbers.size);
        return known ?? setNumbers.size - 1;
    };
    const sorted = automaton.map(({ edges }) => edges.map(({ set, to }) => ({ set: number(set), to })).sort((a, b) => a.set - b.set));
    for (let round = 0; round < MOST_ROUNDS; round++) {
        const numbers = new Map();
        const refined = sorted.map((edges, index) => {
            budget.spend(1 + edges.length);
            let signature = `${blocks[index]}`;
            for (const { set, to } of edges)
                signature += `,${set}>${blocks[to]}`;
            let block = numbers.get(signature);
            if (block === undefined)
                numbers.set(signature, (block = numbers.size));
            return block;
        });
        blocks = refined;
        if (numbers.size === count) {
            const first = new Map();
            for (const [index, block] of blocks.entries())
                if (!first.has(block))
                    first.set(block, index);
            const states = Array.from({ length: count }, (_, block) => {
                const { accepts, edges } = automaton[first.get(block)];
                return { accepts, edges: edges.map(({ set, to }) => ({ set, to: blocks[to] })) };
            });
            // Blocks are numbered in order of first appearance: the start stays first.
            return trim(states);
        }
        count = numbers.size;
    }
    return automaton;
}
//# sourceMappingURL=automaton.js.map