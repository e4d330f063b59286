/** How calls are written, learnt from chat templates such as models bring; and functions told of in words. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CHATML_TEMPLATE, ChatTemplate } from './chat-template.js';
import { TAGGED_CALLS } from './tool-syntax.js';
const template = (source) => new ChatTemplate(source, { bos: '<s>', eos: '</s>' });
const TOOLS = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }];
/** The parts of a turn of the assistant with calls, `item` being one call, in the manner of a model family. */
const turns = (begin, call, end, told = '') => `${told}{% for m in messages %}{% if m.role == 'assistant' %}<|a|>{% if m.tool_calls %}${begin}{% for c in m.tool_calls %}${call}{% endfor %}${end}{% else %}{{ m.content }}{% endif %}<|end|>\n{% else %}<|{{ m.role }}|>{{ m.content }}<|end|>\n{% endif %}{% endfor %}{% if add_generation_prompt %}<|a|>{% endif %}`;
describe('the syntax of calls', () => {
    it('in tags, as Hermes and Qwen write them', () => {
        const source = turns('', `{% if not loop.first %}{{ '\\n' }}{% endif %}<tool_call>\n{"name": "{{ c.function.name }}", "arguments": {{ c.function.arguments | tojson }}}\n</tool_call>`, '');
        assert.deepEqual(template(source).callSyntax, TAGGED_CALLS);
    });
    it('in a list behind a token, with ids, as Mistral writes them', () => {
        const source = turns('[TOOL_CALLS][', `{% if c.id | length != 9 %}{{ raise_exception('ids') }}{% endif %}{"name": "{{ c.function.name }}", "arguments": {{ c.function.arguments | tojson }}, "id": "{{ c.id }}"}{% if not loop.last %}, {% endif %}`, ']');
        assert.deepEqual(template(source).callSyntax, {
            before: '[TOOL_CALLS][{"name": "',
            middle: '", "arguments": ',
            join: '}, {"name": "',
            after: '}]',
            trigger: '[TOOL_CALLS]',
        });
    });
    it('between tokens alone', () => {
        const source = turns('', '[TOOL_CALLS]{{ c.function.name }}[ARGS]{{ c.function.arguments | tojson }}', '');
        assert.deepEqual(template(source).callSyntax, {
            before: '[TOOL_CALLS]',
            middle: '[ARGS]',
            join: '[TOOL_CALLS]',
            after: '',
            trigger: '[TOOL_CALLS]',
        });
    });
    it('one at a time as the whole answer, as Llama 3 writes it', () => {
        const source = turns(`{% if m.tool_calls | length != 1 %}{{ raise_exception('one call at a time') }}{% endif %}`, '{"name": "{{ c.function.name }}", "parameters": {{ c.function.arguments | tojson }}}', '');
        assert.deepEqual(template(source).callSyntax, {
            before: '{"name": "',
            middle: '", "parameters": ',
            join: undefined,
            after: '}',
            trigger: undefined,
        });
    });
    it('in tags that hold the name, as Functionary writes them, and only where there are tools', () => {
        const source = turns('{% if tools %}', '<function={{ c.function.name }}>{{ c.function.arguments | tojson }}</function>', '{% endif %}');
        assert.deepEqual(template(source).callSyntax, {
            before: '<function=',
            middle: '>',
            join: '</function><function=',
            after: '</function>',
            trigger: '<function=',
        });
    });
    it('is in tags where a template knows none, or writes arguments other than as JSON', () => {
        const xml = turns('', '<f={{ c.function.name }}>{% for k, v in c.function.arguments.items() %}<p={{ k }}>{{ v }}</p>{% endfor %}</f>', '');
        for (const source of [CHATML_TEMPLATE, xml, "{{ raise_exception('never') }}"])
            assert.deepEqual(template(source).callSyntax, TAGGED_CALLS);
    });
});
describe('what a model is told of functions', () => {
    it('is what its template says', () => {
        const source = turns('', '', '', '{% if tools %}TOOLS {{ tools | tojson }}\n{% endif %}');
        const text = template(source).render([{ role: 'user', content: 'Hi' }], { variables: { tools: TOOLS } });
        assert.match(text, /^TOOLS \[\{"type": "function"/);
        assert.doesNotMatch(text, /You can call/);
    });
    it('is in the system message where the template says nothing', () => {
        const chatml = template(CHATML_TEMPLATE);
        const variables = { tools: TOOLS };
        const system = { role: 'system', content: 'Be brief.' };
        const user = { role: 'user', content: 'Hi' };
        assert.match(chatml.render([system, user], { variables }), /^<\|im_start\|>system\nYou can call[^]*"name":"weather"[^]*\n\nBe brief\.<\|im_end\|>\n<\|im_start\|>user\nHi<\|im_end\|>/);
        assert.match(chatml.render([user], { variables }), /^<\|im_start\|>system\nYou can call[^]*<\|im_start\|>user\nHi/);
        assert.doesNotMatch(chatml.render([user], { variables: { tools: [] } }), /You can call/);
    });
    it("is in the user's where the template takes no system message", () => {
        const source = `{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system') }}{% endif %}<{{ m.role }}>{{ m.content }}{% endfor %}`;
        const variables = { tools: TOOLS };
        const text = template(source).render([{ role: 'user', content: 'Hi' }], { variables });
        assert.match(text, /^<user>You can call[^]*\n\nHi$/);
    });
});
//# sourceMappingURL=tool-syntax.test.js.map