/** What of a request says its task: the last turns and the system prompt's beginning, within a bound. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PROMPT_TEXT_LIMIT, promptText } from './prompt-text.js';

describe('the text that says the task', () => {
  it('is the prompt itself', () => {
    assert.equal(promptText('  Translate this.\n'), 'Translate this.');
    assert.equal(promptText(''), '');
  });

  it('is the last turn of the user, behind the system prompt', () => {
    const text = promptText([
      { role: 'system', content: 'You write SQL.' },
      { role: 'user', content: 'Summarize this long report about bridges.' },
      { role: 'assistant', content: 'It is about bridges.' },
      { role: 'user', content: 'Show the names of all customers from Lima.' },
    ]);
    assert.equal(text, 'You write SQL.\n\nShow the names of all customers from Lima.');
  });

  it('takes the turn before with a short one', () => {
    const text = promptText([
      { role: 'user', content: 'Translate into German: good morning, everyone' },
      { role: 'assistant', content: 'Guten Morgen, alle' },
      { role: 'user', content: 'and in French?' },
    ]);
    assert.match(text, /^Translate into German.*\n\nand in French\?$/s);
  });

  it('reads lists of parts, and nothing where there is no text', () => {
    const parts = [{ type: 'text', text: 'Describe' }, { type: 'image_url', image_url: {} }, 'this', null];
    assert.equal(promptText([{ role: 'user', content: parts }]), 'Describe\nthis');
    assert.equal(promptText([{ role: 'user', content: null }]), '');
    assert.equal(promptText([]), '');
  });

  it('keeps the beginning and the end of a long one, as whole characters', () => {
    for (const filler of ['word ', '😀', '語']) {
      const long = `Sum up:${filler.repeat(100_000)}In two sentences.`;
      const text = promptText([
        { role: 'system', content: long },
        { role: 'user', content: long },
      ]);
      assert.ok(text.length <= PROMPT_TEXT_LIMIT, `${text.length}`);
      assert.doesNotMatch(text, /\p{Surrogate}/u);
      assert.match(text, /^Sum up:/);
      assert.match(text, /In two sentences\.$/);
    }
  });
});
