/** The file of tasks: what was written is read, and nothing else is. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { ForetokenError } from '../../base/errors.js';
import { TaskClassifier } from './classifier.js';
import { GENERAL, writeTaskModel, type TaskModel } from './model.js';
import { expectedCalibrationError, reliability, trainClassifier } from './train.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-tasks-'));
after(() => {
  rmSync(folder, { recursive: true });
});
const file = path.join(folder, 'tasks.json');
const tasks = [
  { id: 'german-translate', name: 'german translate', count: 60 },
  { id: 'sum-many', name: 'sum many', count: 60 },
];
const texts = Array.from({ length: 120 }, (_, i) =>
  i % 2 === 0
    ? { text: `Translate into German: the ${i} cats sleep`, task: 0 }
    : { text: `How many apples are ${i} apples and a sum of ${i * 3} pears?`, task: 1 },
);
const { model } = trainClassifier(tasks, texts);

describe('the file of tasks', () => {
  it('classifies as before it was written', () => {
    writeTaskModel(file, model);
    const read = TaskClassifier.read(file);
    const before = new TaskClassifier(model);
    for (const { text, task } of texts) {
      assert.deepEqual(read.classify(text), before.classify(text));
      assert.equal(read.classify(text).task, tasks[task]!.id);
    }
  });

  it('gives what has no known word to the general task', () => {
    assert.deepEqual(TaskClassifier.read(file).classify(''), { task: GENERAL, confidence: 0 });
  });

  it('refuses what is damaged', () => {
    const damaged: [string, (value: { -readonly [K in keyof TaskModel]: unknown }) => unknown][] = [
      ['version', (value) => (value.version = 2)],
      ['list of tasks', (value) => (value.tasks = [{ id: '../up', name: '', count: 1 }])],
      ['twice', (value) => (value.tasks = [tasks[0], tasks[0]])],
      ['no classifier', (value) => (value.classifier = null)],
      ['weights of tasks', (value) => (value.classifier = { ...model.classifier, weights: [[1], [2]] })],
      ['weights of terms', (value) => (value.classifier = { ...model.classifier, idf: ['x'] })],
      ['temperature', (value) => (value.classifier = { ...model.classifier, temperature: 0 })],
    ];
    for (const [words, damage] of damaged) {
      const value = { ...model } as { -readonly [K in keyof TaskModel]: unknown };
      damage(value);
      writeFileSync(file, JSON.stringify(value));
      assert.throws(
        () => TaskClassifier.read(file),
        (error) => error instanceof ForetokenError && error.message.includes(words),
      );
    }
    writeFileSync(file, '{"version":1');
    assert.throws(() => TaskClassifier.read(file), /is not JSON/);
    assert.throws(() => TaskClassifier.read(path.join(folder, 'none.json')), /Cannot read/);
  });
});

it('measures calibration', () => {
  const said = [0.95, 0.95, 0.95, 0.95].map((confidence, i) => ({ confidence, right: i > 0 }));
  assert.ok(Math.abs(expectedCalibrationError(said) - 0.2) < 1e-9);
  assert.deepEqual(
    reliability(said).map(({ from, count, accuracy }) => [from, count, accuracy]),
    [[0.9, 4, 0.75]],
  );
});
