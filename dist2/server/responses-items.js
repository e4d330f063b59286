/**
 * Items of OpenAI's Responses API: what goes in (messages, calls and their results, reasoning) as messages of a chat,
 * and what comes out.
 */
import { ForetokenError } from '../base/errors.js';
import { Fields, invalid, show } from './fields.js';
const READ = 'message, function_call, function_call_output and reasoning';
/**
 * Turns items into messages: what an assistant thought, said and called in a row is one turn.
 * @param earlier items in front that are not of this request's input
 */
export function chatTurns(items, earlier) {
    const turns = [];
    let thought;
    /** The turn that goes on, where it is the assistant's. */
    const assistant = () => {
        const last = turns.at(-1);
        const turn = last?.role === 'assistant' && thought === undefined ? last : { role: 'assistant', content: '' };
        if (turn !== last)
            turns.push(turn);
        if (thought !== undefined)
            turn.reasoning_content = thought;
        thought = undefined;
        return turn;
    };
    items.forEach((item, index) => {
        const fields = Fields.ofObject(item, `input[${index - earlier}]`);
        const type = fields.raw('type') ?? 'message';
        switch (type) {
            case 'message': {
                const role = fields.oneOf('role', ['user', 'assistant', 'system', 'developer']);
                if (role === undefined)
                    throw invalid(fields.path('role'), 'a role', undefined);
                const content = readContent(fields, 'content');
                if (role === 'assistant') {
                    const turn = assistant();
                    turn.content += (turn.content === '' ? '' : '\n') + content;
                }
                else
                    turns.push({ role, content });
                break;
            }
            case 'function_call': {
                const id = fields.requiredString('call_id');
                const called = { name: fields.requiredString('name'), arguments: fields.requiredString('arguments') };
                (assistant().tool_calls ??= []).push({ id, type: 'function', function: called });
                break;
            }
            case 'function_call_output':
                turns.push({
                    role: 'tool',
                    tool_call_id: fields.requiredString('call_id'),
                    content: readContent(fields, 'output'),
                });
                break;
            case 'reasoning':
                thought = readReasoning(fields);
                break;
            default:
                throw new ForetokenError('invalid_request', `'${fields.path('type')}' is not supported: this server reads items of the types ${READ}; got ${show(type)}.`, { param: fields.path('type') });
        }
    });
    return turns;
}
/** Open models show what they think; of others' there may be a summary, or nothing that can be read. */
function readReasoning(fields) {
    const texts = (name) => {
        const parts = fields.raw(name);
        if (!Array.isArray(parts))
            return [];
        return parts.map((part, index) => Fields.ofObject(part, `${fields.path(name)}[${index}]`).requiredString('text'));
    };
    const content = texts('content');
    const text = (content.length > 0 ? content : texts('summary')).join('\n');
    return text === '' ? undefined : text;
}
const TEXT_PARTS = ['input_text', 'output_text', 'text', 'summary_text'];
/** A string, or parts of text. */
function readContent(fields, name) {
    const value = fields.raw(name);
    const path = fields.path(name);
    if (typeof value === 'string')
        return value;
    if (!Array.isArray(value))
        throw invalid(path, 'a string or an array of parts', value);
    return value
        .map((part, index) => {
        const partFields = Fields.ofObject(part, `${path}[${index}]`);
        const type = partFields.raw('type');
        if (type === 'refusal')
            return partFields.requiredString('refusal');
        if (TEXT_PARTS.includes(type))
            return partFields.requiredString('text');
        throw new ForetokenError('invalid_request', `'${partFields.path('type')}' must be 'input_text' or 'output_text', since this server reads text only; got ${show(type)}.`, { param: partFields.path('type') });
    })
        .join('\n');
}
/** A block of an answer as an item. @param logprobs of its text, as they are told */
export function itemOf({ kind, call, text }, id, status, logprobs) {
    switch (kind) {
        case 'reasoning':
            return { id, type: 'reasoning', status, summary: [], content: partsOf({ kind, text }, status, []) };
        case 'text':
            return {
                id,
                type: 'message',
                status,
                role: 'assistant',
                content: partsOf({ kind, text }, status, logprobs),
            };
        case 'call':
            return { id, type: 'function_call', status, call_id: call.id, name: call.name, arguments: text };
    }
}
/** One that has just begun has no part yet. */
function partsOf(block, status, logprobs) {
    return status === 'in_progress' ? [] : [partOf(block, logprobs)];
}
/** The one part that a message or a thought has. */
export function partOf({ kind, text }, logprobs) {
    return kind === 'reasoning'
        ? { type: 'reasoning_text', text }
        : { type: 'output_text', text, annotations: [], logprobs };
}
//# sourceMappingURL=responses-items.js.map