import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ChatTemplate } from './chat-template.js';
import { DEMO_MODEL } from './test-models.js';
import { Vocabulary } from './vocabulary.js';

const SPECIAL = { bos: '<s>', eos: '</s>' };
const MESSAGES = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hello {{ there }}' },
];

describe('chat template', () => {
  it('is ChatML for a model without one', () => {
    const template = new ChatTemplate(undefined, SPECIAL);
    assert.ok(!template.isOwn);
    assert.equal(
      template.render(MESSAGES),
      '<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHello {{ there }}<|im_end|>\n<|im_start|>assistant\n',
    );
    assert.ok(!template.render(MESSAGES, { addGenerationPrompt: false }).includes('assistant'));
  });

  it('has the variables and functions that templates use', () => {
    const template = new ChatTemplate(
      "{{ bos_token }}{{ strftime_now('%Y') }}{% for m in messages %}[{{ m.content | trim }}]{% endfor %}{{ eos_token }}{% if tools %}tools{% endif %}{% if flag is defined %}{{ flag }}{% endif %}",
      SPECIAL,
    );
    const year = new Date().getFullYear();
    assert.equal(
      template.render([{ role: 'user', content: ' a ' }], { variables: { flag: 'on' } }),
      `<s>${year}[a]</s>on`,
    );
  });

  it("turns its errors into the request's", () => {
    const refusing = new ChatTemplate("{{ raise_exception('Roles must alternate') }}", SPECIAL);
    assert.throws(() => refusing.render(MESSAGES), {
      code: 'invalid_request',
      param: 'messages',
      message: /Roles must alternate/,
    });
    const broken = new ChatTemplate('{% for %}', SPECIAL);
    assert.throws(() => broken.render(MESSAGES), { code: 'invalid_request' });
  });

  it('writes the beginning of the text once', () => {
    const vocabulary = Vocabulary.open(DEMO_MODEL);
    const calls: (boolean | undefined)[] = [];
    const watched = {
      addBos: true,
      specialTokens: vocabulary.specialTokens,
      tokenize: (_text: string, options?: { addSpecial?: boolean }): Int32Array => {
        calls.push(options?.addSpecial);
        return new Int32Array();
      },
    };
    new ChatTemplate('{{ bos_token }}x', SPECIAL).tokenize(watched, MESSAGES);
    new ChatTemplate('x', SPECIAL).tokenize(watched, MESSAGES);
    assert.deepEqual(calls, [false, true]);
    vocabulary.dispose();
  });

  it('speaks to the demo model in its special tokens', () => {
    const vocabulary = Vocabulary.open(DEMO_MODEL);
    const template = ChatTemplate.of(vocabulary);
    assert.ok(template.isOwn);
    const tokens = template.tokenize(vocabulary, MESSAGES);
    const plain = vocabulary.tokenize(template.render(MESSAGES));
    assert.ok(tokens.length < plain.length, 'the markers are tokens of their own');
    vocabulary.dispose();
  });
});
