/** How far a round has come, so that one that was ended at any moment goes on: written whole or not at all, in the folder of its work. */
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../../base/make-folder.js';
import { ForetokenError } from '../../base/errors.js';
import { isObject } from '../../base/shape.js';
import { writeFileWhole } from '../../base/write-file.js';
import type { SizeForecast } from '../../drafts/sizes.js';
import type { Decision } from '../../drafts/registry/entry.js';

interface Progress {
  /** Milliseconds of the budget that are spent. */
  spentMs: number;
  textsDone: boolean;
  /** What was predicted of each size of a new draft; empty where none is made. */
  sizes: readonly SizeForecast[];
  /** [task] undefined until it has been decided. */
  decisions: Record<string, Decision>;
  /** Tasks whose training has ended, whatever came of it. */
  trained: string[];
}

const FORMAT = 2;

export class RoundState {
  readonly folder: string;
  readonly #key: string;
  readonly #resumed: boolean;
  readonly #progress: Progress;
  #atMs = performance.now();

  /**
   * Goes on where a round of the same key was ended; what another one has left is thrown away.
   * @throws ForetokenError `storage_failed`
   */
  constructor(folder: string, key: string) {
    this.folder = folder;
    this.#key = key;
    const found = read(path.join(folder, 'state.json'), key);
    this.#resumed = found !== undefined;
    this.#progress = found ?? {
      spentMs: 0,
      textsDone: false,
      sizes: [],
      decisions: {},
      trained: [],
    };
    if (found === undefined) rmSync(folder, { recursive: true, force: true });
    makeFolder(folder, 0o700);
    this.save();
  }

  get resumed(): boolean {
    return this.#resumed;
  }

  get progress(): Readonly<Progress> {
    return this.#progress;
  }

  /** Milliseconds of the budget that are spent by now. */
  get spentMs(): number {
    return this.#progress.spentMs + (performance.now() - this.#atMs);
  }

  /** @throws ForetokenError `storage_failed` */
  save(change: Partial<Progress> = {}): void {
    const spentMs = this.spentMs;
    Object.assign(this.#progress, change, { spentMs });
    this.#atMs = performance.now();
    try {
      writeFileWhole(
        path.join(this.folder, 'state.json'),
        JSON.stringify({ format: FORMAT, key: this.#key, ...this.#progress }),
      );
    } catch (cause) {
      throw new ForetokenError(
        'storage_failed',
        `How far the round has come cannot be written to ${this.folder} (${(cause as Error).message}); the drafts are as they were.`,
        { cause },
      );
    }
  }

  /** The round has ended: nothing of it is of use any more. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What is damaged is as nothing: the round begins anew. */
function read(file: string, key: string): Progress | undefined {
  try {
    const value = JSON.parse(readFileSync(file, 'utf8')) as Partial<Progress> & {
      format?: unknown;
      key?: unknown;
    };
    const { spentMs, textsDone, sizes, decisions, trained } = value;
    if (value.format !== FORMAT || value.key !== key) return undefined;
    if (typeof spentMs !== 'number' || !(spentMs >= 0)) return undefined;
    if (typeof textsDone !== 'boolean' || !Array.isArray(sizes) || !sizes.every(isObject)) return undefined;
    if (!isObject(decisions) || !Object.values(decisions).every(isObject)) return undefined;
    if (!Array.isArray(trained) || !trained.every((task) => typeof task === 'string')) return undefined;
    return { spentMs, textsDone, sizes: sizes as unknown as SizeForecast[], decisions, trained };
  } catch {
    return undefined;
  }
}
