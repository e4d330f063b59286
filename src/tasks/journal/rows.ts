/** Entries of the journal as rows of its table, and back. Lists of numbers are blobs of 32 bits each. */
import { isObject } from '../../base/shape.js';
import type { JournalEntry, NewEntry } from './entry.js';

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

/**
 * What is read of a row: texts as bytes, and numbers as numbers, whatever a damaged file has in their places. libSQL ends
 * the process over a text, or the name of a column, that is no UTF-8.
 */
export const COLUMNS = [
  ...['id', 'at_ms'].map((name) => `CAST(${name} AS INTEGER) AS ${name}`),
  ...['source', 'target', 'target_file', 'task', 'draft', 'reason', 'prompt', 'output'].map(blobNamed),
  ...['prompt_tokens', 'output_tokens', 'refused_at', 'guesses', 'statistics'].map(blobNamed),
].join(', ');

function blobNamed(name: string): string {
  return `CAST(${name} AS BLOB) AS ${name}`;
}

/** As libSQL gives blobs. */
type Blob = ArrayBuffer | Uint8Array;

export interface Row {
  readonly id: number;
  readonly at_ms: number;
  readonly source: Blob;
  readonly target: Blob | null;
  readonly target_file: Blob | null;
  readonly task: Blob | null;
  readonly draft: Blob | null;
  readonly reason: Blob | null;
  /** JSON. */
  readonly prompt: Blob;
  readonly output: Blob;
  /** Of 32 bits each. */
  readonly prompt_tokens: Blob | null;
  readonly output_tokens: Blob | null;
  readonly refused_at: Blob | null;
  /** JSON. */
  readonly guesses: Blob;
  readonly statistics: Blob | null;
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

/** @returns undefined where the file has been damaged there */
export function entryOf(row: Row): JournalEntry | undefined {
  try {
    const entry = {
      id: row.id,
      atMs: row.at_ms,
      source: textOf(row.source),
      target: textOf(row.target),
      targetFile: textOf(row.target_file),
      prompt: jsonOf(row.prompt),
      output: textOf(row.output),
      promptTokens: numbersOf(row.prompt_tokens),
      outputTokens: numbersOf(row.output_tokens),
      task: textOf(row.task),
      draft: textOf(row.draft),
      guesses: jsonOf(row.guesses),
      refusedAt: numbersOf(row.refused_at),
      reason: textOf(row.reason),
      statistics: jsonOf(row.statistics),
    };
    return isWhole(entry) ? entry : undefined;
  } catch {
    return undefined;
  }
}

type Read = { readonly [Name in keyof JournalEntry]: unknown };

function isWhole(entry: Read): entry is JournalEntry {
  const { atMs, source, prompt, output, guesses, statistics } = entry;
  return (
    !Number.isNaN(new Date(atMs as number).getTime()) &&
    (source === 'served' || source === 'imported') &&
    (typeof prompt === 'string' || (Array.isArray(prompt) && prompt.every(isMessage))) &&
    typeof output === 'string' &&
    isObject(guesses) &&
    (statistics === undefined || isObject(statistics))
  );
}

const isMessage = (value: unknown): boolean =>
  isObject(value) && typeof value['role'] === 'string' && typeof value['content'] === 'string';

const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws TypeError when it is no UTF-8 */
const textOf = (blob: Blob | null): string | undefined => (blob === null ? undefined : STRICT.decode(blob));

const jsonOf = (blob: Blob | null): unknown => (blob === null ? undefined : JSON.parse(textOf(blob)!));

function blobOf(numbers: readonly number[]): Buffer {
  const blob = Buffer.alloc(4 * numbers.length);
  numbers.forEach((number, at) => blob.writeUInt32LE(number, 4 * at));
  return blob;
}

function numbersOf(blob: Blob | null): number[] {
  if (blob === null) return [];
  const bytes =
    blob instanceof ArrayBuffer ? Buffer.from(blob) : Buffer.from(blob.buffer, blob.byteOffset, blob.length);
  return Array.from({ length: blob.byteLength >> 2 }, (_, at) => bytes.readUInt32LE(4 * at));
}
