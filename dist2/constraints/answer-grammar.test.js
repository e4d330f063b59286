/** Grammars of chat answers: which texts they take, calls of functions, reasoning and JSON among them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answerGbnf } from '../grammar/answer.js';
import { TAGGED_CALLS } from '../llama/tool-syntax.js';
import { accepts } from './test-support.js';
const WEATHER = {
    name: 'weather',
    parameters: {
        type: 'object',
        properties: { city: { type: 'string' }, unit: { enum: ['C', 'F'] } },
        required: ['city', 'unit'],
        additionalProperties: false,
    },
    param: 'tools[0].function.parameters',
};
const NOW = { name: 'now', param: 'tools[1].function.parameters' };
const CALL = '<tool_call>\n{"name": "weather", "arguments": {"city": "Oslo", "unit": "C"}}\n</tool_call>';
const NOW_CALL = '<tool_call>\n{"name": "now", "arguments": {}}\n</tool_call>';
const callable = (more = {}) => ({
    syntax: TAGGED_CALLS,
    functions: [WEATHER, NOW],
    required: false,
    parallel: true,
    ...more,
});
function check(wanted, valid, invalid) {
    const gbnf = answerGbnf(wanted);
    for (const text of valid)
        assert.ok(accepts(gbnf, text), `should accept ${text} by\n${gbnf}`);
    for (const text of invalid)
        assert.ok(!accepts(gbnf, text), `should reject ${text} by\n${gbnf}`);
}
describe('grammars of answers', () => {
    it('where a call may come', () => {
        check({ thinking: 'none', callable: callable() }, [
            '',
            'It rains.',
            'a < b, <tool>, <tool_cal',
            '<<<tool_ca<tool_',
            CALL,
            `Let me look.\n${CALL}`,
            `<<tool_call>\n{"name": "now", "arguments": {}}\n</tool_call>`,
            `${CALL}\n${NOW_CALL}`,
        ], [
            'see <tool_call>',
            '<tool_call>\n{"name": "weather", "arguments": {}}\n</tool_call>',
            '<tool_call>\n{"name": "other", "arguments": {}}\n</tool_call>',
            '<tool_call>\n{"name": "now", "arguments": {"a": 1}}\n</tool_call>',
            `${CALL} and that is all`,
            CALL.slice(0, -1),
        ]);
    });
    it('where one must come', () => {
        check({ thinking: 'none', callable: callable({ required: true }) }, [CALL, NOW_CALL, `${CALL}\n${CALL}`], ['', 'It rains.', ` ${CALL}`, `Well. ${CALL}`]);
    });
    it('where there is one at most', () => {
        const wanted = { thinking: 'none', callable: callable({ parallel: false }) };
        check(wanted, [CALL, `So: ${CALL}`], [`${CALL}\n${NOW_CALL}`]);
        const syntax = { ...TAGGED_CALLS, join: undefined };
        check({ thinking: 'none', callable: callable({ syntax }) }, [CALL], [`${CALL}\n${NOW_CALL}`]);
    });
    it('where calls begin as any JSON does', () => {
        const syntax = {
            before: '{"name": "',
            middle: '", "parameters": ',
            join: undefined,
            after: '}',
            trigger: undefined,
        };
        check({ thinking: 'none', callable: callable({ syntax }) }, ['', 'It rains {so to say}.', '{"name": "now", "parameters": {}}', '\n Well'], ['{"a": 1}', '{"name": "other", "parameters": {}}', '{"name": "now", "parameters": {}} so']);
    });
    it('with reasoning in front', () => {
        const required = callable({ required: true });
        check({ thinking: 'allowed', callable: required }, [CALL, `<think>Hm, <tool_call> or </thin...</think>\n\n${CALL}`], [`<think>Hm`, `<think>Hm</think>`, `Hm</think>${CALL}`]);
        check({ thinking: 'begun', callable: required }, [`Hm</think>${CALL}`], [CALL, 'Hm']);
        check({ thinking: 'begun', callable: callable() }, ['Hm', `Hm</think>So.`, `Hm</think>${CALL}`], ['a</think><tool_call>']);
    });
    it('with JSON where there is no call', () => {
        const format = {
            schema: { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] },
            param: 'f',
        };
        check({ thinking: 'none', callable: callable(), format }, [CALL, '{"a": 1}'], ['', 'text', '{"a": "x"}']);
        check({ thinking: 'begun', format }, ['Hm</think>\n{"a": 1}'], ['{"a": 1}', 'Hm</think>']);
    });
    it('with any object where there is no call', () => {
        const format = { schema: { type: 'object' }, param: 'response_format' };
        check({ thinking: 'none', callable: callable(), format }, [CALL, '{"a": [1, {"b": null}]}', '{}'], ['', 'text', '[]', '1']);
    });
    it('takes arguments that a schema leaves open, and recursive ones', () => {
        const open = { name: 'open', parameters: {}, param: 'p' };
        const tree = {
            name: 'tree',
            parameters: { properties: { left: { $ref: '#' }, leaf: { type: 'integer' } }, required: [] },
            param: 'q',
        };
        const call = (name, json) => `<tool_call>\n{"name": "${name}", "arguments": ${json}}\n</tool_call>`;
        check({ thinking: 'none', callable: callable({ functions: [open, tree], required: true }) }, [call('open', '{"any": [1]}'), call('open', '{}'), call('tree', '{"left": {"left": {"leaf": 3}}}')], [call('open', '[]'), call('tree', '{"left": 3}')]);
    });
    it('names the field of a schema that cannot be used', () => {
        const wrong = (parameters) => ({
            thinking: 'none',
            callable: callable({
                functions: [WEATHER, { name: 'f', parameters, param: 'tools[1].function.parameters' }],
            }),
        });
        for (const [parameters, message] of [
            [{ type: 'string' }, /"type" must be "object"/],
            [{ type: 'object', properties: { a: { type: 'nothing' } } }, /at #\/properties\/a/],
            [{ type: 'object', properties: { a: { $ref: '#/$defs/missing' } } }, /missing/],
        ])
            assert.throws(() => answerGbnf(wrong(parameters)), (error) => {
                assert.equal(error.code, 'invalid_schema');
                assert.equal(error.param, 'tools[1].function.parameters');
                assert.match(error.message, message);
                return true;
            });
    });
});
//# sourceMappingURL=answer-grammar.test.js.map