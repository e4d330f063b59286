/**
 * The journal of a running server: entries go to a thread of their own, which redacts and stores them in batches, so
 * that neither the engine nor HTTP ever waits for a disk. What the thread cannot keep up with is left out and counted.
 */
import { Worker } from 'node:worker_threads';
import { ForetokenError, type PlainError } from '../../base/errors.js';
import type { JournalMessage, NewEntry } from './entry.js';
import type { JournalBounds } from './store.js';

/** Entries on their way; more are left out. At 4 kB each, 16 MB. */
const MOST_WAITING = 4096;
const CLOSING_MS = 10_000;

/** As it comes from the engine: with all that was written in it. */
export interface RawEntry extends Omit<
  NewEntry,
  'prompt' | 'promptTokens' | 'outputTokens' | 'refusedAt' | 'source'
> {
  /** The messages that were sent; undefined: `promptText` is all that there is. */
  readonly messages: readonly JournalMessage[] | undefined;
  /** What `promptTokens` say. */
  readonly promptText: string;
  readonly promptTokens: Int32Array;
  readonly outputTokens: Int32Array;
  readonly refusedAt: readonly number[];
}

export interface WriterOptions extends JournalBounds {
  readonly redact?: readonly string[];
}

export interface WriterData {
  readonly folder: string;
  readonly options: WriterOptions;
}

export type ToWriter = { readonly type: 'entry'; readonly entry: RawEntry } | { readonly type: 'close' };
export type FromWriter =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly error: PlainError }
  /** Entries that are on the disk, and those that will never be. */
  | { readonly type: 'done'; readonly written: number; readonly lost: number }
  | { readonly type: 'problem'; readonly text: string };

export class JournalWriter {
  readonly folder: string;
  readonly #worker: Worker;
  readonly #onProblem: (text: string) => void;
  readonly #exited: Promise<void>;
  #open = true;
  #full = false;
  added = 0;
  written = 0;
  lost = 0;

  /**
   * @param onProblem told what goes wrong while it writes, in words for the operator
   * @throws ForetokenError `journal_unusable`, `invalid_option` (a pattern)
   */
  static async open(
    folder: string,
    options: WriterOptions = {},
    onProblem: (text: string) => void = () => undefined,
  ): Promise<JournalWriter> {
    const workerData: WriterData = { folder, options };
    const worker = new Worker(new URL('./writer-thread.js', import.meta.url), {
      workerData,
      name: 'foretoken-journal',
    });
    await new Promise<void>((resolve, reject) => {
      worker.on('message', (message: FromWriter) => {
        if (message.type === 'problem') onProblem(message.text);
        else if (message.type === 'failed') reject(ForetokenError.fromPlain(message.error));
        else resolve();
      });
      worker.once('error', reject);
    }).finally(() => {
      worker.removeAllListeners('message');
    });
    return new JournalWriter(folder, worker, onProblem);
  }

  private constructor(folder: string, worker: Worker, onProblem: (text: string) => void) {
    this.folder = folder;
    this.#worker = worker;
    this.#onProblem = onProblem;
    worker.on('message', (message: FromWriter) => {
      this.#receive(message);
    });
    worker.on('error', (error) => {
      onProblem(`the journal's thread has failed, and nothing more is journalled: ${error.message}`);
    });
    this.#exited = new Promise((resolve) => {
      worker.on('exit', () => {
        this.#open = false;
        resolve();
      });
    });
    // A server that ends closes it; whoever forgets is not kept alive by it.
    worker.unref();
  }

  get waiting(): number {
    return this.added - this.written - this.lost;
  }

  /** Never waits and never throws. */
  add(entry: RawEntry): void {
    this.added += 1;
    if (this.#open && this.waiting <= MOST_WAITING) {
      this.#worker.postMessage({ type: 'entry', entry } satisfies ToWriter);
      return;
    }
    this.lost += 1;
    if (this.#full) return;
    this.#full = true;
    this.#onProblem(
      `the journal cannot keep up: ${MOST_WAITING} entries wait, and further ones are left out until there is room.`,
    );
  }

  /** Resolves when all is stored, or the thread has had its time. */
  async close(): Promise<void> {
    if (!this.#open) return;
    this.#worker.postMessage({ type: 'close' } satisfies ToWriter);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSING_MS);
    });
    await Promise.race([this.#exited, late]);
    clearTimeout(timer);
    await this.#worker.terminate();
  }

  #receive(message: FromWriter): void {
    if (message.type === 'problem') this.#onProblem(message.text);
    if (message.type !== 'done') return;
    this.written += message.written;
    this.lost += message.lost;
    if (this.waiting < MOST_WAITING / 2) this.#full = false;
  }
}
