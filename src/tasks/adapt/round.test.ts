/** A round over a tiny target: what it makes, and that nothing is lost when it is ended, doubled, or given nonsense. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { randomNumbers } from '../../base/random.js';
import { taskId } from '../../base/task-id.js';
import { CorpusWriter } from '../../drafts/corpus.js';
import { targetFingerprint, tasksPlace } from '../../drafts/registry/place.js';
import { DraftRegistry } from '../../drafts/registry/registry.js';
import { temporaryFolder, TINY, tinyAnswers, writeTinyTarget } from '../../drafts/test-targets.js';
import type { JournalEntry } from '../journal/entry.js';
import { adapt } from './round.js';
import type { RoundOptions } from './round-options.js';
import type { ChildRound } from './test-round-child.js';
import { readPrompts, trafficOf } from './traffic.js';

const folder = temporaryFolder();
const target = path.join(folder, 'target.gguf');
writeTinyTarget(target);
const fingerprint = targetFingerprint(target);

const PROMPTS = Array.from({ length: 130 }, (_, i) => ({
  task: i < 60 ? 'first task' : i < 120 ? 'second' : 'rare',
  tokens: Int32Array.from(
    { length: 3 + (i % 5) },
    (_, j) => (i * 11 + j * 3 + (i >> 3)) % TINY.vocabularySize,
  ),
}));
const corpus = await tinyAnswers(target, PROMPTS, { sequences: 8, contextSize: 512, batchSize: 128 }, 20);
const corpusFile = path.join(folder, 'corpus.jsonl');
const writer = new CorpusWriter(corpusFile, { append: false });
corpus.forEach((text) => {
  writer.add(text);
});
writer.close();

const registryIn = (name: string): DraftRegistry =>
  new DraftRegistry(tasksPlace(fingerprint, path.join(folder, name)), fingerprint);
const optionsFor = (registry: DraftRegistry): RoundOptions => ({
  ...{ target, registry, corpus, traffic: { items: [], requestsPerDay: undefined }, maxTokens: 64 },
  ...{ shape: { layers: 1, width: 64 }, minutes: 0.1, threads: 1, servingThreads: 1, seed: 1 },
});

describe('a round', () => {
  it('whose minutes are used up before its first draft makes one all the same', async () => {
    const registry = registryIn('late');
    await adapt({ ...optionsFor(registry), minutes: 0.001, only: 'second' });
    const { drafts, problems } = registry.read();
    assert.deepEqual(problems, []);
    assert.ok(drafts.some(({ id }) => id === 'general'));
  });

  it('whose minutes are used up before it has texts makes as many as a draft needs', async () => {
    const registry = registryIn('slow');
    const second = corpus.filter(({ task }) => task === 'second');
    const items = second.map(({ tokens, promptLength, task }, index) => {
      return { task, prompt: `prompt ${index}`, served: { tokens: [...tokens], promptLength } };
    });
    await adapt({
      ...optionsFor(registry),
      ...{ corpus: [], traffic: { items, requestsPerDay: undefined }, minutes: 0.00001, only: 'second' },
    });
    const { drafts } = registry.read();
    assert.ok(drafts.some(({ id, data }) => id === 'general' && data.texts > 0));
  });

  it('makes a general draft and those of tasks, measures, assigns, and leaves nothing behind', async () => {
    const registry = registryIn('whole');
    const notes: string[] = [];
    const phases = new Set<string>();
    const result = await adapt({
      ...optionsFor(registry),
      shape: undefined,
      onNote: (text) => notes.push(text),
      onProgress: ({ phase, done, leftMs }) => {
        phases.add(phase);
        assert.ok(done >= 0 && done <= 1 && leftMs >= 0);
      },
    });
    const { drafts, assignments, decisions, problems } = registry.read();
    assert.deepEqual(problems, []);
    assert.deepEqual(await registry.verify(drafts), new Map());
    assert.ok(drafts.some(({ id }) => id === 'general'));
    for (const { acceptance, tokenMs, data, target: of } of drafts) {
      assert.ok(Object.keys(acceptance).length > 0 && tokenMs > 0 && data.texts > 0);
      assert.equal(of, fingerprint);
    }
    assert.deepEqual(new Set(Object.keys(assignments)), new Set(Object.keys(result.assignments)));
    for (const task of ['first-task', 'second', 'general']) {
      const { draft, candidates } = assignments[task]!;
      assert.ok(draft === null || drafts.some(({ id }) => id === draft));
      assert.ok(
        candidates.some((one) => one.draft === 'none') && candidates.some((one) => one.draft === 'lookup'),
      );
    }
    const byTask = new Map(decisions.map((decision) => [decision.task, decision]));
    assert.equal(byTask.get('first-task')!.train, true);
    assert.ok(byTask.get('first-task')!.after !== undefined);
    assert.match(byTask.get('rare')!.reason, /too little data: \d+ prompts/);
    assert.match(notes.join('\n'), /first-task: guesses \d+ % right/);
    // Of every size of a new draft it is said what was predicted of it, and why it was left out or taken.
    const general = drafts.find(({ id }) => id === 'general')!;
    const lines = notes.filter((note) => /a draft of \d+ layers of \d+: predicted .* ms a token/.test(note));
    assert.equal(lines.length, result.sizes.length);
    // Which of them are left out is this machine's affair: sizes.test.ts has others.
    for (const [at, { layers, width, leftOut }] of result.sizes.entries()) {
      assert.ok(lines[at]!.includes(`a draft of ${layers} layers of ${width}:`), lines[at]);
      assert.ok(leftOut === undefined || lines[at]!.includes(`: left out: ${leftOut}`), lines[at]);
      const isTaken = layers === general.shape.layers && width === general.shape.width;
      assert.equal(/[:;] taken\b/.test(lines[at]!), isTaken, lines[at]);
    }
    for (const { id } of drafts) {
      const { measured, predicted } = result.tokenTimes[id]!;
      assert.ok(measured > 0 && predicted! > 0);
    }
    assert.ok(phases.has('aligning') && phases.has('measuring'));
    assert.ok(!existsSync(registry.place.work));
    assert.ok(!existsSync(path.join(registry.place.folder, 'adapt.lock')));
  });

  it('aligns one task alone, and names the others where it is not among them', async () => {
    const registry = registryIn('one');
    const result = await adapt({ ...optionsFor(registry), only: 'second' });
    assert.deepEqual(
      result.decisions.map(({ task }) => task),
      ['second'],
    );
    await assert.rejects(
      adapt({ ...optionsFor(registry), only: 'none-such' }),
      /no task 'none-such' in the texts; there are: .*second/,
    );
  });

  it('says that there is nothing to learn from, and that another one runs', async () => {
    const registry = registryIn('empty');
    await assert.rejects(
      adapt({ ...optionsFor(registry), corpus: [] }),
      /the journal or the file of prompts is empty/,
    );
    const few = adapt({ ...optionsFor(registry), corpus: corpus.slice(0, 5) });
    await assert.rejects(few, /too few to align a draft with/);
    const running = adapt(optionsFor(registry));
    await assert.rejects(adapt(optionsFor(registry)), { code: 'locked' });
    await running;
  });

  it('is cancelled in between and goes on', async () => {
    const registry = registryIn('cancelled');
    const controller = new AbortController();
    const first = adapt({
      ...optionsFor(registry),
      signal: controller.signal,
      onProgress: ({ phase }) => {
        if (phase === 'aligning') controller.abort();
      },
    });
    await assert.rejects(first, { code: 'cancelled' });
    const made = registry.read().drafts.find(({ id }) => id === 'general')!;
    const notes: string[] = [];
    await adapt({ ...optionsFor(registry), onNote: (text) => notes.push(text) });
    assert.match(notes[0]!, /going on with the round that was ended after/);
    assert.equal(
      registry.read().drafts.find(({ id }) => id === 'general')!.sha256,
      made.sha256,
      'it is not made twice',
    );
  });
});

const CHILD = fileURLToPath(new URL('./test-round-child.js', import.meta.url));

describe('a round in another process', () => {
  const start = (registry: DraftRegistry) => {
    const round: ChildRound = {
      ...{ target, folder: registry.place.folder, corpus: corpusFile, served: true, minutes: 0.1 },
    };
    const child = spawn(process.execPath, [CHILD, JSON.stringify(round)]);
    const ended = new Promise<void>((resolve) =>
      child.once('exit', () => {
        resolve();
      }),
    );
    let told = '';
    child.stdout.on('data', (text: Buffer) => (told += text.toString()));
    const says = async (word: string): Promise<void> => {
      while (!told.includes(word) && child.exitCode === null && child.signalCode === null)
        await new Promise((resolve) => setTimeout(resolve, 5));
    };
    return { child, ended, says, told: () => told };
  };

  it('that is killed in any phase leaves whole drafts and is taken up again', async () => {
    const registry = registryIn('killed');
    const random = randomNumbers(5);
    const killedIn = new Set<string>();
    for (const phase of ['texts', 'general draft', 'measuring', 'aligning', 'aligning', 'measuring']) {
      const { child, ended, says, told } = start(registry);
      await says(phase);
      await new Promise((resolve) => setTimeout(resolve, 200 * random()));
      child.kill('SIGKILL');
      await ended;
      if (child.signalCode === 'SIGKILL') killedIn.add(told().trim().split('\n').at(-1)!);
      const { drafts, problems } = registry.read();
      assert.deepEqual(problems, []);
      assert.deepEqual(await registry.verify(drafts), new Map());
    }
    assert.ok(killedIn.size >= 3, [...killedIn].join());
    const { ended, told } = start(registry);
    await ended;
    assert.match(told(), /finished/);
    const { drafts, assignments, problems } = registry.read();
    assert.deepEqual(problems, []);
    assert.ok(drafts.length >= 1 && assignments['second'] !== undefined);
    assert.deepEqual(readdirSync(registry.place.folder).sort(), ['drafts', 'registry.json', 'tasks.json']);
  });

  it('keeps a second one out, and is not harmed by it', async () => {
    const registry = registryIn('two');
    const { ended, says, told } = start(registry);
    await says('texts');
    await assert.rejects(adapt(optionsFor(registry)), { code: 'locked' });
    await ended;
    assert.match(told(), /finished/);
    const { drafts, problems } = registry.read();
    assert.deepEqual(problems, []);
    assert.deepEqual(await registry.verify(drafts), new Map());
  });
});

describe('traffic', () => {
  const entry = (more: Partial<JournalEntry>): JournalEntry => ({
    ...{
      id: 1,
      atMs: 0,
      source: 'served',
      target: 'shape',
      targetFile: 'this',
      prompt: 'x',
      output: 'y',
      promptTokens: [1, 2],
      outputTokens: [3],
    },
    ...{
      task: undefined,
      draft: undefined,
      guesses: {},
      refusedAt: [],
      reason: 'finished',
      statistics: undefined,
    },
    ...more,
  });

  it("takes the target's own answers from the journal, and no others", () => {
    const day = 86_400_000;
    const { items, requestsPerDay } = trafficOf(
      [
        entry({ task: 'sql' }),
        entry({ targetFile: 'another', atMs: day }),
        entry({ promptTokens: [], outputTokens: [] }),
        entry({
          source: 'imported',
          ...{ target: undefined, targetFile: undefined },
          atMs: 9 * day,
          prompt: [{ role: 'user', content: 'Hi' }],
        }),
      ],
      'this',
    );
    assert.deepEqual(
      items.map(({ served }) => served?.tokens),
      [[1, 2, 3], undefined, undefined, undefined],
    );
    assert.equal(items[0]!.task, 'sql');
    assert.equal(requestsPerDay, 3);
    assert.deepEqual(trafficOf([], 'this'), { items: [], requestsPerDay: undefined });
  });

  it('reads prompts as text and as JSON, and names the line that is neither', () => {
    const file = path.join(folder, 'prompts');
    const good = [
      'plain',
      '{"prompt":"p","task":"t x"}',
      '{"messages":[{"role":"user","content":"u"},{"role":"assistant","content":"a"}]}',
    ];
    writeFileSync(file, `${good.join('\n')}\n`);
    const { items } = readPrompts(file);
    assert.deepEqual(
      items.map(({ prompt }) => JSON.stringify(prompt)),
      ['plain', 'p', 'u'].map((content) => JSON.stringify([{ role: 'user', content }])),
    );
    assert.equal(taskId(items[1]!.task!), 't-x');
    for (const bad of [
      '{',
      '{"prompt":""}',
      '{"messages":[]}',
      '{"messages":[{"role":"assistant","content":"a"}]}',
      '{"messages":[null]}',
    ]) {
      writeFileSync(file, `fine\n${bad}\n`);
      assert.throws(() => readPrompts(file), /Line 2 of/, bad);
    }
  });
});
