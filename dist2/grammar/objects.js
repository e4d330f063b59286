/**
 * The members of an object as a grammar: declared properties in declared order (as OpenAI's strict mode
 * writes them), optional ones left out at will, commas only between members, and free keys last.
 */
import { choice, EMPTY, sequence, text } from './gbnf.js';
import { SPACE } from './json.js';
/** More declared properties than this need not be counted against `max` one by one. */
const MARGIN = 32;
/** A longer sequence becomes a rule, so that it is not copied for each property before it. */
const MOST_IN_A_ROW = 24;
const COMMA = sequence(text(','), SPACE);
export const member = (key, value) => sequence(key, text(':'), SPACE, value);
/** Undefined when no object has so many members. */
export function objectNode(grammar, hint, properties, free, { min, max } = { min: 0, max: Infinity }) {
    const total = properties.length;
    const required = properties.filter((property) => property.required).length;
    const countsMax = max < total + (free ? MARGIN : 0);
    const countsMin = min > required;
    /** Members are counted up to here; a count of this stands for all beyond. */
    const cap = Math.max(1, countsMax ? Math.min(max, total) : 0, countsMin ? Math.min(min, total) : 0);
    // Built from the end: what may still come when `count` members have been written.
    let later = Array.from({ length: cap + 1 }, (_, count) => {
        const room = countsMax ? max - count : max - total;
        return freeMembers(grammar, hint, free, count, Math.max(0, min - count), room);
    });
    for (const [index, { key, value, required: needed }] of [...properties.entries()].reverse()) {
        const pair = member(text(JSON.stringify(key)), value);
        later = later.map((without, count) => {
            if (count > index)
                return undefined;
            const rest = countsMax && count >= max ? undefined : later[Math.min(count + 1, cap)];
            const written = rest && (count === 0 ? sequence(pair, rest) : sequence(COMMA, pair, rest));
            if (needed)
                return written && short(grammar, hint, written);
            const ways = [written, without].filter((way) => way !== undefined);
            if (ways.length === 0)
                return undefined;
            return grammar.named(`${hint}-${key}${count === 0 ? '-first' : '-or-not'}`, choice(...ways));
        });
    }
    const first = later[0];
    if (!first)
        return undefined;
    if (first.kind === 'sequence' && first.nodes.length === 0)
        return sequence(text('{'), SPACE, text('}'));
    return sequence(text('{'), SPACE, first, SPACE, text('}'));
}
const short = (grammar, hint, node) => node.kind === 'sequence' && node.nodes.length > MOST_IN_A_ROW ? grammar.named(`${hint}-then`, node) : node;
function freeMembers(grammar, hint, free, before, least, most) {
    if (least > Math.max(0, most))
        return undefined;
    if (!free || most <= 0)
        return least > 0 ? undefined : EMPTY;
    const another = grammar.named(`${hint}-more`, sequence(COMMA, free.pair));
    // One more key differs from the declared ones; several must differ from each other too.
    const needed = least === 0 ? EMPTY : least === 1 ? free.pair : free.several(least);
    const begun = before > 0 && least > 0 ? sequence(COMMA, needed) : needed;
    if (before + least > 0)
        return sequence(begun, grammar.repeat(hint, another, 0, most - least));
    return choice(EMPTY, sequence(free.pair, grammar.repeat(hint, another, 0, most - 1)));
}
//# sourceMappingURL=objects.js.map