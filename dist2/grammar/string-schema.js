/** Strings of a schema: lengths, patterns and formats, alone or together, and texts that `not` takes out. */
import { automatonNode } from './automaton-rules.js';
import { accepts, ANY_TEXT, combine, ofRegex, ofTexts, within } from './automaton.js';
import { AutomatonFault, Budget } from './budget.js';
import * as codePoints from './code-points.js';
import { FORMATS } from './formats.js';
import { sequence } from './gbnf.js';
import { jsonCharacters, QUOTE, useJsonRule, WRITABLE } from './json.js';
import { ofLength } from './lengths.js';
import { PatternFault, patternRegex } from './pattern.js';
import { Regexes } from './regex.js';
import { Exclusions, partsOf, refuse, without as leaving } from './schema.js';
/** Steps that one pattern may take before it is tried as the whole of the text, and then refused. */
const STEPS_OF_PATTERN = 400_000;
/** Each state is about a rule. */
const MOST_STATES = 5_000;
function readLimits(schema, path) {
    const min = (schema['minLength'] ?? 0);
    const max = (schema['maxLength'] ?? Infinity);
    if (min > max)
        refuse(path, `"minLength" ${min} is more than "maxLength" ${max}`);
    const without = schema['not'] instanceof Exclusions ? schema['not'] : undefined;
    return {
        min,
        max,
        patterns: partsOf(schema['pattern']),
        formats: partsOf(schema['format']),
        without,
    };
}
/** Automata of formats: there are few, and every other schema has one. */
const ofFormats = new Map();
function ofFormat(format) {
    let automaton = ofFormats.get(format);
    if (!automaton) {
        const regexes = new Regexes(new Budget());
        automaton = ofRegex(regexes, patternRegex(regexes, FORMATS.get(format)), true);
        ofFormats.set(format, automaton);
    }
    return automaton;
}
/** The automaton of a pattern; kept, since schemas repeat their patterns. @throws AutomatonFault */
function ofPattern(conversion, pattern) {
    const key = `pattern ${pattern}`;
    if (conversion.made.has(key))
        return conversion.made.get(key);
    const build = (whole) => {
        const regexes = new Regexes(conversion.budget.part(STEPS_OF_PATTERN));
        return ofRegex(regexes, patternRegex(regexes, pattern, whole), true);
    };
    let automaton;
    try {
        automaton = build(false);
    }
    catch (error) {
        const anchored = pattern.startsWith('^') && pattern.endsWith('$');
        if (!(error instanceof AutomatonFault) || error instanceof PatternFault || anchored)
            throw error;
        // What may stand around the match of a pattern without anchors can be too much: then nothing stands there.
        automaton = build(true);
    }
    conversion.made.set(key, automaton);
    return automaton;
}
/** The strings that a schema allows, without regard to how JSON writes them; undefined when there are none. */
export function stringLanguage(conversion, schema, path) {
    const { min, max, patterns, formats, without } = readLimits(schema, path);
    const { budget } = conversion;
    let automaton = ANY_TEXT;
    let speaking = '';
    try {
        speaking = 'the pattern ';
        for (const next of [
            ...formats.map(ofFormat),
            ...patterns.map((pattern) => ofPattern(conversion, pattern)),
        ])
            automaton = automaton === ANY_TEXT ? next : automaton && combine(automaton, next, 'both', budget);
        for (const pattern of without?.patterns ?? [])
            automaton = automaton && combine(automaton, ofPattern(conversion, pattern), 'first', budget);
        speaking = 'its text ';
        if (without && without.texts.length > 0)
            automaton = automaton && combine(automaton, ofTexts(without.texts, budget), 'first', budget);
        automaton &&= ofLength(automaton, min, max, budget);
        if (automaton && automaton.length > MOST_STATES)
            throw new AutomatonFault(`needs more than ${MOST_STATES} states; make it simpler or shorter`);
    }
    catch (error) {
        if (!(error instanceof AutomatonFault))
            throw error;
        refuse(path, speaking + error.message);
    }
    return automaton;
}
/** The same where there must be some. */
export function stringAutomaton(conversion, schema, path) {
    const automaton = stringLanguage(conversion, schema, path);
    if (!automaton)
        refuse(path, 'no text fits its pattern, format and lengths together');
    return automaton;
}
export function stringNode(conversion, schema, place) {
    const { min, max, patterns, formats, without } = readLimits(schema, place.path);
    const { grammar } = conversion;
    if (patterns.length === 0 && formats.length === 0 && !without) {
        if (min === 0 && max === Infinity)
            return useJsonRule(grammar, 'string');
        return sequence(QUOTE, grammar.repeat('text', useJsonRule(grammar, 'char'), min, max), QUOTE);
    }
    const key = `string ${JSON.stringify([min, max, patterns, formats, without])}`;
    const known = conversion.made.get(key);
    if (known)
        return known;
    const automaton = stringAutomaton(conversion, schema, place.path);
    const name = patterns.length === 0 && formats.length === 1 ? `format-${formats[0]}` : place.hint;
    const node = conversion.place(sequence(QUOTE, textNode(conversion, automaton, name, place.path), QUOTE), {
        ...place,
        hint: name,
    });
    conversion.made.set(key, node);
    return node;
}
/**
 * The inside of a JSON string. Each character is written in one way only, so that texts that differ are
 * different strings; control characters only where nothing else fits.
 */
export function textNode(conversion, automaton, hint, path) {
    const written = within(automaton, WRITABLE) ?? within(automaton, codePoints.ALL);
    if (!written)
        refuse(path, 'no text that JSON can hold fits it');
    return automatonNode(conversion.grammar, hint, written, jsonCharacters);
}
/** Tells whether a given string is one that a schema allows. */
export function textTest(conversion, schema, path) {
    const { min, max } = readLimits(schema, path);
    const automaton = stringAutomaton(conversion, leaving(schema, 'minLength', 'maxLength'), path);
    return (value) => {
        const length = Array.from(value).length;
        return min <= length && length <= max && accepts(automaton, value);
    };
}
//# sourceMappingURL=string-schema.js.map