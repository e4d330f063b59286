/** The registry under everything that can happen to files: writers that die, a full disk, two at once, damage. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../test-targets.js';
import type { DraftEntry, RegistryContent } from './entry.js';
import { FileLock } from './lock.js';
import { tasksPlace } from './place.js';
import { DraftRegistry } from './registry.js';

const TARGET = 'sha256:00112233445566778899aabbccddeeff';
const ENTRY: Omit<DraftEntry, 'sha256' | 'file' | 'bytes' | 'target'> = {
  id: 'sql-select',
  targetFile: 'abc',
  task: 'sql-select',
  shape: { layers: 2, width: 128, vocabulary: 64 },
  data: { texts: 40, answerTokens: 1000, sha256: 'def', served: 30, generated: 10 },
  settings: { learningRate: 0.001 },
  acceptance: { 'sql-select': { texts: 4, tokens: 100, rate: 0.6, survival: [0.6, 0.4, 0.2] } },
  tokenMs: 0.2,
  madeAt: 1,
};

const root = temporaryFolder();
let count = 0;

function fresh(): {
  readonly registry: DraftRegistry;
  readonly folder: string;
  readonly draft: (text: string) => string;
} {
  const folder = path.join(root, `r${++count}`);
  mkdirSync(folder);
  const draft = (text: string): string => {
    const file = path.join(root, `draft-${count}-${text.slice(0, 20)}`);
    writeFileSync(file, text);
    return file;
  };
  return { registry: new DraftRegistry(tasksPlace(TARGET, folder), TARGET), folder, draft };
}

const edit = (file: string, change: (content: RegistryContent & { format: number }) => unknown): void => {
  writeFileSync(
    file,
    JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')) as RegistryContent & { format: number })),
  );
};

describe('the registry of drafts', () => {
  it('is empty where nothing is, and keeps what is added', async () => {
    const { registry, draft } = fresh();
    assert.deepEqual(registry.read(), {
      target: TARGET,
      drafts: [],
      assignments: {},
      decisions: [],
      problems: [],
      usable: true,
    });
    const added = await registry.add(draft('one'), ENTRY);
    assert.deepEqual(registry.read().drafts, [added]);
    assert.equal(readFileSync(registry.fileOf(added), 'utf8'), 'one');
    assert.deepEqual(await registry.verify([added]), new Map());
    const other = await registry.add(draft('two'), { ...ENTRY, id: 'other' });
    const replacing = await registry.add(draft('three'), ENTRY);
    assert.deepEqual(registry.read().drafts, [other, replacing]);
    assert.ok(!existsSync(registry.fileOf(added)), 'the replaced file has gone');
    assert.deepEqual(registry.read().problems, []);
    await registry.change((content) => ({
      ...content,
      assignments: { 'sql-select': { draft: 'other', candidates: [], reason: 'x', at: 1 } },
    }));
    await registry.remove('other');
    assert.deepEqual(registry.read().assignments, {});
    await assert.rejects(registry.remove('other'), { code: 'draft_not_found' });
    await assert.rejects(registry.add('/nowhere', ENTRY), { code: 'file_not_found' });
  });

  it('names what is missing, damaged, foreign or for another target, and uses the rest', async () => {
    const { registry, draft, folder } = fresh();
    const entries = [];
    for (const id of ['good', 'missing', 'short', 'changed', 'foreign'])
      entries.push(await registry.add(draft(`content of ${id}`), { ...ENTRY, id }));
    const [good, missing, short, changed] = entries.map((entry) => registry.fileOf(entry));
    unlinkSync(missing!);
    writeFileSync(short!, 'x');
    writeFileSync(changed!, readFileSync(changed!, 'utf8').toUpperCase());
    writeFileSync(path.join(folder, 'drafts', 'mine.gguf'), 'y');
    edit(registry.place.registry, (content) => ({
      ...content,
      drafts: content.drafts.map((entry) =>
        entry.id === 'foreign' ? { ...entry, target: 'sha256:ff' } : entry,
      ),
    }));
    const { drafts, problems } = registry.read();
    assert.deepEqual(
      drafts.map(({ id }) => id),
      ['good', 'changed'],
    );
    assert.equal(problems.length, 4, problems.join('\n'));
    for (const [index, words] of [
      /'missing' is left out: .* is missing/,
      /'short' .* is damaged: 1 bytes instead of 16/,
      /'foreign' .* another target/,
      /mine\.gguf is no draft/,
    ].entries())
      assert.match(problems[index]!, words);
    assert.deepEqual([...(await registry.verify(drafts)).keys()], ['changed']);
    assert.ok(existsSync(good!));
  });

  it('is put aside when it is damaged or of another target, and nothing is lost', async () => {
    const full = fresh();
    await full.registry.add(full.draft('a'), ENTRY);
    const whole = readFileSync(full.registry.place.registry, 'utf8');
    const cuts = Array.from({ length: 40 }, (_, index) =>
      whole.slice(0, Math.floor((whole.length * index) / 40)),
    );
    const broken = [
      ...cuts,
      'null',
      '[]',
      '{"format":2}',
      whole.replace('"rate": 0.6', '"rate": 1.6'),
      whole.replace('drafts/', '../../'),
    ];
    for (const text of broken) {
      writeFileSync(full.registry.place.registry, text);
      const { drafts, problems } = full.registry.read();
      assert.deepEqual(drafts, [], text);
      assert.match(problems[0]!, /is damaged: /);
    }
    await full.registry.add(full.draft('b'), ENTRY);
    const aside = readdirSync(full.folder).filter((name) => name.includes('put-aside'));
    assert.equal(aside.length, 1);
    assert.equal(readFileSync(path.join(full.folder, aside[0]!), 'utf8'), broken.at(-1));
    assert.equal(full.registry.read().drafts.length, 1);
    const of = new DraftRegistry(full.registry.place, 'sha256:other');
    const { problems } = of.read();
    assert.equal(problems.length, 1, 'said once, not of every draft');
    assert.match(problems[0]!, /another target/);
    assert.deepEqual(of.read().drafts, []);
  });

  it('does not believe a folder that is a link', async () => {
    const { registry, folder, draft } = fresh();
    await registry.add(draft('a'), ENTRY);
    const link = `${folder}-link`;
    symlinkSync(folder, link);
    const linked = new DraftRegistry(tasksPlace(TARGET, link), TARGET);
    assert.deepEqual(linked.read().drafts, []);
    await assert.rejects(linked.add(draft('b'), ENTRY), { code: 'storage_failed' });
  });

  it('loses nothing of two writers', async () => {
    const { registry, draft } = fresh();
    const files = Array.from({ length: 12 }, (_, index) => draft(`content ${index}`));
    await Promise.all(files.map((file, index) => registry.add(file, { ...ENTRY, id: `d${index}` })));
    assert.deepEqual(new Set(registry.read().drafts.map(({ id }) => id)).size, 12);
    assert.deepEqual(registry.read().problems, []);
  });
});

/** Adds drafts until it is killed. */
const WRITER = `
  const { DraftRegistry } = await import(process.argv[1]);
  const { tasksPlace } = await import(process.argv[2]);
  const [, , , folder, target, entry, file, rounds] = process.argv;
  const registry = new DraftRegistry(tasksPlace(target, folder), target);
  const { appendFileSync } = await import('node:fs');
  for (let i = 0; i < Number(rounds); i++) {
    if (rounds > 1) appendFileSync(file, String(i));
    await registry.add(file, { ...JSON.parse(entry), id: 'd' + (i % 5) });
    if (i === 0) console.log('begun');
  }`;
