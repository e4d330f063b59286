/** Rounds over what no one would give them on purpose, and a disk that is full: clear words, and drafts as they were. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fileFingerprint } from '../../base/file-fingerprint.js';
import { CorpusWriter } from '../../drafts/corpus.js';
import { targetFingerprint, tasksPlace } from '../../drafts/registry/place.js';
import { DraftRegistry } from '../../drafts/registry/registry.js';
import { temporaryFolder, tinyAnswers, writeTinyTarget } from '../../drafts/test-targets.js';
import { readTaskModel } from '../classifier/model.js';
import { exampleEntry } from '../journal/examples.js';
import { openJournal } from '../journal/store.js';
import { findTasks } from './find-tasks.js';
import { adapt } from './round.js';
import type { RoundOptions } from './round-options.js';
import type { ChildRound } from './test-round-child.js';
import { type Traffic, type TrafficItem, trafficOf } from './traffic.js';

const folder = temporaryFolder();
const target = path.join(folder, 'target.gguf');
writeTinyTarget(target);
const fingerprint = targetFingerprint(target);
const registryIn = (name: string): DraftRegistry =>
  new DraftRegistry(tasksPlace(fingerprint, path.join(folder, name)), fingerprint);
const optionsFor = (registry: DraftRegistry, traffic: Traffic): RoundOptions => ({
  ...{ target, registry, corpus: [], traffic, maxTokens: 128, minutes: 0.05, seed: 1 },
  ...{ shape: { layers: 1, width: 64 }, threads: 1, servingThreads: 1 },
});

/** What a journal of this target holds as traffic. */
function journalled(name: string, entries: readonly ReturnType<typeof exampleEntry>[]): Traffic {
  const journal = openJournal(path.join(folder, `${name}-journal`));
  try {
    journal.append(...entries);
    const of = { target: fingerprint, targetFile: fileFingerprint(target) };
    return trafficOf(journal.entries({ of }), of.targetFile);
  } finally {
    journal.close();
  }
}
const served = (prompt: string, promptTokens: number[], outputTokens: number[]) =>
  exampleEntry({
    ...{ target: fingerprint, targetFile: fileFingerprint(target), prompt, promptTokens, outputTokens },
  });

const GREETINGS = [
  ...['hello', 'привет', '你好', 'こんにちは', 'สวัสดี', 'مرحبا', 'שלום', 'नमस्ते', '안녕하세요', 'γειά σου'],
  ...['გამარჯობა', 'բարև', 'ሰላም', 'வணக்கம்', 'হ্যালো', 'ສະບາຍດີ', 'မင်္ဂလာပါ', 'xin chào', 'dzień dobry', 'sæl'],
];

describe('a round of adapting', () => {
  it('says that the journal is empty', async () => {
    const traffic = journalled('empty', []);
    await assert.rejects(adapt(optionsFor(registryIn('empty'), traffic)), {
      code: 'invalid_option',
      message: /the journal or the file of prompts is empty/,
    });
  });

  it('says that no prompt leaves room for an answer', async () => {
    const tokens = Array.from({ length: 300 }, (_, i) => i % 64);
    const entries = Array.from({ length: 20 }, (_, i) => served(`long ${i}`, [i, ...tokens], [1, 2, 3]));
    const registry = registryIn('no-room');
    const options = optionsFor(registry, journalled('no-room', entries));
    await assert.rejects(adapt({ ...options, minutes: 5 }), {
      code: 'invalid_option',
      message: /No prompt leaves room for an answer: both together may have 128 tokens/,
    });
    assert.deepEqual(registry.read().drafts, []);
  });

  it('counts one prompt that was asked 10,000 times once', async () => {
    const again = served('again', [1, 2, 3], [4, 5, 6]);
    const traffic = journalled('again', Array<typeof again>(10_000).fill(again));
    assert.equal(traffic.items.length, 10_000);
    const registry = registryIn('again');
    const notes: string[] = [];
    await assert.rejects(adapt({ ...optionsFor(registry, traffic), onNote: (text) => notes.push(text) }), {
      code: 'invalid_option',
      message: /^1 text with a prompt of its own is too few to align a draft with/,
    });
    assert.match(notes.join('\n'), /1 text: general 1/);
    assert.deepEqual(registry.read().drafts, []);
  });

  it('takes prompts in 20 languages, of one token and of more than the context', async () => {
    assert.equal(GREETINGS.length, 20);
    const entries = Array.from({ length: 60 }, (_, i) => {
      const tokens =
        i < 40 ? [i] : Array.from({ length: i < 50 ? 126 : 300 }, (_token, j) => (i + 7 * j) % 64);
      return served(`${GREETINGS[i % 20]!} ${'!'.repeat(i)}`, tokens, [1 + (i % 9), 2, 3, 4]);
    });
    const registry = registryIn('languages');
    const notes: string[] = [];
    await adapt({
      ...optionsFor(registry, journalled('languages', entries)),
      // Enough on a busy machine, too; it ends after its passes.
      minutes: 1,
      onNote: (text) => notes.push(text),
    });
    // Those that fill the context leave no place for an answer.
    assert.match(notes.join('\n'), /^50 texts: /m);
    const { drafts, problems } = registry.read();
    assert.deepEqual(problems, []);
    assert.deepEqual(await registry.verify(drafts), new Map());
    assert.ok(drafts.some(({ id }) => id === 'general'));
  });
});

