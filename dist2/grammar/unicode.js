/**
 * The characters of a Unicode property (`\p{L}`, `\p{Script=Greek}`), as the regular expressions of this
 * JavaScript engine know them.
 */
import * as codePoints from './code-points.js';
/** `L`, `Script=Greek`: no more of the notation is passed on to the engine. */
const PROPERTY = /^[A-Za-z_]{1,40}(?:=[A-Za-z_0-9]{1,40})?$/;
const MOST_KEPT = 64;
const FIRST_SURROGATE = 0xd800;
const AFTER_SURROGATES = 0xe000;
/** Where, in the text of all characters, those begin that are two UTF-16 units. */
const FIRST_PAIR = 0x10000 - (AFTER_SURROGATES - FIRST_SURROGATE);
const known = new Map();
/** Kept as long as memory is not wanted for something else: to write it takes longer than to search it. */
let kept;
/** Every character in order, without surrogates: about 4 MB. */
function allCharacters() {
    const known = kept?.deref();
    if (known)
        return known.text;
    const parts = [];
    for (let first = 0; first <= 0x10ffff; first += 0x800)
        if (first !== FIRST_SURROGATE)
            parts.push(String.fromCodePoint(...Array.from({ length: 0x800 }, (_, i) => first + i)));
    const text = parts.join('');
    kept = new WeakRef({ text });
    return text;
}
/** The code point at an index of `allCharacters`. */
function pointAt(index) {
    if (index < FIRST_SURROGATE)
        return index;
    if (index < FIRST_PAIR)
        return index - FIRST_SURROGATE + AFTER_SURROGATES;
    return 0x10000 + (index - FIRST_PAIR) / 2;
}
/** The set of a property; undefined when there is none of that name. */
export function propertySet(name) {
    const present = known.get(name);
    if (present)
        return present;
    if (!PROPERTY.test(name))
        return undefined;
    let expression;
    try {
        expression = new RegExp(`\\p{${name}}+`, 'gu');
    }
    catch {
        return undefined;
    }
    const ranges = Array.from(allCharacters().matchAll(expression), (run) => [pointAt(run.index), pointAt(run.index + run[0].length) - 1]);
    // A run over the gap of the surrogates holds none of them.
    const set = codePoints.intersect(codePoints.union(ranges), codePoints.ALL);
    if (known.size >= MOST_KEPT)
        known.clear();
    known.set(name, set);
    return set;
}
//# sourceMappingURL=unicode.js.map