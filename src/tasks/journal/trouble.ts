/** What can be wrong with a journal's files: in words, with what to do about it; and putting damaged ones aside. */
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { ForetokenError } from '../../base/errors.js';

export const FILE = 'journal.db';
/** What was found damaged last. It holds what people wrote: `purge --all` deletes it, too, and so does its age. */
export const DAMAGED_FILE = 'damaged.db';
/** The database's log, and the memory that its processes share. */
const BESIDE = ['', '-wal', '-shm'];

/** In words of ours. */
export function told<Result>(folder: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof ForetokenError) throw error;
    throw new ForetokenError('journal_unusable', wordsFor(folder, error as NodeJS.ErrnoException), {
      param: 'journal',
      cause: error,
    });
  }
}

function wordsFor(folder: string, error: NodeJS.ErrnoException): string {
  const { message } = error;
  if (isOfFull(error)) return `The disk with the journal in ${folder} is full.`;
  if (isOfDamage(error))
    return (
      `The journal in ${folder} is damaged (${message}). serve --journal puts it aside and begins another; ` +
      'foretoken journal purge --all deletes it.'
    );
  const busy = error.code === 'SQLITE_BUSY' ? 'another process keeps it locked' : message;
  return `The journal in ${folder} cannot be read or written: ${busy}`;
}

const isOfFull = ({ code, message }: NodeJS.ErrnoException): boolean =>
  code === 'SQLITE_FULL' || code === 'ENOSPC' || message.includes('disk is full');

/** SQL of ours that does not fit the tables (`SQLITE_ERROR`) says that they are not ours any more. */
const isOfDamage = ({ code = '', message }: NodeJS.ErrnoException): boolean =>
  /^SQLITE_(CORRUPT|NOTADB|ERROR|MISMATCH)/.test(code) || message.includes('malformed');

const causeOf = (error: unknown): NodeJS.ErrnoException | undefined =>
  error instanceof ForetokenError && error.code === 'journal_unusable' && error.cause instanceof Error
    ? error.cause
    : undefined;

/** The file is no journal (any more), rather than out of reach. */
export function isDamaged(error: unknown): boolean {
  const cause = causeOf(error);
  return cause !== undefined && isOfDamage(cause);
}

export function isFull(error: unknown): boolean {
  const cause = causeOf(error);
  return cause !== undefined && isOfFull(cause);
}

/** @throws Error where something else has the file's place: opening a pipe would wait for whoever writes it, for ever */
export function requireOrdinaryFile(file: string): void {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats !== undefined && !stats.isFile()) throw new Error(`${file} is not an ordinary file`);
}

/** Makes room for another journal. @returns the file that is damaged now */
export function putAside(folder: string): string {
  const damaged = path.join(folder, DAMAGED_FILE);
  told(folder, () => {
    deleteFiles(folder, DAMAGED_FILE);
    // The log first: an end between the two must not leave it to another database.
    for (const end of BESIDE.toReversed())
      if (existsSync(path.join(folder, FILE + end))) renameSync(path.join(folder, FILE + end), damaged + end);
  });
  return damaged;
}

/** @returns whether there was one */
export function deleteFiles(folder: string, name: string): boolean {
  const existed = existsSync(path.join(folder, name));
  told(folder, () => {
    for (const end of BESIDE.toReversed()) rmSync(path.join(folder, name + end), { force: true });
  });
  return existed;
}

/** What was damaged longer ago than entries are kept. */
export function forgetDamaged(folder: string, maxMs: number): void {
  const stats = statSync(path.join(folder, DAMAGED_FILE), { throwIfNoEntry: false });
  if (stats !== undefined && stats.mtimeMs < Date.now() - maxMs) deleteFiles(folder, DAMAGED_FILE);
}
