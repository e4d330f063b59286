/** Files that users have, read into a journal and written out of it again. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { exportLine } from './exporting.js';
import { importInto, type ImportOptions } from './importing.js';
import { Redactor } from './redaction.js';
import { openJournal } from './store.js';

const root = mkdtempSync(path.join(os.tmpdir(), 'foretoken-import-'));
after(() => {
  rmSync(root, { recursive: true });
});
let files = 0;

function imported(content: string | Buffer, options: Partial<ImportOptions> = {}) {
  const file = path.join(root, `${files++}.jsonl`);
  writeFileSync(file, content);
  const journal = openJournal(path.join(root, `journal-${files}`));
  const result = importInto(journal, file, { format: 'auto', redactor: new Redactor(), ...options });
  const entries = [...journal.entries()].reverse();
  journal.close();
  return { ...result, entries, words: entries.map(({ prompt, output }) => [prompt, output]) };
}
const user = (content: string) => ({ role: 'user', content });
const assistant = (content: string) => ({ role: 'assistant', content });
const lines = (...values: readonly unknown[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('');

describe('importing', () => {
  it('reads other names of ShareGPT, and none that JavaScript has of its own', () => {
    const from = (name: string, value: string) => ({ from: name, value });
    const { words, faulty, faults } = imported(
      lines(
        {
          conversation: [
            { role: 'user', content: 'lmsys' },
            { role: 'assistant', content: 'a' },
          ],
        },
        { conversations: [from('Human', 'w?'), from('function_call', 'f'), from('observation', '5')] },
        { conversations: [from('human', 'x'), from('constructor', 'y')] },
      ),
    );
    assert.deepEqual(words, [
      [[user('lmsys')], 'a'],
      [[user('w?')], 'f'],
    ]);
    assert.equal(faulty, 1);
    assert.match(faults[0]!, /line 3 .* is from "constructor"/);
  });

  it('says that a file is UTF-16', () => {
    const text = Buffer.from(`\uFEFF${lines({ prompt: 'a' })}`, 'utf16le');
    assert.throws(() => imported(text), /is UTF-16, as PowerShell writes files; write it as UTF-8/);
    assert.throws(() => imported(Buffer.from(text).swap16()), /is UTF-16/);
  });

  it("reads OpenAI's fine-tuning, completion and batch lines", () => {
    const { words, entries, faulty } = imported(
      lines(
        {
          messages: [
            { role: 'developer', content: 'Be brief.' },
            user('Hi'),
            assistant('Hello'),
            user('Bye'),
            assistant('So long'),
          ],
        },
        { prompt: 'Once', completion: ' upon a time' },
        { prompt: 'Alone' },
        {
          custom_id: '1',
          method: 'POST',
          url: '/v1/chat/completions',
          body: { messages: [user('Batched')] },
        },
        { messages: [user('a'), { role: 'assistant', content: null, tool_calls: [] }] },
        { messages: [{ role: 'user', content: [{ type: 'text', text: 'part' }, { type: 'image_url' }] }] },
      ),
      { task: 'mine' },
    );
    const system = { role: 'system', content: 'Be brief.' };
    assert.equal(faulty, 0);
    assert.deepEqual(words, [
      [[system, user('Hi')], 'Hello'],
      [[system, user('Hi'), assistant('Hello'), user('Bye')], 'So long'],
      ['Once', ' upon a time'],
      ['Alone', ''],
      [[user('Batched')], ''],
      [[user('a')], ''],
      [[user('part')], ''],
    ]);
    assert.ok(
      entries.every(
        ({ task, source, target }) => task === 'mine' && source === 'imported' && target === undefined,
      ),
    );
  });

  it("reads ShareGPT's conversations, whole or a line each", () => {
    const conversation = {
      id: 'x',
      conversations: [
        { from: 'human', value: 'Hi' },
        { from: 'gpt', value: 'Hello' },
      ],
    };
    const whole = imported(`\uFEFF  ${JSON.stringify([conversation, conversation], undefined, 1)}`);
    assert.deepEqual(whole.words, [
      [[user('Hi')], 'Hello'],
      [[user('Hi')], 'Hello'],
    ]);
    assert.deepEqual(imported(lines(conversation)).words, whole.words.slice(1));
    const none = imported(lines({ messages: [user('x')] }), { format: 'sharegpt' });
    assert.deepEqual([none.entries.length, none.faulty], [0, 1]);
  });

  it('names lines that it cannot read, and goes on', () => {
    const { words, faults, faulty } = imported(
      `{"prompt": "one"}\nnonsense\n\n{"messages": [{"role": "assistant", "content": "I begin"}]}\n[1]\n{"x": 1}\n` +
        `{"messages": [{"role": 7}]}\n{"prompt": "${'x'.repeat(300_000)}"}\n{"prompt": "${'x'.repeat(5_000_000)}"}\n` +
        '{"conversations": [{"from": "nobody", "value": "x"}]}\n{"prompt": "last"}',
    );
    assert.deepEqual(words, [
      ['one', ''],
      ['last', ''],
    ]);
    assert.equal(faulty, 8);
    const expected = [
      /^line 2 of .* is left out: Unexpected token/,
      /^line 4 .* nobody asks/,
      /^line 5 .* no object/,
      /^line 6 .* neither messages, conversations nor a prompt/,
      /^line 7 .* the role 7/,
      /^line 8 .* 300000 characters/,
      /^line 9 .* longer than 4 MiB/,
      /^line 10 .* from "nobody"/,
    ];
    expected.forEach((words, at) => {
      assert.match(faults[at]!, words);
    });
  });

  it('lists ten faults and counts the others', () => {
    const { faults, faulty } = imported('x\n'.repeat(30));
    assert.deepEqual([faults.length, faulty], [10, 30]);
  });

  it('reads characters that lie across two pieces of a file', () => {
    const text = `{"prompt": "${'é'.repeat(200_000)}"}\n`;
    const { words } = imported(text.repeat(6));
    assert.equal(words.length, 6);
    assert.ok(words.every(([prompt]) => prompt === 'é'.repeat(200_000)));
  });

  it('redacts, also by patterns of the user', () => {
    const { words } = imported(lines({ messages: [user('I am a@b.example'), assistant('Hello EMP-1')] }), {
      redactor: new Redactor(['EMP-\\d']),
    });
    assert.deepEqual(words, [[[user('I am [e-mail]')], 'Hello [redacted]']]);
  });

  it('takes back what was exported', () => {
    const first = imported(
      lines(
        { messages: [user('Hi'), assistant('Hello'), user('Bye'), assistant('So long')], task: 'greet' },
        { prompt: 'Once', completion: ' upon' },
        { prompt: 'x' },
      ),
    );
    const again = imported(first.entries.map((entry) => `${exportLine(entry)}\n`).join(''));
    assert.deepEqual(again.words, first.words);
    assert.deepEqual(
      again.entries.map(({ task }) => task),
      ['greet', 'greet', undefined, undefined],
    );
  });

  it('refuses a JSON text that is none', () => {
    assert.throws(() => imported('[1, 2'), /is no JSON/);
    assert.throws(
      () =>
        importInto(openJournal(path.join(root, 'none')), path.join(root, 'absent'), {
          format: 'auto',
          redactor: new Redactor(),
        }),
      /Cannot read/,
    );
  });
});
