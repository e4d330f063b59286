/**
 * Compiles grammars and schemas in a thread of its own, so that nobody else waits for them: one after another, each
 * within a time limit after which the thread is ended and started anew, with a bounded queue and bounded memory.
 * What came of a source, an error too, is kept by its hash; what has not been asked for longest goes first.
 */
import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { ForetokenError, type PlainError } from '../base/errors.js';
import type { CompileAnswer } from './compiler-thread.js';
import { sourceText, type GrammarSource } from './grammar-source.js';
import type { CompiledGrammar } from './network.js';

export interface CompilerLimits {
  /** For one grammar, while it is compiled. */
  readonly timeMs: number;
  /** Grammars that may wait; one more is refused. */
  readonly waiting: number;
  /** Characters of all that wait. */
  readonly waitingCharacters: number;
  /** Of the results that are kept. */
  readonly keptBytes: number;
  /** Heap of the thread. */
  readonly heapMegabytes: number;
}

const LIMITS: CompilerLimits = {
  timeMs: 5_000,
  waiting: 256,
  waitingCharacters: 64_000_000,
  keptBytes: 64 * 1024 * 1024,
  heapMegabytes: 512,
};
/** What an entry takes beside its words. */
const ENTRY_BYTES = 512;

interface Job {
  readonly key: string;
  readonly source: GrammarSource;
  readonly characters: number;
  readonly resolve: (answer: CompileAnswer) => void;
}

export class GrammarCompiler {
  readonly #limits: CompilerLimits;
  /** By hash of the source; the latest asked for is last. */
  readonly #kept = new Map<string, CompileAnswer>();
  #keptBytes = 0;
  readonly #pending = new Map<string, Promise<CompileAnswer>>();
  readonly #queue: Job[] = [];
  #queuedCharacters = 0;
  #worker: Worker | undefined;
  #ready = false;
  #current: Job | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(limits: Partial<CompilerLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  /** @throws ForetokenError `invalid_grammar`, `invalid_schema`, `queue_full`, `shutting_down` */
  async compile(source: GrammarSource): Promise<CompiledGrammar> {
    const { grammar, error } = await this.#answer(source);
    if (grammar !== undefined) return grammar;
    throw ForetokenError.fromPlain(error!);
  }

  /** Answers who waits with `shutting_down` and ends the thread. */
  async close(): Promise<void> {
    this.#closed = true;
    const error = new ForetokenError('shutting_down', 'The server is shutting down.').toPlain();
    const worker = this.#worker;
    this.#worker = undefined;
    clearTimeout(this.#timer);
    this.#current?.resolve({ error });
    this.#current = undefined;
    for (const { resolve } of this.#queue.splice(0)) resolve({ error });
    await worker?.terminate();
  }

  #answer(source: GrammarSource): Promise<CompileAnswer> {
    if (this.#closed) throw new ForetokenError('shutting_down', 'The server is shutting down.');
    const text = sourceText(source);
    const key = createHash('sha256').update(source.kind).update(text).digest('base64');
    const kept = this.#kept.get(key);
    if (kept !== undefined) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return Promise.resolve(kept);
    }
    let pending = this.#pending.get(key);
    if (pending === undefined) {
      this.#assertRoom(text.length);
      pending = new Promise<CompileAnswer>((resolve) => {
        this.#queue.push({ key, source, characters: text.length, resolve });
        this.#queuedCharacters += text.length;
      }).finally(() => {
        this.#pending.delete(key);
      });
      this.#pending.set(key, pending);
      this.#work();
    }
    return pending;
  }

  #assertRoom(characters: number): void {
    const { waiting, waitingCharacters } = this.#limits;
    if (this.#queue.length < waiting && this.#queuedCharacters + characters <= waitingCharacters) return;
    throw new ForetokenError(
      'queue_full',
      `${this.#queue.length} grammars wait to be compiled already. Try again later.`,
    );
  }

  /** Hands the thread its next job, when it is free. */
  #work(): void {
    if (this.#current !== undefined || this.#queue.length === 0) return;
    this.#worker ??= this.#start();
    if (!this.#ready) return;
    const job = this.#queue.shift()!;
    this.#queuedCharacters -= job.characters;
    this.#current = job;
    // While somebody waits the program must not end.
    this.#worker.ref();
    this.#worker.postMessage(job.source);
    this.#timer = setTimeout(() => {
      this.#giveUp(`it takes longer than ${this.#limits.timeMs / 1000} s to compile; make it smaller`);
    }, this.#limits.timeMs);
  }

  #start(): Worker {
    const worker = new Worker(new URL('./compiler-thread.js', import.meta.url), {
      name: 'foretoken-grammars',
      resourceLimits: { maxOldGenerationSizeMb: this.#limits.heapMegabytes },
    });
    this.#ready = false;
    worker.on('message', (answer: CompileAnswer) => {
      if (worker !== this.#worker) return;
      if (this.#ready) this.#finish(answer);
      this.#ready = true;
      this.#work();
    });
    worker.on('error', (error) => {
      if (worker !== this.#worker) return;
      const memory = (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
      if (!this.#ready && !memory) {
        // The thread cannot even start: nobody who waits will be served.
        this.#worker = undefined;
        const failure = ForetokenError.from(error).toPlain();
        for (const { resolve } of this.#queue.splice(0)) resolve({ error: failure });
        this.#queuedCharacters = 0;
        return;
      }
      this.#giveUp(
        memory
          ? `it needs more than ${this.#limits.heapMegabytes} MB to compile; make it smaller`
          : `it cannot be compiled (${error.message})`,
      );
    });
    return worker;
  }

  /** The current job is hopeless: the thread is ended, and the others go on in a new one. */
  #giveUp(why: string): void {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#ready = false;
    void worker?.terminate();
    const source = this.#current?.source;
    const error: PlainError =
      source !== undefined && source.kind !== 'gbnf'
        ? { code: 'invalid_schema', message: `The schema is too large: ${why}.`, param: source.param }
        : { code: 'invalid_grammar', message: `The grammar is too large: ${why}.`, param: 'grammar' };
    this.#finish({ error });
    this.#work();
  }

  #finish(answer: CompileAnswer): void {
    clearTimeout(this.#timer);
    const job = this.#current;
    this.#current = undefined;
    if (this.#queue.length === 0) this.#worker?.unref();
    if (job === undefined) return;
    this.#keep(job.key, answer);
    job.resolve(answer);
  }

  #keep(key: string, answer: CompileAnswer): void {
    this.#kept.set(key, answer);
    this.#keptBytes += bytesOf(answer);
    for (const [oldest, old] of this.#kept) {
      if (this.#keptBytes <= this.#limits.keptBytes) return;
      this.#kept.delete(oldest);
      this.#keptBytes -= bytesOf(old);
    }
  }
}

function bytesOf({ grammar, error }: CompileAnswer): number {
  return ENTRY_BYTES + (grammar?.words.byteLength ?? 0) + 2 * (error?.message.length ?? 0);
}