describe('tasks that prompts name', () => {
  const items = (sizes: Readonly<Record<string, number>>): TrafficItem[] =>
    Object.entries(sizes).flatMap(([task, count]) =>
      Array.from({ length: count }, (_, i) => ({
        ...{ task, prompt: `${task} about number ${i}`, served: undefined },
      })),
    );
  const found = (name: string, all: readonly TrafficItem[]) => {
    const { place } = registryIn(name);
    return findTasks(
      all,
      { ...place, tasks: path.join(folder, `${name}.json`) },
      { seed: 1, resumed: false },
    );
  };
  const namesOf = (name: string): string[] =>
    (
      JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8')) as { tasks: { id: string }[] }
    ).tasks.map(({ id }) => id);

  it('are as many as a classifier tells apart, the largest, and the others are general', () => {
    const sizes = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`kind${i}`, 60 - i]));
    const all = items(sizes);
    const { tasks, notes } = found('many', all);
    assert.match(notes[0]!, /of 40 tasks the 32 with the most prompts .* general task: kind32, .*kind39$/);
    assert.equal(namesOf('many').length, 32);
    assert.equal(tasks.get(all[0]!), 'kind0');
    assert.equal(tasks.get(all.at(-1)!), 'general');
  });

  it('may be written in any letters, and the file of tasks can be read again', () => {
    const all = items({ SQL_query: 20, перевод: 20, код: 20 });
    const { tasks } = found('letters', all);
    const ids = new Set(tasks.values());
    assert.equal(ids.size, 3);
    const { tasks: read } = readTaskModel(path.join(folder, 'letters.json'));
    assert.deepEqual(new Set(read.map(({ id }) => id)), ids);
  });

  it('are left out of the classifier where they have too few prompts, and it says which', () => {
    const all = items({ sql: 20, math: 20, rare: 3 });
    const { tasks, notes } = found('rare', all);
    assert.match(notes[0]!, /too few prompts to recognise a task by, of which 8 are the least: rare$/);
    assert.deepEqual(namesOf('rare'), ['math', 'sql']);
    assert.equal(tasks.get(all.at(-1)!), 'rare');
    const alone = found('alone', items({ sql: 20, rare: 3 }));
    assert.match(alone.notes[0]!, /: rare; so no request is routed to a draft of its task$/);
  });
});

const CHILD = fileURLToPath(new URL('./test-round-child.js', import.meta.url));

describe('a disk that is full', { skip: process.platform === 'win32' }, () => {
  it('ends the round in words, leaves the drafts as they were, and another round goes on', async () => {
    const prompts = Array.from({ length: 60 }, (_, i) => ({
      task: 'only',
      tokens: Int32Array.from({ length: 3 + (i % 5) }, (_token, j) => (i * 11 + j * 3 + (i >> 3)) % 64),
    }));
    const corpus = await tinyAnswers(target, prompts, { sequences: 8, contextSize: 512, batchSize: 128 }, 20);
    const corpusFile = path.join(folder, 'corpus.jsonl');
    const writer = new CorpusWriter(corpusFile, { append: false });
    for (const text of corpus) writer.add(text);
    writer.close();
    const registry = registryIn('full');
    const options = { ...optionsFor(registry, { items: [], requestsPerDay: undefined }), corpus };
    await adapt(options);
    const before = readFileSync(registry.place.registry);
    // The limit of a file's size stands for that of the disk: of the lock, of the texts, of the draft.
    for (const limit of [0, 16, 48]) {
      const round: ChildRound = { target, folder: registry.place.folder, corpus: corpusFile, minutes: 0.05 };
      const words = [process.execPath, CHILD, JSON.stringify(round)].map(
        (word) => `'${word.replaceAll("'", `'\\''`)}'`,
      );
      const { status, stdout, stderr } = spawnSync('bash', ['-c', `ulimit -f ${limit}; ${words.join(' ')}`], {
        encoding: 'utf8',
      });
      assert.equal(status, 1, `${limit}: ${stdout}${stderr}`);
      assert.match(
        stdout,
        /^storage_failed: .*(cannot be written|Cannot write)\b.*EFBIG/m,
        `${limit}: ${stdout}`,
      );
      assert.deepEqual(readFileSync(registry.place.registry), before);
      assert.deepEqual(await registry.verify(registry.read().drafts), new Map());
    }
    const copy = registryIn('full-copy');
    cpSync(registry.place.folder, copy.place.folder, { recursive: true });
    await adapt({ ...options, registry: copy });
    assert.deepEqual(copy.read().problems, []);
    assert.deepEqual(readdirSync(copy.place.folder).sort(), ['drafts', 'registry.json']);
  });
});
