/** What a request may give to restrict its text, and what becomes of it. */
import { ForetokenError } from '../base/errors.js';
import { JSON_OBJECT_GBNF, jsonSchemaToGbnf } from '../grammar/json-schema.js';
import { answerGbnf } from '../grammar/answer.js';
import { compileGbnf } from './compile.js';
/** The text that tells sources of one kind apart. */
export function sourceText(source) {
    switch (source.kind) {
        case 'gbnf':
            return source.text;
        case 'schema':
            return JSON.stringify([source.param, source.schema]);
        case 'answer':
            return JSON.stringify(source.answer);
    }
}
/** Any JSON object. */
export const ANY_OBJECT = { kind: 'gbnf', text: JSON_OBJECT_GBNF };
/** @throws ForetokenError `invalid_grammar`, `invalid_schema` */
export function compileSource(source) {
    if (source.kind === 'gbnf')
        return compileGbnf(source.text);
    try {
        return compileGbnf(source.kind === 'schema' ? jsonSchemaToGbnf(source.schema) : answerGbnf(source.answer));
    }
    catch (thrown) {
        const error = ForetokenError.from(thrown);
        // A schema whose grammar is too large is at fault as a schema.
        const code = error.code === 'invalid_grammar' ? 'invalid_schema' : error.code;
        const param = error.code === 'invalid_grammar' ? source.param : (error.param ?? source.param);
        throw new ForetokenError(code, error.message, { param, cause: thrown });
    }
}
//# sourceMappingURL=grammar-source.js.map