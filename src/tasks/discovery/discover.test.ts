/** Tasks found in prompts without labels: real ones of the bundled tasks and of Spec-Bench, and odd ones. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bundledPrompts } from '../../base/bundled.js';
import { ForetokenError } from '../../base/errors.js';
import { TaskClassifier } from '../classifier/classifier.js';
import { GENERAL } from '../classifier/model.js';
import { adjustedRandIndex } from './agreement.js';
import { discoverInBackground } from './background.js';
import { discoverTasks } from './discover.js';
import { readPrompts } from './input.js';

const bundled = readPrompts(bundledPrompts()).filter((_, i) => i % 2 === 0);
const texts = bundled.map(({ text }) => text);
const labels = bundled.map(({ label }) => label);

describe('discovery', () => {
  const found = discoverTasks(texts);
  const tasks = found.assignments.map(({ task }) => task);

  it('finds what the bundled prompts were made for', () => {
    assert.equal(found.model.tasks.length, new Set(labels).size);
    assert.ok(adjustedRandIndex(labels, tasks) >= 0.95);
  });

  it('finds the same from another seed and in another order', async () => {
    const backwards = await discoverInBackground([...texts].reverse(), { seed: 5 });
    const again = backwards.assignments.map(({ task }) => task).reverse();
    assert.ok(adjustedRandIndex(tasks, again) >= 0.95);
  });

  it('keeps the ids of known tasks', () => {
    const grown = discoverTasks([...texts.slice(100), ...texts.slice(0, 50)], { known: found.model });
    const ids = (model: typeof found.model): string[] => model.tasks.map(({ id }) => id).sort();
    assert.deepEqual(ids(grown.model), ids(found.model));
  });

  it('trains a classifier that agrees', () => {
    const classifier = new TaskClassifier(found.model);
    const same = texts.filter((text, i) => classifier.classify(text).task === tasks[i]);
    assert.ok(same.length / texts.length > 0.97);
  });

  it('finds the categories of Spec-Bench', () => {
    const file = fileURLToPath(new URL('../../../bench/data/prompts/spec-bench.jsonl', import.meta.url));
    const kinds = readFileSync(file, 'utf8').match(/"category": *"[a-z_]+"/g)!;
    const common = readPrompts(file).map(({ label }) =>
      kinds.filter((kind) => kind.includes(`"${label!}"`)).length > 10 ? label : 'mt-bench',
    );
    const { assignments } = discoverTasks(readPrompts(file).map(({ text }) => text));
    assert.ok(
      adjustedRandIndex(
        common,
        assignments.map(({ task }) => task),
      ) >= 0.75,
    );
  });
});

describe('odd prompts', () => {
  it('says that too few are too few', () => {
    for (const few of [[], ['one prompt'], Array<string>(10_000).fill('the same prompt'), ['', '', '']]) {
      const { model, assignments, notes } = discoverTasks(few);
      assert.deepEqual(model.tasks, []);
      assert.equal(assignments.length, few.length);
      assert.ok(assignments.every(({ task }) => task === GENERAL));
      assert.match(notes.join(' '), /too few/);
    }
  });

  it('finds one task in prompts of one kind', () => {
    const { model } = discoverTasks(
      Array.from({ length: 100 }, (_, i) => `Translate into German: I have ${i} cats called cat${i}`),
    );
    assert.equal(model.tasks.length, 1);
  });

  it('takes every script, single signs, and texts of any length', () => {
    const odd = [
      'переведи это',
      '翻译这个句子',
      'これを翻訳して',
      'แปลประโยคนี้',
      'ترجم هذا',
      'תרגם את זה',
      'इसका अनुवाद',
    ];
    const many = Array.from(
      { length: 140 },
      (_, i) => `${odd[i % odd.length]!} ${String.fromCodePoint(0x4e00 + i)}`,
    );
    const { assignments, model } = discoverTasks([
      ...many,
      ...Array.from({ length: 60 }, (_, i) => String.fromCodePoint(0x21 + i)),
      'word '.repeat(100_000),
      '\u0000\ud800',
    ]);
    assert.equal(assignments.length, 202);
    for (const { id } of model.tasks) assert.match(id, /^[a-z0-9]+(-[a-z0-9]+)*$/);
  });
});

it('names the line of an input that cannot be read', () => {
  assert.throws(
    () => readPrompts(fileURLToPath(new URL('../../../README.md', import.meta.url))),
    (error) => error instanceof ForetokenError && /Line \d+ of .*README/.test(error.message),
  );
});
