/** For models that bring no syntax of their own. */
export const TAGGED_CALLS = {
    before: '<tool_call>\n{"name": "',
    middle: '", "arguments": ',
    join: '}\n</tool_call>\n<tool_call>\n{"name": "',
    after: '}\n</tool_call>',
    trigger: '<tool_call>',
};
const QUESTION = { role: 'user', content: 'probe_question' };
const ANSWER = 'probe_answer';
const [FIRST, SECOND] = ['probe_one', 'probe_two'];
/** Nine letters and digits, since some templates take no other. */
const [FIRST_ID, SECOND_ID] = ['probeid01', 'probeid02'];
const ARGUMENTS = /\{\s*"probe_key"\s*:\s*"probe_value"\s*\}/;
/** Where templates put the id of a call, which answers need not have. */
const ID = new RegExp(`,\\s*"id":\\s*"(?:${FIRST_ID}|${SECOND_ID})"|\\[CALL_ID\\](?:${FIRST_ID}|${SECOND_ID})`, 'g');
const call = (name, id) => ({
    id,
    type: 'function',
    function: { name, arguments: '{"probe_key":"probe_value"}' },
});
const calling = (...calls) => [
    QUESTION,
    { role: 'assistant', content: '', tool_calls: calls },
];
/**
 * @param render a conversation by the template, without the beginning of a next answer; may throw
 * @returns undefined where the template knows no calls, or writes arguments other than as JSON
 */
export function readCallSyntax(render) {
    const attempt = (messages) => {
        try {
            return render(messages).replace(ID, '');
        }
        catch {
            return '';
        }
    };
    const plain = attempt([QUESTION, { role: 'assistant', content: ANSWER }]);
    const answerAt = plain.indexOf(ANSWER);
    const one = attempt(calling(call(FIRST, FIRST_ID)));
    const nameAt = one.indexOf(FIRST);
    if (answerAt < 0 || nameAt < 0)
        return undefined;
    const start = beginningOfTag(one, commonPrefix(plain.slice(0, answerAt), one));
    const rest = one.slice(nameAt + FIRST.length);
    const given = ARGUMENTS.exec(rest);
    if (start > nameAt || given === null || one.includes(FIRST_ID))
        return undefined;
    const before = one.slice(start, nameAt).trimStart();
    const middle = rest.slice(0, given.index);
    const after = withoutEnd(rest.slice(given.index + given[0].length), plain.slice(answerAt + ANSWER.length));
    // Words in front of a name, as in a sentence, are none of a syntax that can be told from text.
    if (before === '' || before.length > 64 || middle === '' || middle.length > 64)
        return undefined;
    return { before, middle, join: joinOf(attempt, middle), after, trigger: triggerOf(before) };
}
/** What stands between two calls; undefined where the template takes one at a time. */
function joinOf(attempt, middle) {
    const two = attempt(calling(call(FIRST, FIRST_ID), call(SECOND, SECOND_ID)));
    const behindFirst = two.slice(two.indexOf(FIRST) + FIRST.length);
    const given = ARGUMENTS.exec(behindFirst);
    const secondAt = behindFirst.indexOf(SECOND);
    if (two === '' || given === null || secondAt < given.index)
        return undefined;
    if (!behindFirst.slice(secondAt + SECOND.length).startsWith(middle))
        return undefined;
    return behindFirst.slice(given.index + given[0].length, secondAt);
}
/** Without what ends every turn. */
function withoutEnd(text, end) {
    const at = end.trim() === '' ? -1 : text.indexOf(end.trim());
    if (at >= 0)
        return text.slice(0, at).trimEnd();
    return text.replace(/\s*(?:<\|[^|<>]+\|>|<\/s>|<end_of_turn>|<eos>|<｜[^<>]+｜>)\s*$/, '').trimEnd();
}
/** A tag that begins a call, or all of `before`; calls that begin as any JSON does are the whole answer. */
function triggerOf(before) {
    const tag = /^(?:<[^<>\s]+>|\[[A-Z_]+\])/.exec(before);
    if (tag !== null)
        return tag[0];
    return /^[[{]/.test(before) ? undefined : before.trimEnd();
}
/** Not in the middle of a tag: two that differ may begin alike. */
function beginningOfTag(text, at) {
    const open = text.lastIndexOf('<', at - 1);
    return at > 0 && open > text.lastIndexOf('>', at - 1) ? open : at;
}
function commonPrefix(a, b) {
    let length = 0;
    while (length < a.length && a[length] === b[length])
        length += 1;
    return length;
}
/** Definitions of functions in words, for models whose template has none. */
function toolText(tools, { before, middle, after }) {
    return [
        'You can call functions. These are their definitions, each in a line of JSON:',
        '<tools>',
        ...tools.map((tool) => JSON.stringify(tool)),
        '</tools>',
        'To call one, answer with its name and its arguments as JSON, in this form:',
        `${before}NAME${middle}{...}${after}`,
    ].join('\n');
}
/** The conversation with functions told of in its first message. @param role of that message */
export function withToolText(messages, tools, syntax, role) {
    const told = toolText(tools, syntax);
    const [first, ...others] = messages;
    if (first?.role === role)
        return [{ ...first, content: `${told}\n\n${first.content}` }, ...others];
    // A template that takes no system message may still take one as the user's.
    const rest = role === 'user' && first?.role === 'system' ? others : messages;
    const content = rest === messages ? told : `${told}\n\n${first.content}`;
    const [next, ...later] = rest;
    return role === 'user' && next?.role === 'user'
        ? [{ ...next, content: `${content}\n\n${next.content}` }, ...later]
        : [{ role, content }, ...rest];
}
//# sourceMappingURL=tool-syntax.js.map