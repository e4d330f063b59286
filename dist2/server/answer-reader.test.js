/** The parts of a chat answer, whatever pieces its text comes in. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { randomNumbers } from '../base/random.js';
import { TAGGED_CALLS } from '../llama/tool-syntax.js';
import { AnswerReader } from './answer-reader.js';
function read(reading, pieces) {
    const reader = new AnswerReader(reading);
    const calls = [];
    let [text, reasoning] = ['', ''];
    for (const parts of [...pieces.map((piece) => reader.push(piece)), reader.finish()]) {
        text += parts.text;
        reasoning += parts.reasoning;
        for (const { index, start, arguments: more } of parts.calls) {
            if (start !== undefined) {
                assert.match(start.id, /^[A-Za-z0-9]{9}$/);
                assert.equal(index, calls.length);
                calls.push({ name: start.name, arguments: '' });
            }
            calls[index].arguments += more;
        }
    }
    return { text, reasoning, calls, complete: reader.completeCalls };
}
const CALL = '<tool_call>\n{"name": "f", "arguments": {"a": "}\\"]<tool_call>", "b": [{}]}}\n</tool_call>';
const ARGUMENTS = '{"a": "}\\"]<tool_call>", "b": [{}]}';
const TOOLS = { thinking: 'none', syntax: TAGGED_CALLS };
const JSON_CALLS = {
    thinking: 'none',
    syntax: {
        before: '{"name": "',
        middle: '", "parameters": ',
        join: undefined,
        after: '}',
        trigger: undefined,
    },
};
const CASES = [
    [
        'plain text',
        { thinking: 'none', syntax: undefined },
        ' <think>x</think> ',
        { text: ' <think>x</think> ' },
    ],
    ['text beside tools', TOOLS, 'a < b <tool_ \n ', { text: 'a < b <tool_ \n ' }],
    ['a call', TOOLS, CALL, { text: '', calls: [{ name: 'f', arguments: ARGUMENTS }], complete: 1 }],
    [
        'text and a call',
        TOOLS,
        `I look.\n\n${CALL}`,
        { text: 'I look.', calls: [{ name: 'f', arguments: ARGUMENTS }] },
    ],
    [
        'two calls',
        TOOLS,
        `${CALL}\n${CALL.replace('"f"', '"g"')}`,
        {
            calls: [
                { name: 'f', arguments: ARGUMENTS },
                { name: 'g', arguments: ARGUMENTS },
            ],
            complete: 2,
        },
    ],
    [
        'a call that is cut',
        TOOLS,
        CALL.slice(0, 50),
        { calls: [{ name: 'f', arguments: CALL.slice(CALL.indexOf('{"a"'), 50) }], complete: 0 },
    ],
    ['a call cut in its name', TOOLS, 'So <tool_call>\n{"na', { text: 'So', calls: [] }],
    ['what reads like a call', TOOLS, 'see <tool_call> there', { text: 'see <tool_call> there', calls: [] }],
    [
        'calls as JSON',
        JSON_CALLS,
        '{"name": "f", "parameters": {"a": 1}}',
        { text: '', calls: [{ name: 'f', arguments: '{"a": 1}' }] },
    ],
    [
        'JSON later in a text',
        JSON_CALLS,
        'So {"name": "f", "parameters": {}}',
        { text: 'So {"name": "f", "parameters": {}}' },
    ],
    [
        'reasoning',
        { thinking: 'allowed', syntax: undefined },
        '\n<think>\nHm.\n</think>\n\nYes.\n',
        { reasoning: 'Hm.', text: 'Yes.\n' },
    ],
    [
        'no reasoning',
        { thinking: 'allowed', syntax: undefined },
        '<thin air',
        { reasoning: '', text: '<thin air' },
    ],
    [
        'reasoning begun',
        { thinking: 'begun', syntax: undefined },
        'Hm </think>Yes',
        { reasoning: 'Hm', text: 'Yes' },
    ],
    [
        'reasoning without end',
        { thinking: 'begun', syntax: undefined },
        'Hm </thi',
        { reasoning: 'Hm </thi', text: '' },
    ],
    [
        'reasoning and a call',
        { thinking: 'allowed', syntax: TAGGED_CALLS },
        `<think>Call <tool_call>?</think>\n${CALL}`,
        { reasoning: 'Call <tool_call>?', text: '', calls: [{ name: 'f', arguments: ARGUMENTS }] },
    ],
];
describe('an answer is told apart', () => {
    for (const [name, reading, text, wanted] of CASES)
        it(name, () => {
            const whole = read(reading, [text]);
            assert.deepEqual({ ...whole, ...wanted }, whole);
            assert.deepEqual(read(reading, Array.from(text)), whole, 'character by character');
            const random = randomNumbers(7);
            for (let round = 0; round < 50; round++) {
                const pieces = [];
                for (let at = 0; at < text.length;) {
                    const length = 1 + Math.floor(random() * 12);
                    pieces.push(text.slice(at, at + length));
                    at += length;
                }
                assert.deepEqual(read(reading, pieces), whole, JSON.stringify(pieces));
            }
        });
    it('passes text on as soon as it is certain', () => {
        const reader = new AnswerReader(TOOLS);
        assert.equal(reader.push('Hello ').text, 'Hello');
        assert.equal(reader.push('you <to').text, ' you');
        assert.equal(reader.push('p>').text, ' <top>');
        assert.deepEqual(reader.push('<tool_call>\n{"name": "f", "arguments": {"a').calls.at(-1)?.arguments, '{"a');
    });
});
//# sourceMappingURL=answer-reader.test.js.map