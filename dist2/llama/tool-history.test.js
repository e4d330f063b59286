/** Calls and results in the form that a template knows, and as text where it knows none. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CHATML_TEMPLATE, ChatTemplate } from './chat-template.js';
const HISTORY = [
    { role: 'user', content: 'weather?' },
    {
        role: 'assistant',
        content: '',
        tool_calls: [
            { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
            { id: 'c2', type: 'function', function: { name: 'time', arguments: 'not JSON' } },
        ],
    },
    { role: 'tool', content: 'rain', tool_call_id: 'c1', name: 'weather' },
    { role: 'tool', content: 'noon', tool_call_id: 'c2' },
    { role: 'user', content: 'And now?' },
];
const render = (source) => new ChatTemplate(source, { bos: '', eos: '' }).render(HISTORY);
const CALLS = '{% for m in messages %}<{{ m.role }}>{% for c in m.tool_calls or [] %}';
const REST = '{% endfor %}{% if m.content %}{{ m.content }}{% endif %}{% endfor %}';
describe('a conversation with tools', () => {
    it('gives templates arguments as objects where they know these', () => {
        assert.equal(render(`${CALLS}{{ c.function.name }}({{ c.function.arguments | tojson }}){% if c.function.arguments is string %}!{% endif %}${REST}`), '<user>weather?<assistant>weather({"city": "Oslo"})time("not JSON")!<tool>rain<tool>noon<user>And now?');
    });
    it('and as text where they put it together with text', () => {
        assert.equal(render(`${CALLS}{{ c.function.name + '(' + c.function.arguments.strip() + ')' }}${REST}`), '<user>weather?<assistant>weather({"city":"Oslo"})time(not JSON)<tool>rain<tool>noon<user>And now?');
    });
    it('and no content where they ask for none', () => {
        assert.equal(render('{% for m in messages %}{% if m.content is none %}{% for c in m.tool_calls or [] %}{{ c.function.name + c.function.arguments.strip() }}{% endfor %}{% else %}{{ m.content }}{% endif %};{% endfor %}'), 'weather?;weather{"city":"Oslo"}timenot JSON;rain;noon;And now?;');
    });
    it('writes calls as text for templates that know results only', () => {
        assert.match(render(CHATML_TEMPLATE), /assistant\n<tool_call>\n{"name": "weather", "arguments": {"city":"Oslo"}}\n<\/tool_call>\n<tool_call>\n{"name": "time", "arguments": not JSON}\n<\/tool_call><\|im_end\|>\n<\|im_start\|>tool\nrain<\|im_end\|>/);
    });
    it('has the user say results where user and assistant must take turns', () => {
        const text = render("{% for m in messages %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) or m.role == 'tool' %}{{ raise_exception('turns') }}{% endif %}[{{ m.content }}]{% endfor %}");
        assert.equal(text, '[weather?][<tool_call>\n{"name": "weather", "arguments": {"city":"Oslo"}}\n</tool_call>\n' +
            '<tool_call>\n{"name": "time", "arguments": not JSON}\n</tool_call>]' +
            '[<tool_response>\nrain\n</tool_response>\n<tool_response>\nnoon\n</tool_response>\nAnd now?]');
    });
    it('falls back to text where a template refuses just these calls', () => {
        const text = render(`${CALLS}{% if c.id | length != 9 %}{{ raise_exception('ids have nine characters') }}{% endif %}{{ c.function.name ~ c.function.arguments }}${REST}`);
        assert.match(text, /<assistant><tool_call>\n{"name": "weather", "arguments": {"city":"Oslo"}}/);
    });
});
//# sourceMappingURL=tool-history.test.js.map