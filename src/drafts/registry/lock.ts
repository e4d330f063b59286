/**
 * A lock that is a file, against two writers in different processes. It names who has it; one whose process has ended
 * is taken over: renamed away first, which only one of several takers can do, and looked at again afterwards.
 */
import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { ForetokenError } from '../../base/errors.js';

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** When the process began, as the system counts it; empty where it does not say. */
  readonly began: string;
  readonly token: string;
}

const RETRY_MS = 25;
const MOST_TAKEOVERS = 8;

export class FileLock {
  readonly #file: string;
  readonly #content: string;

  private constructor(file: string, content: string) {
    this.#file = file;
    this.#content = content;
  }

  /**
   * @param what is locked, for the message
   * @param waitMs how long to wait for its owner
   * @throws ForetokenError `locked`, `storage_failed`
   */
  static async acquire(file: string, what: string, waitMs = 0): Promise<FileLock> {
    const deadlineMs = performance.now() + waitMs;
    for (;;) {
      const lock = FileLock.#try(file);
      if (lock instanceof FileLock) return lock;
      if (performance.now() >= deadlineMs)
        throw new ForetokenError(
          'locked',
          `${what} is in use by ${ownerText(lock)}; wait until it has ended. (${file})`,
        );
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  /** @returns the lock, or what the file of another says */
  static #try(file: string): FileLock | string {
    for (let takeover = 0; takeover < MOST_TAKEOVERS; takeover++) {
      const token = randomBytes(12).toString('hex');
      const owner: Owner = { pid: process.pid, host: os.hostname(), began: beganAt(process.pid), token };
      const content = JSON.stringify(owner);
      try {
        createWhole(file, content);
        return new FileLock(file, content);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
          throw new ForetokenError(
            'storage_failed',
            `The lock ${file} cannot be written: ${(error as Error).message}`,
            { cause: error },
          );
      }
      const found = readIfThere(file);
      if (found === undefined) continue;
      if (isAlive(found)) return found;
      const aside = `${file}.${token}.old`;
      try {
        renameSync(file, aside);
      } catch {
        // Another one has taken it over.
        continue;
      }
      // Between reading and renaming another may have taken over: then it is that one's lock, and goes back.
      if (readIfThere(aside) !== found) {
        try {
          linkSync(aside, file);
        } catch {
          // A third has it by now; the second finds that out before it writes.
        }
      }
      rmSync(aside, { force: true });
    }
    return readIfThere(file) ?? '';
  }

  /** Whether nobody has taken it away; to be asked before something is written. */
  get held(): boolean {
    return readIfThere(this.#file) === this.#content;
  }

  release(): void {
    if (this.held) rmSync(this.#file, { force: true });
  }
}

/** A file that is there with its whole content, or not at all. @throws Error `EEXIST` when it was there before */
function createWhole(file: string, content: string): void {
  const temporary = `${file}.${randomBytes(8).toString('hex')}.tmp`;
  try {
    writeFileSync(temporary, content, { mode: 0o600, flag: 'wx' });
    linkSync(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function ownerOf(content: string): Owner | undefined {
  try {
    const value = JSON.parse(content) as Partial<Owner> | null;
    if (typeof value !== 'object' || value === null) return undefined;
    const { pid, host, began, token } = value;
    const isOwner =
      Number.isInteger(pid) &&
      typeof host === 'string' &&
      typeof began === 'string' &&
      typeof token === 'string';
    return isOwner ? (value as Owner) : undefined;
  } catch {
    return undefined;
  }
}

/** What is no lock's content belongs to nobody, and of another machine nothing is known. */
function isAlive(content: string): boolean {
  const owner = ownerOf(content);
  if (owner === undefined) return false;
  if (owner.host !== os.hostname()) return true;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    // Without the right to signal it, it is there all the same.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  // The number may belong to another process by now.
  return owner.began === beganAt(owner.pid);
}

/** Field 22 of `/proc/<pid>/stat`; what comes after the name, which may hold anything, begins with field 3. */
function beganAt(pid: number): string {
  const stat = readIfThere(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function ownerText(content: string): string {
  const owner = ownerOf(content);
  if (owner === undefined) return 'another process';
  return `process ${owner.pid}${owner.host === os.hostname() ? '' : ` on ${owner.host}`}`;
}
