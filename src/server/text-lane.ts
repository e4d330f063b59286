/**
 * Work on whole texts in a thread of its own, one job after another. What waits is bounded, what nobody waits for
 * any more is dropped, and a thread that dies is replaced, so that every job is answered.
 */
import { Worker } from 'node:worker_threads';
import { ForetokenError, type PlainError } from '../base/errors.js';
import type { Gpu } from '../llama/packages.js';
import type { ChatEnding, ChatMessage } from './codec.js';

export interface TextSetup {
  readonly modelPath: string;
  /** Jinja text in place of the model's own template. */
  readonly chatTemplate?: string | undefined;
  /** Of which kind the native library is; the process has one. */
  readonly gpu: Gpu;
}

export type TextJob =
  | {
      readonly type: 'tokenize';
      readonly text: string;
      readonly addSpecial: boolean;
      readonly parseSpecial: boolean;
    }
  | { readonly type: 'detokenize'; readonly tokens: readonly number[] }
  | { readonly type: 'encodePair'; readonly query: string; readonly document: string }
  | {
      readonly type: 'encodeChat';
      readonly messages: readonly ChatMessage[];
      readonly extra: Readonly<Record<string, unknown>>;
      readonly ending?: ChatEnding | undefined;
    }
  /** Answered as JSON. */
  | { readonly type: 'callSyntax' };

/** The thread's first message: it has opened the library and the vocabulary. */
export const READY = 'ready';

export interface TextAnswer {
  readonly result?: Int32Array | string | undefined;
  readonly error?: PlainError;
}

/** Characters (or tokens) that may wait, in all. */
const MOST_WAITING = 64 * 2 ** 20;
/** What each job counts at least. */
const LEAST_SIZE = 1024;
const LIMIT_MS = 10_000;
/** Tokenisers read a megabyte in one or two seconds (EPYC Milan). */
const LIMIT_MS_PER_MEBI = 20_000;
/** A thread that has not answered after so many times the limit hangs in native code and is given up. */
const GIVE_UP = 3;

interface Waiting {
  readonly job: TextJob;
  readonly size: number;
  readonly limitMs: number;
  readonly settle: (answer: TextAnswer) => void;
}

export class TextLane {
  readonly #setup: TextSetup;
  readonly #limitMs: number;
  readonly #mostWaiting: number;
  readonly #program: URL;
  readonly #waiting: Waiting[] = [];
  #waitingSize = 0;
  #worker: Worker | undefined;
  /** Those that have said that they are ready. */
  readonly #ready = new WeakSet<Worker>();
  #current: { readonly settle: (answer: TextAnswer) => void; readonly timer: NodeJS.Timeout } | undefined;
  #closed = false;

  constructor(
    setup: TextSetup,
    options: {
      readonly limitMs?: number;
      readonly mostWaiting?: number;
      /** Another program for the thread; for tests of what happens when it hangs or dies. */
      readonly program?: URL;
    } = {},
  ) {
    this.#setup = setup;
    this.#limitMs = options.limitMs ?? LIMIT_MS;
    this.#mostWaiting = options.mostWaiting ?? MOST_WAITING;
    this.#program = options.program ?? new URL('./text-thread.js', import.meta.url);
  }

  /** Opens the vocabulary before the first job needs it. */
  start(): void {
    this.#worker ??= this.#open();
  }

