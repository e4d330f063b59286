/**
 * `uniqueItems` and numbers of properties: kinds of values of which no two can be equal.
 *
 * A grammar does not remember what it wrote, but it can tell values apart by construction: each value of an
 * enum is a kind, strings are of one kind by their first characters, numbers by the range they lie in; of
 * objects and lists there is one kind. Of each kind one item is written, in the order of the kinds (or in any
 * order where they are few). So sets of words come sorted by their first letter, one for each.
 */
import { startingAt, within } from './automaton.js';
import * as codePoints from './code-points.js';
import { fittingValues, valuesNode } from './constants.js';
import { choice, EMPTY, sequence, text } from './gbnf.js';
import { jsonCharacters, QUOTE, SPACE, WRITABLE } from './json.js';
import { numberNode, readNumbers } from './number-schema.js';
import { canonical, refuse, TYPES, typeOfValue, typesOf, valuesOf } from './schema.js';
import { stringAutomaton, textNode } from './string-schema.js';
/** Kinds of strings that are looked for where more are not asked for, and the most there are. */
const USUAL_KINDS = 36;
const MOST_KINDS = 200;
/** So few kinds are written in any order: each set of those already written is a rule. */
const FEW_KINDS = 6;
const MOST_RULES = 8_000;
/** Kinds of values of a schema, at least `wanted` where that many can be told apart. */
export function kindsOf(conversion, schema, wanted, place) {
    const owners = new Map();
    const kinds = [];
    const alternatives = conversion.alternatives(schema, place.path);
    for (const plain of alternatives) {
        const values = valuesOf(plain, place.path);
        // Two schemas of one type may hold equal values: the first of them speaks for the type.
        const mine = (type) => {
            const kind = type === 'integer' ? 'number' : type;
            if (!owners.has(kind))
                owners.set(kind, plain);
            return owners.get(kind) === plain;
        };
        if (values) {
            const own = fittingValues(conversion, plain, values, place.path).filter((value) => mine(typeOfValue(value)));
            const texts = new Map(own.map((value) => [canonical(value), value]));
            for (const value of texts.values())
                kinds.push(valuesNode(conversion, [value], place));
        }
        else {
            const types = typesOf(plain, place.path) ?? TYPES.filter((type) => type !== 'integer');
            for (const type of types.filter(mine)) {
                // By way of `node` recursion finds its rule.
                if (alternatives.length === 1 && types.length === 1 && (type === 'object' || type === 'array'))
                    kinds.push(conversion.node(schema, place));
                else
                    kinds.push(...kindsOfType(conversion, type, plain, wanted, place));
            }
        }
    }
    return kinds;
}
function kindsOfType(conversion, type, schema, wanted, place) {
    if (type === 'boolean')
        return [text('true'), text('false')];
    if (type === 'string') {
        const automaton = stringAutomaton(conversion, schema, place.path);
        return textKinds(conversion, automaton, wanted, place).map((node) => sequence(QUOTE, node, QUOTE));
    }
    if (type === 'number' || type === 'integer') {
        const limits = readNumbers(type, schema, place.path);
        return numberRanges(limits, wanted).flatMap((range) => numberNode(conversion, range, place) ?? []);
    }
    return [conversion.typed(type, schema, place)];
}
/** The texts of an automaton in kinds that begin differently; each is the inside of a JSON string. */
export function textKinds(conversion, all, wanted, place) {
    const automaton = within(all, WRITABLE) ?? all;
    const goal = Math.min(MOST_KINDS, Math.max(wanted, USUAL_KINDS));
    const most = Math.min(MOST_KINDS, 2 * goal);
    let beginnings = [{ characters: [], at: 0 }];
    while (beginnings.length < goal && beginnings.some(({ at }) => at !== undefined)) {
        const longer = [];
        for (const [index, beginning] of beginnings.entries()) {
            const parts = split(automaton, beginning);
            const room = most - longer.length - (beginnings.length - index - 1);
            longer.push(...(parts.length <= room ? parts : [beginning]));
        }
        const grown = longer.length > beginnings.length ||
            longer.some(({ characters }, i) => characters.length > (beginnings[i]?.characters.length ?? 0));
        beginnings = longer;
        if (!grown || (beginnings[0]?.characters.length ?? 0) > 64)
            break;
    }
    const rests = new Map();
    const rest = (at) => {
        let node = rests.get(at);
        if (!node) {
            const from = startingAt(automaton, at, conversion.budget);
            node = conversion.place(textNode(conversion, from, place.hint, place.path), place);
            rests.set(at, node);
        }
        return node;
    };
    return beginnings.map(({ characters, at }) => sequence(...characters.map(jsonCharacters), at === undefined ? EMPTY : rest(at)));
}
/** One character more: the text may end, or go on with one of several. */
function split(automaton, beginning) {
    if (beginning.at === undefined)
        return [beginning];
    const { accepts, edges } = automaton[beginning.at];
    const parts = accepts ? [{ ...beginning, at: undefined }] : [];
    for (const { set, to } of edges)
        for (const piece of pieces(set))
            parts.push({ characters: [...beginning.characters, piece], at: to });
    return parts;
}
/** Single digits, letters in both cases, and what is left. */
function pieces(set) {
    const singles = [
        ...Array.from('0123456789', codePoints.of),
        ...Array.from('abcdefghijklmnopqrstuvwxyz', (letter) => codePoints.of(letter + letter.toUpperCase())),
    ];
    const parts = singles.map((single) => codePoints.intersect(set, single));
    const rest = codePoints.subtract(set, codePoints.union(...singles));
    return [...parts, rest].filter((part) => part.length > 0);
}
/** Ranges of numbers from low to high, narrow near zero and wider further out. */
function numberRanges(limits, wanted) {
    const { low, high } = limits;
    const [first, last] = [low && Math.floor(low.value), high && Math.floor(high.value)];
    const cuts = [];
    if (first !== undefined &&
        last !== undefined &&
        last - first < Math.max(64, Math.min(wanted + 1, MOST_KINDS)))
        for (let value = first + 1; value <= last; value++)
            cuts.push(value);
    else {
        cuts.push(-1e6, -1e3, -99, -9, 0);
        const singles = Math.max(20, Math.min(wanted + 1, 100));
        for (let value = 1; value < singles; value++)
            cuts.push(value);
        for (let power = 10; power <= 1e15; power *= 10)
            for (let digit = 1; digit <= (power < 1e4 ? 9 : 1); digit++)
                if (digit * power >= singles)
                    cuts.push(digit * power);
    }
    const inner = cuts.filter((cut) => (!low || cut > low.value) && (!high || cut <= high.value));
    const edges = [
        low,
        ...inner.map((value) => ({ value, exclusive: false })),
        undefined,
    ];
    return edges.slice(0, -1).map((from, index) => {
        const to = edges[index + 1];
        return { ...limits, low: from, high: to ? { value: to.value, exclusive: true } : high };
    });
}
/** A list of `min` to `max` items, no two of one kind. */
export function distinctItems(conversion, kinds, min, max, place) {
    if (min > kinds.length)
        refuse(place.path, `${min} different values ("uniqueItems", "minProperties") are not supported here; ` +
            `a grammar can tell only ${kinds.length} of them apart`);
    const { grammar } = conversion;
    const most = Math.min(max, kinds.length);
    const named = kinds.map((kind) => grammar.named(`${place.hint}-item`, kind));
    const inAnyOrder = named.length <= FEW_KINDS;
    // Counting is left out where nothing has to be counted.
    const counts = min <= 1 && most === named.length ? 1 : Math.max(min, most === named.length ? 0 : most);
    if (!inAnyOrder && named.length * (counts + 1) > MOST_RULES)
        refuse(place.path, `"uniqueItems" with up to ${max} items takes too many rules; allow fewer`);
    const known = new Map();
    /** What may follow after `count` items, of the kinds from `next` on, or those not in `used`. */
    const after = (next, used, count) => {
        const key = `${next},${used},${count}`;
        if (known.has(key))
            return known.get(key);
        const ways = [];
        const add = (index, taken) => {
            if (most !== named.length && count >= most)
                return;
            const rest = after(inAnyOrder ? 0 : index + 1, taken, Math.min(count + 1, Math.max(counts, 1)));
            if (rest)
                ways.push(sequence(count > 0 ? sequence(text(','), SPACE) : EMPTY, named[index], rest));
        };
        if (inAnyOrder) {
            for (const index of named.keys())
                if (!(used & (1 << index)))
                    add(index, used | (1 << index));
            if (count >= min)
                ways.push(EMPTY);
        }
        else if (next < named.length) {
            add(next, 0);
            const without = after(next + 1, 0, count);
            if (without)
                ways.push(without);
        }
        else if (count >= min)
            ways.push(EMPTY);
        const all = choice(...ways);
        const isEmpty = all.kind === 'sequence' && all.nodes.length === 0;
        const node = ways.length === 0 ? undefined : isEmpty ? all : grammar.named(`${place.hint}-set`, all);
        known.set(key, node);
        return node;
    };
    // From the last kind to the first, so that nothing is called deeper than one level.
    if (!inAnyOrder)
        for (let next = named.length; next >= 0; next--)
            for (let count = Math.max(counts, 1); count >= 0; count--)
                after(next, 0, count);
    return after(0, 0, 0) ?? EMPTY;
}
//# sourceMappingURL=unique.js.map