/** Numbers of a schema: bounds, `multipleOf`, and values that `not` takes out. */
import { automatonNode } from './automaton-rules.js';
import { AutomatonFault } from './budget.js';
import { choice, oneOf } from './gbnf.js';
import { useJsonRule } from './json.js';
import { commonStep, decimalOf, isMultiple, multiples } from './multiples.js';
import { numberRange, tightened } from './numbers.js';
import { Exclusions, partsOf, refuse } from './schema.js';
const ONE = { units: 1n, places: 0 };
/** What a schema says about its numbers. @throws ForetokenError `invalid_schema` */
export function readNumbers(type, schema, path) {
    const excluded = schema['not'] instanceof Exclusions ? schema['not'].numbers : [];
    let step;
    for (const value of partsOf(schema['multipleOf'])) {
        const decimal = decimalOf(value);
        if (!decimal)
            refuse(path, `"multipleOf" ${String(value)} has too many digits, or is not above 0`);
        step = step ? commonStep(step, decimal) : decimal;
    }
    const isWhole = step !== undefined && isMultiple(Number(step.units) / 10 ** step.places, ONE);
    const kind = type === 'integer' || isWhole ? 'integer' : 'number';
    if (step && kind === 'integer' && commonStep(step, ONE).units === 1n)
        step = undefined;
    const low = tightest(schema, 'minimum', 'exclusiveMinimum', 'low', path);
    const high = tightest(schema, 'maximum', 'exclusiveMaximum', 'high', path);
    return { kind, low, high, step, without: excluded };
}
function tightest(schema, inclusive, exclusive, side, path) {
    let found;
    for (const keyword of [inclusive, exclusive]) {
        const value = schema[keyword];
        if (value === undefined)
            continue;
        const bound = tightened({ value, exclusive: keyword === exclusive }, side);
        if (!bound)
            refuse(path, `"${keyword}" ${value} lies beyond the numbers that are exact`);
        const further = side === 'low' ? (found?.value ?? -Infinity) : (found?.value ?? Infinity);
        if (!found || (side === 'low' ? bound.value > further : bound.value < further))
            found = bound;
        else if (bound.value === further && bound.exclusive)
            found = bound;
    }
    return found;
}
/** The numbers within limits; undefined when there are none. */
export function numberNode(conversion, limits, { path, hint }) {
    const { kind, low, high, step, without } = limits;
    if (!low && !high && !step && without.length === 0)
        return useJsonRule(conversion.grammar, kind);
    const pieces = [];
    for (const [from, to] of gaps(low, high, without)) {
        const piece = step
            ? stepped(conversion, { kind, low: from, high: to, step, without: [] }, path, hint)
            : choiceOf(byExactness(kind, from, to).map(([low, high]) => numberRange(kind, low, high)));
        if (piece)
            pieces.push(piece);
    }
    return choiceOf(pieces);
}
function choiceOf(nodes) {
    const possible = nodes.filter((node) => node !== undefined);
    return possible.length === 0 ? undefined : choice(...possible);
}
/** Large numbers leave no room for a fraction, and a range is written with one number of places: so it is cut. */
const CUTS = [-1e11, -1e7, 1e7, 1e11];
function byExactness(kind, low, high) {
    const cuts = kind === 'integer' ? [] : CUTS;
    const inside = cuts.filter((cut) => (low ? cut > low.value : cut > 0) && (high ? cut < high.value : cut < 0));
    const from = [low, ...inside.map((value) => ({ value, exclusive: false }))];
    const to = [...inside.map((value) => ({ value, exclusive: true })), high];
    return from.map((bound, index) => [bound, to[index]]);
}
function stepped(conversion, { kind, low, high, step }, path, hint) {
    try {
        const automaton = multiples(kind, low, high, step, conversion.budget);
        return automaton && automatonNode(conversion.grammar, hint, automaton, oneOf);
    }
    catch (error) {
        if (error instanceof AutomatonFault)
            refuse(path, `"multipleOf" ${error.message}`);
        throw error;
    }
}
/** The range between the values left out. */
function gaps(low, high, without) {
    const cuts = [...new Set(without)].sort((a, b) => a - b).map((value) => ({ value, exclusive: true }));
    const inside = cuts.filter(({ value }) => (!low || value >= low.value) && (!high || value <= high.value));
    const edges = [low, ...inside, high];
    return edges.slice(1).map((to, index) => [edges[index], to]);
}
/** Whether a given number is within limits. */
export function holdsNumber({ kind, low, high, step, without }, value) {
    if (kind === 'integer' && !Number.isInteger(value))
        return false;
    if (low && (low.exclusive ? value <= low.value : value < low.value))
        return false;
    if (high && (high.exclusive ? value >= high.value : value > high.value))
        return false;
    return (!step || isMultiple(value, step)) && !without.includes(value);
}
//# sourceMappingURL=number-schema.js.map