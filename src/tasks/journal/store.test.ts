/** The journal on disk: what goes in comes out, bounds hold, nothing is lost to a kill, and a full disk is told. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import Database from 'libsql';
import { ForetokenError } from '../../base/errors.js';
import { exampleEntry } from './examples.js';
import { openJournal } from './store.js';
import { newFolder } from './test-support.js';
import { FILE } from './trouble.js';

const textOf = (prompt: unknown): string => (typeof prompt === 'string' ? prompt : JSON.stringify(prompt));

describe('the journal', () => {
  it('gives back what was put in, the newest first, by task, time and target', () => {
    const journal = openJournal(newFolder());
    const served = exampleEntry({ task: 'sql' });
    const imported = {
      ...exampleEntry({
        source: 'imported',
        target: undefined,
        targetFile: undefined,
        atMs: served.atMs + 5,
      }),
      ...{ statistics: undefined, reason: undefined, promptTokens: [], outputTokens: [], refusedAt: [] },
      prompt: [
        { role: 'system', content: 'Be brief – „ja“.' },
        { role: 'user', content: '' },
      ],
    };
    journal.append(served, imported);
    const [second, first] = [...journal.entries()];
    assert.deepEqual(first, { id: 1, ...served });
    assert.deepEqual(second, { id: 2, ...imported });
    const ids = (filter: Parameters<typeof journal.entries>[0]): number[] =>
      [...journal.entries(filter)].map(({ id }) => id);
    assert.deepEqual(ids({ task: 'sql' }), [1]);
    assert.deepEqual(ids({ task: null }), [2]);
    assert.deepEqual(ids({ limit: 1 }), [2]);
    assert.deepEqual(ids({ sinceMs: served.atMs + 1 }), [2]);
    const of = { target: served.target!, targetFile: served.targetFile! };
    assert.deepEqual(ids({ of: { target: 'another', targetFile: 'another' } }), [2]);
    assert.deepEqual(ids({ of: { ...of, targetFile: 'another quantisation' } }), [2, 1]);
    assert.deepEqual(ids({ of: { ...of, target: 'as before journals knew it' } }), [2, 1]);
    journal.relabel([1, 2], 'chat');
    assert.deepEqual(ids({ task: 'chat' }), [2, 1]);
    journal.relabel([1], undefined);
    assert.deepEqual(ids({ task: null }), [1]);
    journal.close();
  });

  it('reads page after page while entries are added', () => {
    const journal = openJournal(newFolder());
    for (let at = 0; at < 3; at++) journal.append(...Array.from({ length: 70 }, () => exampleEntry()));
    const seen: number[] = [];
    for (const { id } of journal.entries({ limit: 200 })) {
      if (seen.length % 50 === 0) journal.append(exampleEntry());
      seen.push(id);
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 200 }, (_, at) => 210 - at),
    );
    journal.close();
  });

  it('stays within its bounds of size and age, and gives the room back', () => {
    const folder = newFolder();
    const maxBytes = 400_000;
    const journal = openJournal(folder, { maxBytes, maxDays: 2 });
    journal.append(
      exampleEntry({ atMs: Date.now() - 3 * 86_400_000, task: 'old' }),
      exampleEntry({ task: 'new' }),
    );
    assert.deepEqual(
      journal.counts().tasks.map(({ task }) => task),
      ['new'],
    );
    const output = 'x'.repeat(9_000);
    for (let at = 0; at < 100; at++) journal.append(exampleEntry({ output, task: String(at) }));
    const { bytes, fileBytes, entries } = journal.counts();
    assert.ok(bytes <= maxBytes && bytes > maxBytes / 2, String(bytes));
    assert.ok(entries < 50);
    assert.equal([...journal.entries({ limit: 1 })][0]!.task, '99');
    assert.equal(journal.purge(), entries);
    assert.ok(journal.counts().fileBytes < fileBytes / 2);
    journal.close();
  });

  it('leaves nothing of what was purged on the disk', () => {
    const folder = newFolder();
    const journal = openJournal(folder);
    journal.append(exampleEntry({ output: 'a secret nobody may read' }), exampleEntry({ task: 'kept' }));
    assert.equal(journal.purge({ beforeMs: 0 }), 0);
    journal.relabel([1], 'secret');
    assert.equal(journal.purge({ task: 'secret' }), 1);
    for (const file of readdirSync(folder))
      assert.equal(readFileSync(path.join(folder, file)).includes('a secret nobody'), false, file);
    assert.equal(journal.counts().entries, 1);
    journal.close();
  });

  it('is for nobody else to read', { skip: process.platform === 'win32' }, () => {
    const folder = newFolder();
    const journal = openJournal(folder);
    journal.append(exampleEntry());
    assert.equal(statSync(folder).mode & 0o077, 0);
    for (const file of readdirSync(folder))
      assert.equal(statSync(path.join(folder, file)).mode & 0o077, 0, file);
    journal.close();
  });

  it('takes up a journal of the first format, which named the target by its file only', () => {
    const folder = newFolder();
    mkdirSync(folder);
    const database = new Database(path.join(folder, FILE));
    database.exec(
      `CREATE TABLE entries (id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, source TEXT NOT NULL, target TEXT,
         task TEXT, draft TEXT, reason TEXT, prompt TEXT NOT NULL, output TEXT NOT NULL, prompt_tokens BLOB NOT NULL,
         output_tokens BLOB NOT NULL, refused_at BLOB NOT NULL, guesses TEXT NOT NULL, statistics TEXT,
         output_count INTEGER NOT NULL, bytes INTEGER NOT NULL);
       CREATE INDEX entries_by_task ON entries (task, id);
       CREATE INDEX entries_by_time ON entries (at_ms);
       INSERT INTO entries (at_ms, source, target, task, prompt, output, prompt_tokens, output_tokens, refused_at, guesses,
         output_count, bytes) VALUES (${Date.now()}, 'served', 'abc', 'sql', '"old"', 'x', x'01000000', x'02000000', x'', '{}', 1, 300);
       PRAGMA user_version = 1`,
    );
    database.close();
    // Two at once: the second finds it done.
    const journals = [openJournal(folder), openJournal(folder)];
    const [old] = [...journals[1]!.entries({ of: { target: 'sha256:1', targetFile: 'abc' } })];
    assert.deepEqual(
      [old!.prompt, old!.task, old!.target, old!.targetFile, old!.outputTokens],
      ['old', 'sql', undefined, 'abc', [2]],
    );
    journals[0]!.append(exampleEntry({ task: 'new' }));
    assert.deepEqual(
      [...journals[1]!.entries()].map(({ task }) => task),
      ['new', 'sql'],
    );
    assert.equal(journals[0]!.purge({ task: 'sql' }), 1);
    for (const journal of journals) journal.close();
  });

  it('says what is wrong with a file that is no journal, too new, or missing', () => {
    const unusable = (open: () => unknown, code: string, words: RegExp): void => {
      assert.throws(
        open,
        (error) => error instanceof ForetokenError && error.code === code && words.test(error.message),
      );
    };
    const folder = newFolder();
    unusable(() => openJournal(folder, { mustExist: true }), 'file_not_found', /no journal in/);
    openJournal(folder).close();
    const database = new Database(path.join(folder, FILE));
    database.exec('PRAGMA user_version = 99');
    database.close();
    unusable(() => openJournal(folder), 'journal_unusable', /newer Foretoken/);
    const other = newFolder();
    mkdirSync(other);
    writeFileSync(path.join(other, FILE), 'this is no database, however long it may be '.repeat(50));
    unusable(() => openJournal(other), 'journal_unusable', /damaged \(file is not a database\)/);
    const file = path.join(other, 'a-file');
    writeFileSync(file, '');
    unusable(() => openJournal(file), 'journal_unusable', /cannot be read or written/);
  });

  it('adds all entries or none when the disk is full, and goes on when it no longer is', () => {
    const folder = newFolder();
    const journal = openJournal(folder, { mostPages: 30 });
    const large = Array.from({ length: 40 }, () => exampleEntry({ output: 'x'.repeat(10_000) }));
    journal.append(exampleEntry());
    assert.throws(() => {
      journal.append(...large);
    }, /disk with the journal in .* is full/);
    assert.equal(journal.counts().entries, 1);
    journal.append(exampleEntry());
    assert.equal(journal.counts().entries, 2);
    journal.close();
  });

  it('is whole, with all that was committed, after a kill at any moment', async () => {
    const folder = newFolder();
    const script = fileURLToPath(new URL('./test-endless-writer.js', import.meta.url));
    for (let round = 0; round < 4; round++) {
      const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
      let told = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (told += text));
      while (told.split('\n').length < 4 + round) await new Promise((resolve) => setTimeout(resolve, 5));
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('close', resolve));
      const committed = Number(told.trim().split('\n').at(-1));
      const journal = openJournal(folder);
      const database = new Database(path.join(folder, FILE));
      assert.deepEqual(database.prepare('PRAGMA integrity_check').all([]), [{ integrity_check: 'ok' }]);
      database.close();
      const { entries } = journal.counts();
      assert.ok(entries >= committed, `${entries} of ${committed}`);
      // Of a batch all or nothing.
      assert.equal(entries % 5, 0);
      assert.ok([...journal.entries()].every(({ prompt }) => textOf(prompt).length > 0));
      journal.close();
    }
  });
});