  /**
   * @param size characters or tokens
   * @throws ForetokenError `queue_full`, `cancelled` (by `gone`), `invalid_request` (took too long), `shutting_down`
   */
  run(job: TextJob, size: number, gone?: AbortSignal): Promise<Int32Array | string> {
    return new Promise((resolve, reject) => {
      const fail = (error: ForetokenError): void => {
        reject(error);
      };
      if (this.#closed) {
        fail(new ForetokenError('shutting_down', 'The server is shutting down.'));
        return;
      }
      if (gone?.aborted === true) {
        fail(cancelled());
        return;
      }
      const counted = Math.max(size, LEAST_SIZE);
      if (this.#waitingSize > 0 && this.#waitingSize + counted > this.#mostWaiting) {
        fail(
          new ForetokenError(
            'queue_full',
            'Too much text waits to be read already; try again in a moment, or send less.',
          ),
        );
        return;
      }
      const onGone = (): void => {
        const at = this.#waiting.indexOf(waiting);
        if (at >= 0) {
          this.#waiting.splice(at, 1);
          this.#waitingSize -= counted;
        }
        fail(cancelled());
      };
      const waiting: Waiting = {
        job,
        size: counted,
        limitMs: this.#limitMs + Math.floor((size / 2 ** 20) * LIMIT_MS_PER_MEBI),
        settle: ({ result, error }) => {
          gone?.removeEventListener('abort', onGone);
          if (result !== undefined) resolve(result);
          else fail(error === undefined ? died() : ForetokenError.fromPlain(error));
        },
      };
      gone?.addEventListener('abort', onGone);
      this.#waiting.push(waiting);
      this.#waitingSize += counted;
      this.#next();
    });
  }

  /** Answers what waits, and ends the thread. */
  close(): void {
    this.#closed = true;
    const error = new ForetokenError('shutting_down', 'The server is shutting down.').toPlain();
    for (const { settle } of this.#waiting.splice(0)) settle({ error });
    this.#waitingSize = 0;
    this.#giveUp({ error });
  }

  #next(): void {
    if (this.#current !== undefined) return;
    const waiting = this.#waiting.shift();
    if (waiting === undefined) {
      // An idle thread is no reason for a process to go on.
      this.#worker?.unref();
      return;
    }
    const { job, size, limitMs, settle } = waiting;
    this.#waitingSize -= size;
    const worker = (this.#worker ??= this.#open());
    worker.ref();
    const timer = setTimeout(() => {
      this.#giveUp({
        error: {
          code: 'invalid_request',
          message: `Reading this text took longer than ${(GIVE_UP * limitMs) / 1000} s; send less.`,
        },
      });
      this.#next();
    }, GIVE_UP * limitMs);
    this.#current = { settle, timer };
    worker.postMessage({ job, limitMs });
  }

  #open(): Worker {
    const worker = new Worker(this.#program, { workerData: this.#setup, name: 'foretoken-text' });
    worker.on('message', (answer: TextAnswer | typeof READY) => {
      if (answer === READY) {
        this.#ready.add(worker);
        worker.unref();
        if (worker !== this.#worker) void worker.terminate();
        return;
      }
      if (worker !== this.#worker) return;
      this.#settle(answer);
      this.#next();
    });
    const lost = (error: Error | undefined): void => {
      if (worker !== this.#worker) return;
      this.#worker = undefined;
      this.#settle({ error: died(error).toPlain() });
      this.#next();
    };
    worker.on('error', lost);
    worker.on('exit', () => {
      lost(undefined);
    });
    return worker;
  }

  #settle(answer: TextAnswer): void {
    const current = this.#current;
    this.#current = undefined;
    clearTimeout(current?.timer);
    current?.settle(answer);
  }

  /** Not waited for: it may be in native code. */
  #giveUp(answer: TextAnswer): void {
    const worker = this.#worker;
    this.#worker = undefined;
    // One that is ended while it declares the library's functions takes the process with it: it is ended when it is ready.
    if (worker !== undefined && this.#ready.has(worker)) {
      worker.unref();
      void worker.terminate();
    }
    this.#settle(answer);
  }
}

const cancelled = (): ForetokenError =>
  new ForetokenError('cancelled', 'The client is gone, so its text was not read.');

const died = (error?: Error): ForetokenError =>
  new ForetokenError(
    'internal_error',
    `The thread that reads texts has ended${error === undefined ? '' : `: ${error.message}`}. Send the request again.`,
    { cause: error },
  );
