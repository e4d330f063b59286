/**
 * The drafts of a target on disk: `registry.json` beside `drafts/<sha256>.gguf`. Files are named by their content and
 * never changed; the registry is written anew, whole or not at all, after the files that it names. So whatever ends a
 * writer, a reader finds the state before or after, and every file in it complete. Each change reads the registry
 * under a lock, changes it and writes it, so that two writers lose nothing of each other.
 */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  createReadStream,
  existsSync,
  fsyncSync,
  openSync,
  closeSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../../base/make-folder.js';
import { ForetokenError } from '../../base/errors.js';
import { distrust, preparePrivateFolder } from '../../base/private-folder.js';
import { writeFileWhole } from '../../base/write-file.js';
import {
  latestDecisions,
  parseRegistry,
  REGISTRY_FORMAT,
  type DraftEntry,
  type RegistryContent,
} from './entry.js';
import { FileLock } from './lock.js';
import type { TasksPlace } from './place.js';

/** A writer has the lock for milliseconds; a copy of a large draft may take longer. */
const LOCK_WAIT_MS = 30_000;
const MOST_BYTES = 16 * 2 ** 20;

/** What a reader finds. */
export interface ReadRegistry extends RegistryContent {
  /** False where nothing can be said of what should be there: the file is damaged or of another target, the folder not to be trusted. */
  readonly usable: boolean;
  /** What was left out and why, in words: files that are missing, damaged, for another target, or nobody's. */
  readonly problems: readonly string[];
}

export class DraftRegistry {
  readonly place: TasksPlace;
  readonly #target: string;
  readonly #shipped: boolean;

  /**
   * @param target the fingerprint of the target that is served here
   * @param options.shipped it came with the program, and is believed as the program is, whoever installed it
   */
  constructor(place: TasksPlace, target: string, options: { readonly shipped?: boolean } = {}) {
    this.place = place;
    this.#target = target;
    this.#shipped = options.shipped ?? false;
  }

  /** Where a draft's file lies. */
  fileOf({ sha256 }: Pick<DraftEntry, 'sha256'>): string {
    return path.join(this.place.drafts, `${sha256}.gguf`);
  }

