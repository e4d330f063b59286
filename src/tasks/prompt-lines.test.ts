/** The one reader of prompts: every form it takes, and what it says of lines it does not. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, it } from 'node:test';
import { readPromptLines, type ReadPromptLinesOptions } from './prompt-lines.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-prompt-lines-'));
after(() => {
  rmSync(folder, { recursive: true });
});
const read = (content: string, options: Partial<ReadPromptLinesOptions> = {}): unknown[] => {
  const file = path.join(folder, 'prompts.jsonl');
  writeFileSync(file, content);
  return readPromptLines(file, { param: 'input', ...options }).map(({ messages, task, category }) => [
    messages.map(({ role, content: text }) => `${role}: ${text}`).join(' | '),
    task ?? category,
  ]);
};

it('reads prompts, conversations and turns, with a mark of byte order and empty lines', () => {
  const lines = [
    '{"prompt":"p","task":"t"}',
    '',
    '{"turns":["first","second"],"category":"c"}',
    '{"messages":[{"role":"system","content":"s"},{"role":"user","content":[{"type":"text","text":"u"}]},{"role":"assistant","content":"a"}]}',
  ];
  assert.deepEqual(read(`\ufeff${lines.join('\r\n')}`), [
    ['user: p', 't'],
    ['user: first', 'c'],
    ['system: s | user: u', undefined],
  ]);
  assert.equal(read(lines.join('\n'), { most: 2 }).length, 2);
});

it('takes plain text and empty prompts only where that is wanted', () => {
  assert.deepEqual(read('plain\n', { plainText: true }), [['user: plain', undefined]]);
  assert.throws(() => read('plain\n'), { code: 'invalid_dataset', message: /Line 1 of .* is not JSON/ });
  assert.equal(read('{"prompt":""}', { emptyToo: true }).length, 1);
  assert.throws(() => read('{"prompt":""}'), /Line 1 of .* no text under "prompt"/);
});

it('names the line at fault', () => {
  for (const bad of [
    '{',
    'null',
    '[]',
    '{"prompt":1}',
    '{"messages":[]}',
    '{"messages":[null]}',
    '{"messages":[{"role":"user","content":{}}]}',
    '{"messages":[{"role":"assistant","content":"a"}]}',
  ])
    assert.throws(
      () => read(`{"prompt":"fine"}\n${bad}\n`),
      { code: 'invalid_dataset', message: /^Line 2 of / },
      bad,
    );
  assert.throws(() => readPromptLines(path.join(folder, 'none'), { param: 'input' }), {
    code: 'file_not_found',
    param: 'input',
  });
});
