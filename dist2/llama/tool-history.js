import { TAGGED_CALLS } from './tool-syntax.js';
const PROBE_CALL = {
    // Nine characters, since some templates take no other length.
    id: 'call12345',
    type: 'function',
    function: { name: 'probe_name', arguments: '{"probe_key":"probe_value"}' },
};
const PROBE = readCalls([
    { role: 'user', content: 'probe_question' },
    { role: 'assistant', content: '', tool_calls: [PROBE_CALL] },
    { role: 'tool', content: 'probe_result', tool_call_id: PROBE_CALL.id, name: 'probe_name' },
]);
const NEEDED = ['probe_question', 'probe_name', 'probe_key', 'probe_value', 'probe_result'];
const FORMS = [
    (messages) => messages.map((message) => nativeCalls(message, true, '')),
    (messages) => messages.map((message) => nativeCalls(message, false, '')),
    (messages) => messages.map((message) => nativeCalls(message, true, null)),
    (messages) => messages.map((message) => nativeCalls(message, false, null)),
    (messages) => messages.map(callsAsText),
];
/** @param render the template, which may throw */
export function toolForm(render) {
    return (FORMS.find((form) => {
        try {
            const text = render(form(PROBE));
            return NEEDED.every((part) => text.includes(part));
        }
        catch {
            return false;
        }
    }) ?? withoutTools);
}
/** For templates that know neither calls nor results: both as text, results as said by the user. */
export function withoutTools(messages) {
    const texts = [];
    let lastWasResult = false;
    for (const message of messages) {
        const isResult = message.role === 'tool';
        const said = isResult
            ? { role: 'user', content: `<tool_response>\n${message.content}\n</tool_response>` }
            : callsAsText(message);
        const last = texts.at(-1);
        // Such templates often want user and assistant in turns.
        if (lastWasResult && last !== undefined && said.role === 'user')
            texts[texts.length - 1] = { ...last, content: `${last.content}\n${said.content}` };
        else
            texts.push(said);
        lastWasResult = said.role === 'user' && (isResult || lastWasResult);
    }
    return texts;
}
function nativeCalls(message, asObjects, noContent) {
    const calls = callsOf(message);
    if (calls === undefined)
        return message;
    return {
        ...message,
        content: (message.content === '' ? noContent : message.content),
        tool_calls: calls.map((call) => ({
            ...call,
            function: {
                ...call.function,
                arguments: asObjects ? call.function.arguments.value : call.function.arguments.json,
            },
        })),
    };
}
function callsAsText(message) {
    const calls = callsOf(message);
    if (calls === undefined)
        return message;
    const rest = Object.fromEntries(Object.entries(message).filter(([name]) => name !== 'tool_calls'));
    const { before, middle, after } = TAGGED_CALLS;
    const lines = calls.map((call) => before + call.function.name + middle + call.function.arguments.json + after);
    return { ...rest, content: [message.content, ...lines].filter((part) => part !== '').join('\n') };
}
const callsOf = (message) => message['tool_calls'];
/**
 * Reads the arguments of calls, before anything in them is guarded: JSON can hide a character behind an escape.
 */
export function readCalls(messages) {
    return messages.map((message) => {
        const calls = message['tool_calls'];
        if (calls === undefined)
            return message;
        const read = calls.map((call) => {
            const json = call.function.arguments;
            return { ...call, function: { ...call.function, arguments: { json, value: objectOf(json) } } };
        });
        return { ...message, tool_calls: read };
    });
}
/** The arguments as an object; as they are where they are none. */
function objectOf(json) {
    try {
        const value = JSON.parse(json);
        return typeof value === 'object' && value !== null ? value : json;
    }
    catch {
        return json;
    }
}
//# sourceMappingURL=tool-history.js.map