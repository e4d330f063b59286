/** Reads the body of Anthropic's `POST /v1/messages` (and of its `count_tokens`) as a chat request. */
import { ForetokenError } from '../base/errors.js';
import { COMMON_FIELDS, ownTools, readTranslated, taken } from './chat-body.js';
import { Fields, invalid, isObject, show } from './fields.js';
export const MESSAGES_FIELDS = [
    'model',
    'messages',
    'system',
    'max_tokens',
    'stop_sequences',
    'stream',
    'temperature',
    'top_p',
    'top_k',
    'tools',
    'tool_choice',
    'thinking',
    'output_config',
    'output_format',
    // These change no text.
    'metadata',
    'service_tier',
    'cache_control',
    'context_management',
    'inference_geo',
    'speed',
    ...COMMON_FIELDS,
];
export const MESSAGES_UNSUPPORTED = {
    mcp_servers: 'this server calls no other; call tools yourself and send their results.',
    container: 'this server runs no code.',
};
const NAMES = [
    [/^stop(?=$|\[)/, 'stop_sequences'],
    [/^response_format\.json_schema/, 'output_config.format'],
    [/^(tools\[\d+\])\.function\.parameters/, '$1.input_schema'],
    [/^(tools\[\d+\])\.function/, '$1'],
    [/^tool_choice\.function/, 'tool_choice'],
    [/^reasoning_effort/, 'output_config.effort'],
];
export function readMessagesRequest(body, limits) {
    const fields = Fields.ofBody(body);
    const warnings = [...fields.nameUnknown(MESSAGES_FIELDS, MESSAGES_UNSUPPORTED, limits.strict)];
    const system = readTexts(fields.raw('system'), 'system');
    const messages = [
        ...(system === '' ? [] : [{ role: 'system', content: system }]),
        ...readMessages(fields.raw('messages')),
    ];
    const chat = {
        ...taken(fields, ['max_tokens', 'stream', 'temperature', 'top_p', 'top_k', ...COMMON_FIELDS]),
        messages,
        ...readFormat(fields),
        ...readTools(fields, limits.strict, warnings),
    };
    // The beginning of an answer, which the model goes on with.
    const last = messages.at(-1);
    if (last?.['role'] === 'assistant' && !('tool_calls' in last))
        chat['continue_final_message'] = true;
    const effort = fields.object('output_config')?.raw('effort');
    if (effort !== undefined)
        chat['reasoning_effort'] = effort;
    const stops = fields.raw('stop_sequences');
    if (stops !== undefined && !Array.isArray(stops))
        throw invalid('stop_sequences', 'an array of strings', stops);
    if (stops !== undefined)
        chat['stop'] = stops;
    const thinking = readThinking(fields);
    if (thinking !== undefined)
        chat['chat_template_kwargs'] = {
            enable_thinking: thinking,
            ...(isObject(chat['chat_template_kwargs']) ? chat['chat_template_kwargs'] : {}),
        };
    return readTranslated(chat, NAMES, limits, warnings);
}
/** Models that think have a variable of their template for it; how long they do is theirs. */
function readThinking(fields) {
    const type = fields.object('thinking')?.oneOf('type', ['enabled', 'adaptive', 'disabled']);
    return type === undefined ? undefined : type !== 'disabled';
}
function readFormat(fields) {
    const config = fields.object('output_config');
    const format = config?.object('format') ?? fields.object('output_format');
    if (format === undefined)
        return {};
    format.oneOf('type', ['json_schema']);
    const schema = format.raw('schema');
    if (schema === undefined)
        throw invalid(format.path('schema'), 'a JSON schema', undefined);
    return { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } } };
}
/** @param warnings told of tools that are left out */
function readTools(fields, strict, warnings) {
    const tools = ownTools(fields, [undefined, 'custom'], readTool, strict, warnings);
    const choice = fields.object('tool_choice');
    const type = choice?.oneOf('type', ['auto', 'any', 'tool', 'none']);
    const name = choice?.string('name');
    if (type === 'tool' && name === undefined)
        throw invalid('tool_choice.name', 'the name of a tool', name);
    const chosen = {
        auto: 'auto',
        any: 'required',
        none: 'none',
        tool: { type: 'function', function: { name } },
    };
    return {
        ...(tools === undefined ? {} : { tools }),
        ...(type === undefined ? {} : { tool_choice: chosen[type] }),
        ...(choice?.boolean('disable_parallel_tool_use') === true ? { parallel_tool_calls: false } : {}),
    };
}
function readTool(tool) {
    const schema = tool.raw('input_schema');
    const definition = {
        ...taken(tool, ['name', 'description']),
        ...(schema === undefined ? {} : { parameters: schema }),
    };
    return { type: 'function', function: definition };
}
function readMessages(value) {
    if (!Array.isArray(value) || value.length === 0)
        throw invalid('messages', 'an array of at least one message', value);
    return value.flatMap((message, index) => {
        const path = `messages[${index}]`;
        const fields = Fields.ofObject(message, path);
        const role = fields.oneOf('role', ['user', 'assistant', 'system']);
        if (role === undefined)
            throw invalid(`${path}.role`, `'user' or 'assistant'`, undefined);
        const content = fields.raw('content');
        if (role === 'system')
            return [{ role, content: readTexts(content, `${path}.content`) }];
        if (typeof content === 'string')
            return [{ role, content }];
        if (!Array.isArray(content))
            throw invalid(`${path}.content`, 'a string or an array of blocks', content);
        const blocks = content.map((block, at) => {
            return Fields.ofObject(block, `${path}.content[${at}]`);
        });
        return role === 'user' ? readUserBlocks(blocks) : [readAssistantBlocks(blocks)];
    });
}
/** Results of tools are messages of their own; what is said between them stays where it is. */
function readUserBlocks(blocks) {
    const messages = [];
    let texts = [];
    const flush = () => {
        if (texts.length > 0)
            messages.push({ role: 'user', content: texts.join('\n') });
        texts = [];
    };
    for (const block of blocks) {
        if (block.raw('type') === 'tool_result') {
            flush();
            const content = readTexts(block.raw('content'), block.path('content'));
            const id = block.requiredString('tool_use_id');
            messages.push({ role: 'tool', tool_call_id: id, content });
        }
        else
            texts.push(readText(block));
    }
    flush();
    return messages.length === 0 ? [{ role: 'user', content: '' }] : messages;
}
function readAssistantBlocks(blocks) {
    const texts = [];
    const thoughts = [];
    const calls = [];
    for (const block of blocks) {
        switch (block.raw('type')) {
            case 'thinking':
                thoughts.push(block.requiredString('thinking'));
                break;
            case 'redacted_thinking':
                break;
            case 'tool_use': {
                const input = block.raw('input') ?? {};
                if (!isObject(input))
                    throw invalid(block.path('input'), 'an object', input);
                const called = { name: block.requiredString('name'), arguments: JSON.stringify(input) };
                calls.push({ id: block.requiredString('id'), type: 'function', function: called });
                break;
            }
            default:
                texts.push(readText(block));
        }
    }
    return {
        role: 'assistant',
        content: texts.join('\n'),
        ...(thoughts.length === 0 ? {} : { reasoning_content: thoughts.join('\n') }),
        ...(calls.length === 0 ? {} : { tool_calls: calls }),
    };
}
/** A string, or blocks of text. */
function readTexts(value, path) {
    if (value === undefined)
        return '';
    if (typeof value === 'string')
        return value;
    if (!Array.isArray(value))
        throw invalid(path, 'a string or an array of blocks of text', value);
    return value
        .map((block, index) => readText(Fields.ofObject(block, `${path}[${index}]`)))
        .join('\n');
}
/** A block of text, or a document that is one. */
function readText(block) {
    const type = block.raw('type');
    if (type === 'text')
        return block.requiredString('text');
    const source = type === 'document' ? block.object('source') : undefined;
    if (source?.raw('type') === 'text')
        return source.requiredString('data');
    throw new ForetokenError('invalid_request', `'${block.path('type')}' must be 'text' here, since this server reads text only; got ${show(type)}.`, { param: block.path('type') });
}
//# sourceMappingURL=messages-request.js.map