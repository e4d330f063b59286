import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CHATML_TEMPLATE, ChatTemplate } from './chat-template.js';
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

  it('leaves the last message open where it is to be continued', () => {
    const template = new ChatTemplate(undefined, SPECIAL);
    const messages = [...MESSAGES, { role: 'assistant', content: 'I am ' }];
    assert.ok(template.render(messages, { continueLast: true }).endsWith('<|im_start|>assistant\nI am '));
    const empty = [...MESSAGES, { role: 'assistant', content: '' }];
    assert.ok(template.render(empty, { continueLast: true }).endsWith('<|im_start|>assistant\n'));
    const silent = new ChatTemplate('{{ messages[0].content }}', SPECIAL);
    assert.throws(() => silent.render(messages, { continueLast: true }), {
      code: 'invalid_request',
      param: 'continue_final_message',
    });
  });

  it('continues a message that names special tokens, without reading them as such', () => {
    const vocabulary = Vocabulary.open(DEMO_MODEL);
    const template = ChatTemplate.of(vocabulary);
    const [special] = Array.from({ length: vocabulary.size }, (_, id) => vocabulary.text(id)).filter(
      (text) => vocabulary.specialTokens.find(text).length === 1 && text.length > 3,
    );
    assert.ok(special !== undefined);
    const open = (content: string): number[] =>
      Array.from(
        template.tokenize(vocabulary, [MESSAGES[1]!, { role: 'assistant', content }], { continueLast: true }),
      );
    const before = open('So');
    const text = vocabulary.tokenize(`So ${special}`);
    assert.deepEqual(open(`So ${special}`).slice(-text.length), Array.from(text));
    assert.equal(
      open(`So ${special}`).length - before.length,
      text.length - vocabulary.tokenize('So').length,
    );
    vocabulary.dispose();
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

  it('knows how answers begin: as the template ends, or with its last special token', () => {
    const vocabulary = Vocabulary.open(DEMO_MODEL);
    const startOf = (source: string | undefined): string =>
      ChatTemplate.of(vocabulary, source)
        .answerStart(vocabulary)
        .map((token) => vocabulary.text(token).replace('Ċ', '\n'))
        .join('');
    assert.equal(startOf(undefined), '<|im_start|>assistant\n');
    assert.equal(startOf(CHATML_TEMPLATE), '<|im_start|>assistant\n');
    const alwaysOpen = CHATML_TEMPLATE.replace('{% if add_generation_prompt %}', '{% if true %}');
    assert.equal(startOf(alwaysOpen), '<|im_start|>assistant\n', 'nothing is added');
    assert.equal(startOf("{{ raise_exception('no') }}"), '');
    assert.equal(startOf('{{ messages[0].content }}'), '');
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
