/** `enum` and `const`: the values that fit the other keywords, as texts, many of them as one trie. */
import { automatonNode } from './automaton-rules.js';
import { ofTexts } from './automaton.js';
import { AutomatonFault } from './budget.js';
import { choice, oneOf, text } from './gbnf.js';
import { holdsNumber, readNumbers } from './number-schema.js';
import { isOfType, KEYWORDS_OF_TYPE, refuse, typesOf } from './schema.js';
import { textTest } from './string-schema.js';
/** More values than these share their beginnings. */
const FEW_VALUES = 8;
/** The values of a plain schema's `enum` or `const` that its other keywords allow. */
export function fittingValues(conversion, schema, values, path) {
    const types = 'type' in schema ? typesOf(schema, path) : undefined;
    const speaks = (...of) => Object.keys(schema).some((keyword) => of.includes(KEYWORDS_OF_TYPE.get(keyword)?.[0]));
    const limited = (type) => speaks(type) || 'not' in schema;
    const limits = limited('number') ? readNumbers('number', schema, path) : undefined;
    const holdsText = limited('string') ? textTest(conversion, schema, path) : undefined;
    const fitting = values.filter((value) => {
        if (types && !types.some((type) => isOfType(value, type)))
            return false;
        if (holdsText && typeof value === 'string')
            return holdsText(value);
        if (limits && typeof value === 'number')
            return holdsNumber(limits, value);
        if ((speaks('object') && isOfType(value, 'object')) || (speaks('array') && Array.isArray(value)))
            refuse(path, 'lists and objects in "enum" or "const" must have no other keywords beside them');
        return true;
    });
    if (fitting.length === 0)
        refuse(path, 'no value of "enum" or "const" is of the given type and limits');
    return fitting;
}
/** Exactly these values, each as `JSON.stringify` writes it. */
export function valuesNode(conversion, values, { path, hint }) {
    const texts = [...new Set(values.map((value) => JSON.stringify(value)))];
    if (texts.length <= FEW_VALUES)
        return choice(...texts.map(text));
    try {
        return automatonNode(conversion.grammar, hint, ofTexts(texts, conversion.budget), oneOf);
    }
    catch (error) {
        if (error instanceof AutomatonFault)
            refuse(path, `its "enum" ${error.message}`);
        throw error;
    }
}
//# sourceMappingURL=constants.js.map