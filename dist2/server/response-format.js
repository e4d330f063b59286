/**
 * What a request asks its text to be: `response_format` as OpenAI has it, or `grammar`, llama-server's field for
 * GBNF text. Neither is looked into here: that is done in a thread of its own (`constraints/grammar-compiler.ts`).
 */
import { ForetokenError } from '../base/errors.js';
import { ANY_OBJECT } from '../constraints/grammar-source.js';
import { invalid } from './fields.js';
export function readGrammar(fields) {
    const grammar = fields.string('grammar');
    const formatted = readResponseFormat(fields);
    // An empty grammar is how llama-server's web client says that it wants none.
    if (grammar === undefined || grammar === '')
        return formatted;
    if (formatted !== undefined)
        throw new ForetokenError('invalid_request', "'grammar' and 'response_format' both restrict the output; give one of them.", { param: 'grammar' });
    return { kind: 'gbnf', text: grammar };
}
function readResponseFormat(fields) {
    const format = fields.object('response_format');
    if (format === undefined)
        return undefined;
    const type = format.oneOf('type', ['text', 'json_object', 'json_schema']);
    switch (type) {
        case undefined:
            throw invalid('response_format.type', "'text', 'json_object' or 'json_schema'", undefined);
        case 'text':
            format.refuseUnknown(['type']);
            return undefined;
        case 'json_object':
            // llama-server's and other servers' short form carries a schema here.
            format.refuseUnknown(['type', 'schema']);
            return format.raw('schema') === undefined
                ? ANY_OBJECT
                : schemaGrammar(format.raw('schema'), 'response_format.schema');
        case 'json_schema':
            format.refuseUnknown(['type', 'json_schema']);
            return readJsonSchema(format);
    }
}
/** `strict: false` is held to the schema too: nothing is lost by it. */
function readJsonSchema(format) {
    const named = format.object('json_schema');
    if (named === undefined)
        throw invalid('response_format.json_schema', 'an object', undefined);
    named.refuseUnknown(['name', 'description', 'strict', 'schema']);
    named.string('name');
    named.string('description');
    named.boolean('strict');
    const schema = named.raw('schema');
    if (schema === undefined)
        throw invalid('response_format.json_schema.schema', 'a JSON schema', undefined);
    return schemaGrammar(schema, 'response_format.json_schema.schema');
}
function schemaGrammar(schema, param) {
    return { kind: 'schema', schema, param };
}
//# sourceMappingURL=response-format.js.map