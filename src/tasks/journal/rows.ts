/** Entries of the journal as rows of its table, and back. Lists of numbers are blobs of 32 bits each. */
import type { JournalEntry, JournalPrompt, NewEntry } from './entry.js';

/** Of the format; a journal of a greater one is not touched. */
export const VERSION = 2;

/** [version - 1] what turns a journal of that version into one of the next, without touching its rows. */
export const UPGRADES = [
  // Version 1 named the target by its file only.
  'ALTER TABLE entries RENAME COLUMN target TO target_file; ALTER TABLE entries ADD COLUMN target TEXT',
] as const;

export const SCHEMA = `
  CREATE TABLE entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    source TEXT NOT NULL,
    target_file TEXT,
    task TEXT,
    draft TEXT,
    reason TEXT,
    prompt TEXT NOT NULL,
    output TEXT NOT NULL,
    prompt_tokens BLOB NOT NULL,
    output_tokens BLOB NOT NULL,
    refused_at BLOB NOT NULL,
    guesses TEXT NOT NULL,
    statistics TEXT,
    output_count INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    target TEXT
  );
  CREATE INDEX entries_by_task ON entries (task, id);
  CREATE INDEX entries_by_time ON entries (at_ms)`;

/** As libSQL gives blobs. */
type Blob32 = ArrayBuffer | Uint8Array;

export interface Row {
  readonly id: number;
  readonly at_ms: number;
  readonly source: JournalEntry['source'];
  readonly target: string | null;
  readonly target_file: string | null;
  readonly task: string | null;
  readonly draft: string | null;
  readonly reason: JournalEntry['reason'] | null;
  /** JSON. */
  readonly prompt: string;
  readonly output: string;
  readonly prompt_tokens: Blob32 | null;
  readonly output_tokens: Blob32 | null;
  readonly refused_at: Blob32 | null;
  readonly guesses: string;
  readonly statistics: string | null;
}

/** Of a row, besides texts and blobs. */
const ROW_BYTES = 200;

export function rowOf(entry: NewEntry): {
  readonly values: (string | number | null | Buffer)[];
  readonly bytes: number;
} {
  const prompt = JSON.stringify(entry.prompt);
  const blobs = [entry.promptTokens, entry.outputTokens, entry.refusedAt].map(blobOf);
  const guesses = JSON.stringify(entry.guesses);
  const statistics = entry.statistics === undefined ? null : JSON.stringify(entry.statistics);
  const texts = Buffer.byteLength(prompt) + Buffer.byteLength(entry.output) + guesses.length;
  const bytes = blobs.reduce(
    (sum, { length }) => sum + length,
    ROW_BYTES + texts + (statistics?.length ?? 0),
  );
  const {
    atMs,
    source,
    target = null,
    targetFile = null,
    task = null,
    draft = null,
    reason = null,
    output,
  } = entry;
  const outputTokens = entry.statistics?.outputTokens ?? 0;
  return {
    values: [
      ...[Math.round(atMs), source, target, targetFile, task, draft, reason, prompt, output],
      ...blobs,
      ...[guesses, statistics, outputTokens, bytes],
    ],
    bytes,
  };
}

export function entryOf(row: Row): JournalEntry {
  return {
    id: row.id,
    atMs: row.at_ms,
    source: row.source,
    target: row.target ?? undefined,
    targetFile: row.target_file ?? undefined,
    prompt: JSON.parse(row.prompt) as JournalPrompt,
    output: row.output,
    promptTokens: numbersOf(row.prompt_tokens),
    outputTokens: numbersOf(row.output_tokens),
    task: row.task ?? undefined,
    draft: row.draft ?? undefined,
    guesses: JSON.parse(row.guesses) as JournalEntry['guesses'],
    refusedAt: numbersOf(row.refused_at),
    reason: row.reason ?? undefined,
    statistics:
      row.statistics === null ? undefined : (JSON.parse(row.statistics) as JournalEntry['statistics']),
  };
}

function blobOf(numbers: readonly number[]): Buffer {
  const blob = Buffer.alloc(4 * numbers.length);
  numbers.forEach((number, at) => blob.writeUInt32LE(number, 4 * at));
  return blob;
}

function numbersOf(blob: Blob32 | null): number[] {
  if (blob === null) return [];
  const bytes =
    blob instanceof ArrayBuffer ? Buffer.from(blob) : Buffer.from(blob.buffer, blob.byteOffset, blob.length);
  return Array.from({ length: blob.byteLength >> 2 }, (_, at) => bytes.readUInt32LE(4 * at));
}
