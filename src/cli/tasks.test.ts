/** `foretoken tasks discover` as a user runs it. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, it } from 'node:test';
import { TaskClassifier } from '../tasks/classifier/classifier.js';
import { writeTinyTarget } from '../drafts/test-targets.js';
import { run } from './test-command.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-discover-'));
after(() => {
  rmSync(folder, { recursive: true });
});
const at = (name: string): string => path.join(folder, name);
const lines = Array.from({ length: 120 }, (_, i) =>
  i % 2 === 0
    ? { prompt: `Translate this sentence into German: the ${i} cats sleep`, task: 'translate' }
    : { messages: [{ role: 'user', content: `How many apples has Ada with ${i} bags?` }], task: 'math' },
);

it('writes tasks and assignments, and compares with labels', async () => {
  writeFileSync(at('in.jsonl'), lines.map((line) => JSON.stringify(line)).join('\n'));
  const files = ['--input', at('in.jsonl'), '--output', at('tasks.json'), '--assignments', at('out.jsonl')];
  const { code, out, err } = await run(['tasks', 'discover', ...files]);
  assert.equal(code, 0, err);
  assert.match(out, /120 prompts.*2 tasks/);
  assert.match(out, /adjusted Rand index 1\.000, purity 1\.000/);
  const assignments = readFileSync(at('out.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { index: number; task: string; confidence: number });
  assert.deepEqual(
    assignments.map(({ index }) => index),
    lines.map((_, i) => i),
  );
  const { tasks } = TaskClassifier.read(at('tasks.json'));
  assert.deepEqual(new Set(assignments.map(({ task }) => task)), new Set(tasks.map(({ id }) => id)));
});

it('finds tasks in a journal and writes them there', async () => {
  const { code, err } = await run(['journal', 'import', '--journal', at('journal'), at('in.jsonl')]);
  if (code !== 0) assert.fail(err);
  const found = await run(['tasks', 'discover', '--journal', at('journal'), '--output', at('own.json')]);
  assert.equal(found.code, 0, found.err);
  const stats = await run(['journal', 'stats', '--journal', at('journal')]);
  for (const { id } of TaskClassifier.read(at('own.json')).tasks)
    assert.ok(stats.out.includes(id), stats.out);
});

it('leaves tasks as they are where there are too few prompts, in the journal, too', async () => {
  const named = lines.slice(0, 10).map((line, i) => JSON.stringify({ ...line, task: `mine-${i}` }));
  writeFileSync(at('ten.jsonl'), named.join('\n'));
  const journal = ['--journal', at('little')];
  assert.equal((await run(['journal', 'import', ...journal, at('ten.jsonl')])).code, 0);
  const before = (await run(['journal', 'stats', ...journal])).out;
  assert.match(before, /mine-9: 1 entry/);
  const target = path.join(folder, 'tiny.gguf');
  writeTinyTarget(target);
  const place = at('place');
  const found = await run(['tasks', 'discover', ...journal, '--model', target, '--tasks-dir', place]);
  assert.equal(found.code, 0, found.err);
  assert.match(found.out, /stays as it was/);
  assert.ok(!existsSync(path.join(place, 'tasks.json')));
  assert.equal((await run(['journal', 'stats', ...journal])).out, before);
});

it('keeps the ids of tasks that Foretoken has drafts for', async () => {
  const place = at('demo');
  const found = await run(['tasks', 'discover', '--input', at('in.jsonl'), '--tasks-dir', place]);
  assert.equal(found.code, 0, found.err);
  const { tasks } = TaskClassifier.read(path.join(place, 'tasks.json'));
  assert.deepEqual(tasks.map(({ id }) => id).sort(), ['math', 'translate']);
});

it('says what is missing', async () => {
  writeFileSync(at('empty.jsonl'), '\n');
  writeFileSync(at('broken.jsonl'), '{"prompt": 1}\n');
  const outcomes = [
    [['--input', at('empty.jsonl')], /There are no prompts/],
    [['--input', at('broken.jsonl')], /Line 1 of .*no text under "prompt"/],
    [['--input', at('none.jsonl')], /Cannot read/],
    [['--journal', at('nowhere')], /no journal/],
    [[], /Give --input with a file, or --journal/],
  ] as const;
  for (const [flags, words] of outcomes) {
    const { code, err } = await run(['tasks', 'discover', ...flags, '--output', at('x.json')]);
    assert.notEqual(code, 0);
    assert.match(err, words);
  }
});

it('clusters the vectors of a model, and says how long they take where it is long', async () => {
  const few = at('few.jsonl');
  writeFileSync(
    few,
    lines
      .slice(0, 48)
      .map((line) => JSON.stringify(line))
      .join('\n'),
  );
  const files = ['--input', few, '--output', at('vectors.json'), '--embedding-model', 'demo'];
  const { code, out, err } = await run(['tasks', 'discover', ...files]);
  assert.equal(code, 0, err);
  assert.match(out, /48 prompts/);
  assert.match(out, /adjusted Rand index/);
});

it('takes one prompt many times, many languages, single tokens and very long prompts', async () => {
  const words = [
    ...['hello', 'привет', '你好', 'こんにちは', 'สวัสดี', 'مرحبا', 'שלום', 'नमस्ते', '안녕', 'γεια'],
    ...['გამარჯობა', 'բարև', 'ሰላም', 'வணக்கம்', 'হ্যালো', 'ສະບາຍດີ', 'မင်္ဂလာပါ', 'xin chào', 'dzień dobry', 'sæl'],
  ];
  const odd = [
    ...Array.from({ length: 60 }, (_, i) => `${words[i % words.length]!} ${'x'.repeat(i)}`),
    ...words,
    'word '.repeat(100_000),
  ];
  const cases = [
    [
      Array<string>(10_000).fill('again'),
      /10000 prompts, 1 of them different: no tasks.*too few to tell tasks apart/s,
    ],
    [odd, /81 prompts, 80 of them different: \d tasks?\./],
    [['one', 'two'], /too few to tell tasks apart: 2 different/],
  ] as const;
  for (const [prompts, expected] of cases) {
    writeFileSync(at('odd.jsonl'), prompts.map((prompt) => JSON.stringify({ prompt })).join('\n'));
    const { code, out, err } = await run([
      'tasks',
      'discover',
      '--input',
      at('odd.jsonl'),
      '-o',
      at('odd.json'),
    ]);
    assert.equal(code, 0, err);
    assert.match(out, expected);
  }
});
