/** Tools in requests: what can be called, whether it must be, and the calls of earlier turns. */
import { ForetokenError } from '../base/errors.js';
import { Fields, invalid } from './fields.js';
const MAX_TOOLS = 128;
const NAME = /^[\w.-]{1,128}$/;
/** Undefined where nothing can be called: there are no tools, or `tool_choice` is `none`. */
export function readTools(fields) {
    const value = fields.raw('tools');
    if (value !== undefined && (!Array.isArray(value) || value.length > MAX_TOOLS))
        throw invalid('tools', `an array of up to ${MAX_TOOLS} tools`, value);
    const definitions = (value ?? []).map((tool, index) => readTool(tool, `tools[${index}]`));
    const parallel = fields.boolean('parallel_tool_calls') ?? true;
    return chosenTools(definitions, readToolChoice(fields), parallel);
}
/** @throws ForetokenError `invalid_request` for names given twice, and for a choice that there is not */
function chosenTools(definitions, choice, parallel) {
    const names = new Set();
    definitions.forEach(({ name, param }) => {
        if (names.has(name))
            throw new ForetokenError('invalid_request', `'${param}' is of a second function named '${name}'.`, {
                param: 'tools',
            });
        names.add(name);
    });
    const wanted = typeof choice === 'object' ? choice.name : choice === 'required' ? 'required' : undefined;
    if (wanted !== undefined && (typeof choice === 'object' ? !names.has(wanted) : names.size === 0))
        throw new ForetokenError('invalid_request', names.size === 0
            ? `'tool_choice' asks for a call, but 'tools' holds no function.`
            : `'tool_choice' names '${wanted}', which 'tools' does not hold.`, { param: 'tool_choice' });
    return choice === 'none' || names.size === 0 ? undefined : { definitions, choice, parallel };
}
/** The definitions as chat templates read them: OpenAI's shape. */
export function toolVariables(definitions) {
    return definitions.map(({ name, description, parameters }) => ({
        type: 'function',
        function: {
            name,
            ...(description === undefined ? {} : { description }),
            ...(parameters === undefined ? {} : { parameters }),
        },
    }));
}
function readToolChoice(fields) {
    const choice = fields.raw('tool_choice');
    if (choice === undefined)
        return 'auto';
    if (choice === 'none' || choice === 'auto' || choice === 'required')
        return choice;
    if (typeof choice === 'string')
        throw invalid('tool_choice', "'none', 'auto', 'required' or an object that names a function", choice);
    const named = Fields.ofObject(choice, 'tool_choice');
    requireFunctionType(named);
    const called = named.object('function');
    if (called === undefined)
        throw invalid('tool_choice.function', 'an object', undefined);
    return { name: readName(called) };
}
function readTool(value, path) {
    const tool = Fields.ofObject(value, path);
    tool.refuseUnknown(['type', 'function']);
    requireFunctionType(tool);
    const definition = tool.object('function');
    if (definition === undefined)
        throw invalid(`${path}.function`, 'an object', undefined);
    definition.refuseUnknown(['name', 'description', 'parameters', 'strict']);
    definition.boolean('strict');
    definition.object('parameters');
    const description = definition.string('description');
    const parameters = definition.raw('parameters');
    return {
        name: readName(definition),
        ...(description === undefined ? {} : { description }),
        ...(parameters === undefined ? {} : { parameters }),
        param: `${path}.function.parameters`,
    };
}
/** The calls of an assistant's earlier turn. */
export function readToolCalls(fields) {
    const value = fields.raw('tool_calls');
    if (value === undefined)
        return undefined;
    const path = fields.path('tool_calls');
    if (!Array.isArray(value) || value.length > MAX_TOOLS)
        throw invalid(path, `an array of up to ${MAX_TOOLS} calls`, value);
    const calls = value.map((call, index) => readToolCall(call, `${path}[${index}]`));
    return calls.length === 0 ? undefined : calls;
}
function readToolCall(value, path) {
    const call = Fields.ofObject(value, path);
    // Streams number their calls, and clients send them back as they came.
    call.refuseUnknown(['id', 'type', 'function', 'index']);
    requireFunctionType(call);
    const called = call.object('function');
    if (called === undefined)
        throw invalid(`${path}.function`, 'an object', undefined);
    called.refuseUnknown(['name', 'arguments']);
    const id = call.string('id');
    return {
        ...(id === undefined ? {} : { id }),
        type: 'function',
        function: { name: readName(called), arguments: called.string('arguments') ?? '{}' },
    };
}
function requireFunctionType(fields) {
    fields.oneOf('type', ['function']);
}
function readName(fields) {
    const name = fields.string('name');
    if (name === undefined || !NAME.test(name))
        throw invalid(fields.path('name'), 'a name of up to 128 letters, digits, _, . and -', name);
    return name;
}
//# sourceMappingURL=tool-fields.js.map