/**
 * The rules of JSON itself, for grammars of any schema.
 *
 * Whitespace is bounded, as llama.cpp does it: a model that may write blanks without end sometimes does.
 * Numbers hold at most 16 digits before and after the point, so that a double keeps them; `\u` escapes are
 * whole characters (no half surrogate pairs), so that lengths count what a schema counts.
 */
import * as codePoints from './code-points.js';
import { choice, EMPTY, oneOf, optional, repeat, rule, sequence, text } from './gbnf.js';
import { GbnfGrammar } from './gbnf.js';
const DIGIT = oneOf(codePoints.range('0', '9'));
const HEX = oneOf(codePoints.union(codePoints.range('0', '9'), codePoints.of('abcdefABCDEF')));
/** What must not stand in a JSON string as itself. DEL may, but no text needs it. */
const NEVER_RAW = codePoints.union([[0, 0x1f]], codePoints.of('"\\\x7f'));
const SHORT_ESCAPES = [
    ['"', '\\"'],
    ['\\', '\\\\'],
    ['\n', '\\n'],
    ['\t', '\\t'],
    ['\r', '\\r'],
    ['\b', '\\b'],
    ['\f', '\\f'],
];
const RAW_CHARACTERS = codePoints.complement(NEVER_RAW);
/** What is written in strings whose characters are limited: themselves, or a short escape. */
export const WRITABLE = codePoints.union(RAW_CHARACTERS, codePoints.of(SHORT_ESCAPES.map(([character]) => character).join('')));
/** Between tokens of JSON: nothing, a blank, or a new line and its indentation. */
export const SPACE = rule('space');
export const QUOTE = text('"');
/**
 * How the characters of a set are written inside a JSON string: each in one way, so that two texts are the same
 * string only when they are the same text.
 */
export function jsonCharacters(set) {
    const raw = codePoints.intersect(set, RAW_CHARACTERS);
    const ways = raw.length > 0 ? [oneOf(raw)] : [];
    for (const [first, last] of codePoints.intersect(set, NEVER_RAW))
        for (let point = first; point <= last; point++)
            ways.push(text(jsonCharacter(point)));
    return choice(...ways);
}
function jsonCharacter(point) {
    const character = String.fromCodePoint(point);
    const short = SHORT_ESCAPES.find(([escaped]) => escaped === character);
    return short ? short[1] : `\\u${point.toString(16).padStart(4, '0')}`;
}
const comma = sequence(text(','), SPACE);
const list = (open, item, close) => sequence(text(open), SPACE, optional(sequence(item, repeat(sequence(comma, item), 0, Infinity), SPACE)), text(close));
const RULES = {
    space: {
        node: choice(EMPTY, text(' '), sequence(repeat(text('\n'), 1, 2), repeat(oneOf(codePoints.of(' \t')), 0, 20))),
        needs: [],
    },
    char: {
        node: choice(oneOf(RAW_CHARACTERS), sequence(text('\\'), choice(oneOf(codePoints.of('"\\/bfnrt')), sequence(text('u'), rule('unicode'))))),
        needs: ['unicode'],
    },
    unicode: {
        node: choice(sequence(oneOf(codePoints.union(codePoints.range('0', '9'), codePoints.of('abcefABCEF'))), repeat(HEX, 3, 3)), sequence(oneOf(codePoints.of('dD')), oneOf(codePoints.range('0', '7')), repeat(HEX, 2, 2)), sequence(oneOf(codePoints.of('dD')), oneOf(codePoints.of('89abAB')), repeat(HEX, 2, 2), text('\\u'), oneOf(codePoints.of('dD')), oneOf(codePoints.of('cdefCDEF')), repeat(HEX, 2, 2))),
        needs: [],
    },
    string: { node: sequence(QUOTE, repeat(rule('char'), 0, Infinity), QUOTE), needs: ['char'] },
    integer: {
        node: sequence(optional(text('-')), choice(text('0'), sequence(oneOf(codePoints.range('1', '9')), repeat(DIGIT, 0, 15)))),
        needs: [],
    },
    number: {
        node: sequence(rule('integer'), optional(sequence(text('.'), repeat(DIGIT, 1, 16))), optional(sequence(oneOf(codePoints.of('eE')), optional(oneOf(codePoints.of('+-'))), repeat(DIGIT, 1, 2)))),
        needs: ['integer'],
    },
    boolean: { node: choice(text('true'), text('false')), needs: [] },
    null: { node: text('null'), needs: [] },
    value: {
        node: choice(...['object', 'array', 'string', 'number', 'boolean', 'null'].map((name) => rule(name))),
        needs: ['object', 'array', 'string', 'number', 'boolean', 'null'],
    },
    object: {
        node: list('{', sequence(rule('string'), text(':'), SPACE, rule('value')), '}'),
        needs: ['space', 'string', 'value'],
    },
    array: { node: list('[', rule('value'), ']'), needs: ['space', 'value'] },
};
/** A grammar in which the names of JSON's own rules are kept for them. */
export const newJsonGrammar = () => new GbnfGrammar(['root', ...Object.keys(RULES)]);
/** Adds one of JSON's own rules, and those it needs, to a grammar. */
export function useJsonRule(grammar, name) {
    const add = (needed) => {
        if (grammar.has(needed))
            return;
        const { node, needs } = RULES[needed];
        grammar.define(needed, node);
        needs.forEach(add);
    };
    add(name);
    return rule(name);
}
function jsonObjectGrammar() {
    const grammar = newJsonGrammar();
    grammar.define('root', useJsonRule(grammar, 'object'));
    return grammar.render();
}
/** Any JSON object: `response_format: {type: "json_object"}`. */
export const JSON_OBJECT_GBNF = jsonObjectGrammar();
//# sourceMappingURL=json.js.map