const writerArguments = (folder: string, file: string, rounds: number): string[] => [
  '--input-type=module',
  '-e',
  WRITER,
  new URL('./registry.js', import.meta.url).href,
  new URL('./place.js', import.meta.url).href,
  folder,
  TARGET,
  JSON.stringify(ENTRY),
  file,
  String(rounds),
];

describe('a writer of the registry', () => {
  it('may be killed at any moment', async () => {
    const { registry, folder, draft } = fresh();
    for (let round = 0; round < 6; round++) {
      const child = spawn(process.execPath, writerArguments(folder, draft(`killed ${round}`), 1e6));
      await new Promise((resolve) => child.stdout.once('data', resolve));
      await new Promise((resolve) => setTimeout(resolve, 7 * round));
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
      const { drafts } = registry.read();
      assert.ok(drafts.length >= 1);
      assert.deepEqual(await registry.verify(drafts), new Map(), 'every draft of the registry is whole');
      // A lock that it may have left is taken over.
      await registry.add(draft(`after ${round}`), { ...ENTRY, id: 'after' });
      assert.deepEqual(
        readdirSync(path.join(folder, 'drafts')).filter((name) => name.endsWith('.tmp')),
        [],
      );
    }
  });

  it('leaves all as it was when the disk is full', { skip: process.platform === 'win32' }, async () => {
    const { registry, folder, draft } = fresh();
    await registry.add(draft('small'), ENTRY);
    const before = readFileSync(registry.place.registry);
    // The limit of a file's size stands for that of the disk: the write fails in the middle.
    const large = draft('large');
    appendFileSync(large, Buffer.alloc(64 * 1024));
    const writer = writerArguments(folder, large, 1).map(
      (argument) => `'${argument.replaceAll("'", `'\\''`)}'`,
    );
    const { status, stderr } = spawnSync(
      'bash',
      ['-c', `ulimit -f 32; '${process.execPath}' ${writer.join(' ')}`],
      { encoding: 'utf8' },
    );
    assert.equal(status, 1, stderr);
    assert.match(stderr, /storage_failed/);
    assert.match(stderr, /cannot be written \(.*\); it is as it was/);
    assert.deepEqual(readFileSync(registry.place.registry), before);
    assert.deepEqual(registry.read().problems, []);
  });
});

describe('a lock', () => {
  it('is had by one, names who has it, and is taken over from the dead', async () => {
    const file = path.join(root, 'lock');
    const lock = await FileLock.acquire(file, 'The registry');
    await assert.rejects(FileLock.acquire(file, 'The registry'), (error: Error & { code: string }) => {
      assert.equal(error.code, 'locked');
      return new RegExp(`The registry is in use by process ${process.pid}`).test(error.message);
    });
    lock.release();
    assert.ok(!existsSync(file));
    const owner = { pid: process.pid, host: (await import('node:os')).hostname(), began: '', token: 'x' };
    // Another process has the number of one that is gone; nobody's; half a file.
    for (const content of [
      JSON.stringify({ ...owner, began: '1' }),
      JSON.stringify({ ...owner, pid: 2 ** 22 + 7 }),
      '',
      '{"pid":',
    ]) {
      writeFileSync(file, content);
      const taken = await FileLock.acquire(file, 'x');
      assert.ok(taken.held);
      taken.release();
    }
    // Of another machine nothing is known.
    writeFileSync(file, JSON.stringify({ ...owner, host: 'elsewhere' }));
    await assert.rejects(FileLock.acquire(file, 'x'), /process \d+ on elsewhere/);
  });
});
