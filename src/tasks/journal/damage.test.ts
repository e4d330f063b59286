/** A journal whose files are damaged, deleted or in the way: told in words, and a server goes on and begins another. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { exampleEntry, exampleRaw } from './examples.js';
import { openJournal } from './store.js';
import { newFolder, until } from './test-support.js';
import { DAMAGED_FILE, FILE } from './trouble.js';
import { JournalWriter } from './writer.js';

function promptsIn(folder: string): unknown[] {
  const journal = openJournal(folder, { mustExist: true });
  try {
    return Array.from(journal.entries(), ({ prompt }) => prompt).reverse();
  } finally {
    journal.close();
  }
}

describe('damaged journals', () => {
  it('end no process, and are told in words', () => {
    const folder = newFolder();
    mkdirSync(folder);
    const script = fileURLToPath(new URL('./test-damaged-journals.js', import.meta.url));
    const count = 150;
    const { status, signal, stdout, stderr } = spawnSync(
      process.execPath,
      [script, folder, '0', String(count)],
      {
        encoding: 'utf8',
      },
    );
    assert.deepEqual([status, signal], [0, null], `${stdout.split('\n').at(-2)}\n${stderr}`);
    const outcomes = stdout.trim().split('\n');
    assert.equal(outcomes.length, count);
    const sorts = [
      / read \d+, 0 /,
      / read \d+, [1-9]/,
      / is damaged \(.*puts it aside.*purge --all deletes it\.$/,
    ];
    for (const outcome of outcomes)
      assert.ok(
        sorts.some((sort) => sort.test(outcome)),
        outcome,
      );
    for (const sort of sorts)
      assert.ok(
        outcomes.some((outcome) => sort.test(outcome)),
        String(sort),
      );
  });

  it('give way to another in a server, at its start and while it runs, and age', async () => {
    const folder = newFolder();
    mkdirSync(folder);
    const file = path.join(folder, FILE);
    const damaged = path.join(folder, DAMAGED_FILE);
    writeFileSync(file, 'this is no database');
    const problems: string[] = [];
    const writer = await JournalWriter.open(folder, {}, (text) => problems.push(text));
    assert.match(
      problems.join(),
      /^the journal in .* was damaged \(file is not a database\): .*damaged\.db, and another/,
    );
    assert.equal(statSync(damaged).size, 19);
    writer.add(exampleRaw({ promptText: 'first' }));
    await until(() => writer.written === 1);
    openJournal(folder).purge({ beforeMs: 0 });
    writeFileSync(file, Buffer.alloc(statSync(file).size, 'x'));
    writer.add(exampleRaw({ promptText: 'second' }));
    await until(() => writer.written === 2);
    assert.equal(problems.length, 2, problems.join('\n'));
    assert.ok(statSync(damaged).size > 19);
    await writer.close();
    assert.deepEqual(promptsIn(folder), ['second']);
    assert.equal(problems.length, 2, problems.join('\n'));
    utimesSync(damaged, 0, 0);
    openJournal(folder, { maxDays: 1 }).close();
    assert.equal(existsSync(damaged), false);
  });
});

describe('a journal that is deleted while a server writes it', () => {
  it('is begun anew, also where something is in its way for a while', async () => {
    const folder = newFolder();
    const problems: string[] = [];
    const writer = await JournalWriter.open(folder, {}, (text) => problems.push(text));
    writer.add(exampleRaw({ promptText: 'first' }));
    await until(() => writer.written === 1);
    rmSync(folder, { recursive: true });
    writer.add(exampleRaw({ promptText: 'second' }));
    await until(() => writer.written === 2);
    assert.match(
      problems.join('\n'),
      /^the journal in .* has been deleted or moved away; another is begun\.$/,
    );
    assert.deepEqual(promptsIn(folder), ['second']);
    rmSync(folder, { recursive: true });
    mkdirSync(path.join(folder, FILE), { recursive: true });
    writer.add(exampleRaw({ promptText: 'third' }));
    await until(() => problems.length === 3);
    assert.match(
      problems[2]!,
      /^nothing is journalled, and the server goes on without: .* is not an ordinary file$/,
    );
    rmSync(folder, { recursive: true });
    await writer.close();
    assert.deepEqual([writer.written, writer.lost], [3, 0]);
    assert.deepEqual(promptsIn(folder), ['third']);
  });
});

describe('what is in the place of a journal', () => {
  it(
    'is refused when it is a pipe, which would be waited for, or a folder',
    { skip: process.platform === 'win32' },
    () => {
      const folder = newFolder();
      mkdirSync(folder);
      spawnSync('mkfifo', [path.join(folder, FILE)]);
      assert.throws(() => openJournal(folder), /journal\.db is not an ordinary file/);
      const other = newFolder();
      mkdirSync(path.join(other, FILE), { recursive: true });
      assert.throws(() => openJournal(other), /journal\.db is not an ordinary file/);
      const third = newFolder();
      const journal = openJournal(third);
      journal.append(exampleEntry());
      assert.equal(journal.isGone, false);
      rmSync(third, { recursive: true });
      assert.equal(journal.isGone, true);
      journal.close();
    },
  );
});