  /** The drafts that can be used: their files are there in full size. What a file holds is checked by `verify`. */
  read(): ReadRegistry {
    const problems: string[] = [];
    const distrusted = this.#shipped ? undefined : distrust(this.place.folder);
    if (distrusted !== undefined)
      return { ...this.#empty(), usable: false, problems: [`The drafts are left out, since ${distrusted}.`] };
    const content = this.#content();
    if (typeof content === 'string') return { ...this.#empty(), usable: false, problems: [content] };
    if (content.target !== this.#target)
      return {
        ...{ ...content, drafts: [], usable: false },
        problems: [
          `${this.place.registry} is of another target (${content.target}), so none of its drafts is used.`,
        ],
      };
    const drafts = content.drafts.filter((entry) => {
      const problem = this.#problemOf(entry);
      if (problem !== undefined) problems.push(`The draft '${entry.id}' is left out: ${problem}.`);
      return problem === undefined;
    });
    const named = new Set(content.drafts.map((entry) => path.basename(entry.file)));
    for (const name of filesIn(this.place.drafts))
      if (!named.has(name) && !name.endsWith('.tmp'))
        problems.push(`${path.join(this.place.drafts, name)} is no draft of the registry and is left out.`);
    return { ...content, drafts, problems, usable: true };
  }

  /** Ids of all drafts that it names, usable or not. */
  ids(): ReadonlySet<string> {
    const content = this.#content();
    return new Set(typeof content === 'string' ? [] : content.drafts.map(({ id }) => id));
  }

  /** Reads every file in full. @returns drafts whose content is not what it was, with the reason */
  async verify(drafts: readonly DraftEntry[]): Promise<ReadonlyMap<string, string>> {
    const wrong = new Map<string, string>();
    for (const entry of drafts) {
      const problem = this.#problemOf(entry);
      if (problem !== undefined) wrong.set(entry.id, problem);
      else if ((await hashOf(this.fileOf(entry))) !== entry.sha256)
        wrong.set(entry.id, `the content of ${this.fileOf(entry)} has changed`);
    }
    return wrong;
  }

  /**
   * Takes a draft's file up, a copy of it under the name of its content; one of the same id is replaced.
   * @throws ForetokenError `locked`, `storage_failed` (all is then as it was), `file_not_found`
   */
  async add(
    file: string,
    entry: Omit<DraftEntry, 'sha256' | 'file' | 'bytes' | 'target'>,
  ): Promise<DraftEntry> {
    let sha256: string;
    try {
      sha256 = await hashOf(file);
    } catch (cause) {
      throw new ForetokenError(
        'file_not_found',
        `The draft ${file} cannot be read: ${(cause as Error).message}`,
        { cause },
      );
    }
    const bytes = statSync(file).size;
    const whole: DraftEntry = {
      ...entry,
      sha256,
      file: `drafts/${sha256}.gguf`,
      bytes,
      target: this.#target,
    };
    await this.change(
      (content) => ({ ...content, drafts: [...content.drafts.filter(({ id }) => id !== whole.id), whole] }),
      () => {
        this.#keep(file, whole);
      },
    );
    return whole;
  }

  /** @throws ForetokenError `draft_not_found`, `locked`, `storage_failed` */
  async remove(id: string): Promise<void> {
    await this.change((content) => {
      if (!content.drafts.some((entry) => entry.id === id))
        throw new ForetokenError(
          'draft_not_found',
          `The registry has no draft '${id}'; it has: ${content.drafts.map((entry) => entry.id).join(', ') || 'none'}.`,
        );
      const assignments = Object.entries(content.assignments).filter(([, { draft }]) => draft !== id);
      return {
        ...content,
        drafts: content.drafts.filter((entry) => entry.id !== id),
        assignments: Object.fromEntries(assignments),
      };
    });
  }

  /**
   * Reads, changes and writes under the lock. Files that nothing names any more go afterwards.
   * @param before done under the lock before the registry is written
   * @throws ForetokenError `locked`, `storage_failed`; the registry is then as it was
   */
  async change(
    change: (content: RegistryContent) => RegistryContent,
    before: () => void = () => undefined,
  ): Promise<void> {
    const { folder, drafts, registry } = this.place;
    try {
      preparePrivateFolder(folder);
      makeFolder(drafts, 0o700);
    } catch (cause) {
      throw new ForetokenError(
        'storage_failed',
        `The folder of drafts ${folder} cannot be used: ${(cause as Error).message}.`,
        { cause },
      );
    }
    const lock = await FileLock.acquire(
      path.join(folder, 'registry.lock'),
      'The registry of drafts',
      LOCK_WAIT_MS,
    );
    try {
      // Of writers that were killed: whoever has the lock is the only one.
      for (const name of filesIn(drafts)) if (name.endsWith('.tmp')) removeQuietly(path.join(drafts, name));
      const old = this.#forWriting();
      const { target, ...changed } = change(old);
      before();
      if (!lock.held) throw new Error('another process has taken over its lock');
      const decisions = latestDecisions(changed.decisions);
      writeFileWhole(
        registry,
        `${JSON.stringify({ format: REGISTRY_FORMAT, target, ...changed, decisions }, null, 1)}\n`,
      );
      const named = new Set(changed.drafts.map((entry) => entry.file));
      for (const entry of old.drafts) if (!named.has(entry.file)) removeQuietly(this.fileOf(entry));
    } catch (error) {
      if (error instanceof ForetokenError) throw error;
      throw new ForetokenError(
        'storage_failed',
        `The registry ${registry} cannot be written (${(error as Error).message}); it is as it was.`,
        { cause: error },
      );
    } finally {
      lock.release();
    }
  }

  #empty(): RegistryContent {
    return { target: this.#target, drafts: [], assignments: {}, decisions: [] };
  }

  /** What cannot be read, or is of another target, is put aside under another name: nothing of it is lost. */
  #forWriting(): RegistryContent {
    const content = this.#content();
    if (typeof content !== 'string' && content.target === this.#target) return content;
    renameSync(
      this.place.registry,
      `${this.place.registry.replace(/\.json$/, '')}.put-aside-${Date.now()}.json`,
    );
    return this.#empty();
  }

  #content(): RegistryContent | string {
    const { registry } = this.place;
    const damaged = (what: string): string =>
      `The registry ${registry} is damaged: ${what}. Drafts are left out until 'foretoken adapt' writes a new one.`;
    let text: string;
    try {
      if (statSync(registry).size > MOST_BYTES) return damaged(`it is larger than ${MOST_BYTES} bytes`);
      text = readFileSync(registry, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return this.#empty();
      return `The registry ${registry} cannot be read: ${(error as Error).message}.`;
    }
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      return damaged((error as Error).message);
    }
    const content = parseRegistry(value);
    return typeof content === 'string' ? damaged(content) : content;
  }

  #problemOf(entry: DraftEntry): string | undefined {
    if (entry.target !== this.#target) return `it guesses for another target (${entry.target})`;
    const file = this.fileOf(entry);
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats === undefined) return `${file} is missing`;
    if (!stats.isFile() || stats.size !== entry.bytes)
      return `${file} is damaged: ${stats.size} bytes instead of ${entry.bytes}`;
    return undefined;
  }

  /** Copies a file to the name of its content, where it is not there yet in full size. */
  #keep(file: string, entry: DraftEntry): void {
    const kept = this.fileOf(entry);
    if (existsSync(kept) && statSync(kept).size === entry.bytes) return;
    const temporary = `${kept}.${process.pid}.tmp`;
    try {
      copyFileSync(file, temporary);
      const handle = openSync(temporary, 'r+');
      try {
        fsyncSync(handle);
      } finally {
        closeSync(handle);
      }
      renameSync(temporary, kept);
    } catch (error) {
      removeQuietly(temporary);
      throw error;
    }
  }
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function removeQuietly(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Where an open file cannot go (Windows), it is named as nobody's from now on.
  }
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  return hash.digest('hex');
}
