/**
 * The journal on disk: one SQLite database (libSQL), `journal.db`, in a folder of its own. Write-ahead logging makes every
 * commit whole or not there, whatever ends the process; what the bounds of size and age drop is overwritten with zeros,
 * for it is what people wrote.
 */
import { closeSync, existsSync, openSync, statSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../../base/make-folder.js';
import Database from 'libsql';
import { ForetokenError } from '../../base/errors.js';
import type { JournalEntry, NewEntry } from './entry.js';
import { COLUMNS, entryOf, rowOf, SCHEMA, UPGRADES, VERSION, type Row } from './rows.js';
import { FILE, forgetDamaged, requireOrdinaryFile, told } from './trouble.js';

const DAY_MS = 86_400_000;
/** Rows that are read, and dropped, at a time. */
const PAGE = 64;
/** Dropping begins at the bound and ends below it, so that it is seldom. */
const KEPT_SHARE = 0.9;
const DEFAULT_MAX_BYTES = 512 * 2 ** 20;
const DEFAULT_MAX_DAYS = 90;

export interface JournalBounds {
  /** Of entries; the file is a little larger. */
  readonly maxBytes?: number;
  readonly maxDays?: number;
  /** Of the file, 4 KiB each; more, and it is as if the disk were full. For tests. */
  readonly mostPages?: number;
}

export interface EntryFilter {
  /** Null: those to which nobody has given a task. */
  readonly task?: string | null;
  readonly limit?: number;
  /** Milliseconds since 1970. */
  readonly sinceMs?: number;
  /** Of this target, whatever its quantisation, or of this file of it, and of none (imported ones). */
  readonly of?: { readonly target: string; readonly targetFile: string };
}

export interface JournalCounts {
  readonly entries: number;
  readonly imported: number;
  readonly bytes: number;
  readonly fileBytes: number;
  readonly oldestMs: number | undefined;
  readonly newestMs: number | undefined;
  readonly outputTokens: number;
  readonly tasks: readonly {
    readonly task: string | undefined;
    readonly entries: number;
    readonly outputTokens: number;
  }[];
}

/**
 * Opens the journal of a folder, and makes both where there is none.
 * @throws ForetokenError `journal_unusable`
 */
export function openJournal(
  folder: string,
  bounds: JournalBounds & { readonly mustExist?: boolean } = {},
): Journal {
  const file = path.join(folder, FILE);
  if (bounds.mustExist === true && !existsSync(file))
    throw new ForetokenError(
      'file_not_found',
      `There is no journal in ${folder}; serve --journal or journal import makes one.`,
      {
        param: 'journal',
      },
    );
  return told(folder, () => {
    makeFolder(folder, 0o700);
    requireOrdinaryFile(file);
    // Its log and its shared memory get the mode of the file, which is for nobody else's eyes.
    closeSync(openSync(file, 'a', 0o600));
    return new Journal(folder, file, bounds);
  });
}

export class Journal {
  readonly folder: string;
  readonly #file: string;
  readonly #database: Database.Database;
  readonly #maxBytes: number;
  readonly #maxMs: number;
  /** Of the file, by which another in its place is told. */
  readonly #inode: bigint;
  #bytes = 0;
  #unreadable = 0;

  constructor(folder: string, file: string, { maxBytes, maxDays, mostPages }: JournalBounds) {
    this.folder = folder;
    this.#file = file;
    this.#maxBytes = maxBytes ?? DEFAULT_MAX_BYTES;
    this.#maxMs = (maxDays ?? DEFAULT_MAX_DAYS) * DAY_MS;
    this.#database = new Database(file);
    try {
      this.#inode = statSync(file, { bigint: true }).ino;
      this.#bytes = this.#open(mostPages);
      forgetDamaged(folder, this.#maxMs);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /** @returns bytes of all entries */
  #open(mostPages: number | undefined): number {
    // While another process writes, it waits.
    this.#database.exec('PRAGMA busy_timeout = 5000');
    this.#prepare();
    if (mostPages !== undefined) this.#database.prepare(`PRAGMA max_page_count = ${mostPages}`).all([]);
    return this.#number('SELECT total(bytes) AS value FROM entries');
  }

  #prepare(): void {
    const database = this.#database;
    const version = this.#version();
    if (version > VERSION)
      throw new ForetokenError(
        'journal_unusable',
        `The journal in ${this.folder} was written by a newer Foretoken (format ${version}, this one reads ${VERSION}). ` +
          'Take that Foretoken, or another folder.',
        { param: 'journal' },
      );
    if (version === 0) database.exec('PRAGMA auto_vacuum = INCREMENTAL');
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;');
    if (version < VERSION) this.#upgrade();
  }

  /** Makes the table, or one of an older version as it is now. */
  #upgrade(): void {
    this.#write(() => {
      // Another process may have done it while this one waited.
      const version = this.#version();
      const steps = version === 0 ? [SCHEMA] : UPGRADES.slice(version - 1);
      for (const step of steps) this.#database.exec(step);
      this.#database.exec(`PRAGMA user_version = ${VERSION}`);
      return 0;
    });
  }

  #version(): number {
    return this.#number('SELECT user_version AS value FROM pragma_user_version');
  }

  /**
   * Adds entries, all or none, and drops the oldest beyond the bounds.
   * @throws ForetokenError `journal_unusable`, such as when the disk is full
   */
  append(...entries: readonly NewEntry[]): void {
    if (entries.length === 0) return;
    this.#write(() => {
      const insert = this.#database.prepare(
        `INSERT INTO entries (at_ms, source, target, target_file, task, draft, reason, prompt, output, prompt_tokens, output_tokens,
           refused_at, guesses, statistics, output_count, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      );
      let added = 0;
      for (const entry of entries) {
        const { values, bytes } = rowOf(entry);
        insert.run(values);
        added += bytes;
      }
      return added;
    });
    this.#keepBounds();
  }

  /** The file has been deleted, or another put in its place: what is written now is lost. */
  get isGone(): boolean {
    return statSync(this.#file, { bigint: true, throwIfNoEntry: false })?.ino !== this.#inode;
  }

  /** Entries that were left out when they were read, since the file is damaged where they stand. */
  get unreadable(): number {
    return this.#unreadable;
  }

  /** The newest first; what is added meanwhile is not seen, nor what is damaged. */
  *entries({ task, limit = Infinity, sinceMs = 0, of }: EntryFilter = {}): Generator<
    JournalEntry,
    void,
    undefined
  > {
    const conditions = ['id < ?', 'at_ms >= ?'];
    const fixed: (string | number)[] = [sinceMs];
    if (task === null) conditions.push('task IS NULL');
    if (typeof task === 'string') {
      conditions.push('task = ?');
      fixed.push(task);
    }
    if (of !== undefined) {
      conditions.push('(target = ? OR target_file = ? OR (target IS NULL AND target_file IS NULL))');
      fixed.push(of.target, of.targetFile);
    }
    const page = told(this.folder, () =>
      this.#database.prepare(
        `SELECT ${COLUMNS} FROM entries WHERE ${conditions.join(' AND ')} ORDER BY id DESC LIMIT ${PAGE}`,
      ),
    );
    let before = Number.MAX_SAFE_INTEGER;
    for (let left = limit; left > 0;) {
      const rows = told(this.folder, () => page.all([before, ...fixed])) as Row[];
      for (const row of rows.slice(0, left)) {
        const entry = entryOf(row);
        if (entry !== undefined) yield entry;
        else this.#unreadable += 1;
      }
      left -= rows.length;
      const last = rows.at(-1)?.id ?? before;
      // In a damaged tree the rows may have any order.
      if (rows.length < PAGE || last >= before) return;
      before = last;
    }
  }

  /** @param task undefined takes theirs away */
  relabel(ids: readonly number[], task: string | undefined): void {
    this.#write(() => {
      const update = this.#database.prepare('UPDATE entries SET task = ? WHERE id = ?');
      for (const id of ids) update.run([task ?? null, id]);
      return 0;
    });
  }

  counts(): JournalCounts {
    return told(this.folder, () => {
      const all = this.#database
        .prepare(
          `SELECT count(*) AS entries, total(source = 'imported') AS imported, total(bytes) AS bytes,
             CAST(min(at_ms) AS INTEGER) AS oldest, CAST(max(at_ms) AS INTEGER) AS newest, total(output_count) AS tokens FROM entries`,
        )
        .get([]) as Record<string, number | null>;
      const tasks = this.#database
        .prepare(
          `SELECT CAST(task AS BLOB) AS task, count(*) AS entries, total(output_count) AS tokens FROM entries GROUP BY entries.task
             ORDER BY count(*) DESC, entries.task`,
        )
        .all([]) as { task: Uint8Array | null; entries: number; tokens: number }[];
      return {
        entries: all['entries']!,
        imported: all['imported']!,
        bytes: all['bytes']!,
        fileBytes:
          statSync(this.#file).size + (statSync(`${this.#file}-wal`, { throwIfNoEntry: false })?.size ?? 0),
        oldestMs: all['oldest'] ?? undefined,
        newestMs: all['newest'] ?? undefined,
        outputTokens: all['tokens']!,
        tasks: tasks.map(({ task, entries, tokens }) => ({
          task: task === null ? undefined : new TextDecoder().decode(task),
          entries,
          outputTokens: tokens,
        })),
      };
    });
  }

  /** Deletes for good what is older, of a task, or both. @returns entries deleted */
  purge({ beforeMs = Infinity, task }: { readonly beforeMs?: number; readonly task?: string } = {}): number {
    const { entries } = this.counts();
    this.#write(() => {
      const before = Math.min(beforeMs, Number.MAX_SAFE_INTEGER);
      if (task === undefined) this.#database.prepare('DELETE FROM entries WHERE at_ms < ?').run([before]);
      else this.#database.prepare('DELETE FROM entries WHERE at_ms < ? AND task = ?').run([before, task]);
      return 0;
    });
    this.#afterDeletion();
    // The log still holds what was deleted.
    told(this.folder, () => this.#database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all([]));
    return entries - this.counts().entries;
  }

  close(): void {
    try {
      this.#database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all([]);
    } catch {
      // Another process reads or writes, or the disk is full: the log stays, and is whole.
    }
    this.#database.close();
  }

  #keepBounds(): void {
    const oldestMs = Date.now() - this.#maxMs;
    const aged = this.#number(`SELECT count(*) AS value FROM entries WHERE at_ms < ${oldestMs}`);
    if (aged === 0 && this.#bytes <= this.#maxBytes) return;
    this.#write(() => {
      this.#database.prepare('DELETE FROM entries WHERE at_ms < ?').run([oldestMs]);
      return 0;
    });
    this.#bytes = this.#number('SELECT total(bytes) AS value FROM entries');
    if (this.#bytes > this.#maxBytes)
      this.#write(() => {
        const oldest = this.#database.prepare(
          `SELECT id, CAST(bytes AS INTEGER) AS bytes FROM entries ORDER BY id LIMIT ${PAGE}`,
        );
        const drop = this.#database.prepare('DELETE FROM entries WHERE id <= ?');
        let excess = this.#bytes - KEPT_SHARE * this.#maxBytes;
        while (excess > 0) {
          const rows = oldest.all([]) as { id: number; bytes: number }[];
          if (rows.length === 0) break;
          let last = 0;
          while (last < rows.length && excess > 0) excess -= rows[last++]!.bytes;
          drop.run([rows[last - 1]!.id]);
        }
        return 0;
      });
    this.#afterDeletion();
  }

  #afterDeletion(): void {
    told(this.folder, () => {
      this.#bytes = this.#number('SELECT total(bytes) AS value FROM entries');
      this.#database.prepare('PRAGMA incremental_vacuum').all([]);
    });
  }

  /** @param change what it does in one transaction; returns the bytes that it adds */
  #write(change: () => number): void {
    told(this.folder, () => {
      this.#database.exec('BEGIN IMMEDIATE');
      let added: number;
      try {
        added = change();
        this.#database.exec('COMMIT');
      } catch (error) {
        if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
        throw error;
      }
      this.#bytes += added;
    });
  }

  /** The number that a query without parameters names `value`. */
  #number(query: string): number {
    return told(this.folder, () => this.#database.prepare(query).get([]) as { value: number }).value;
  }
}
