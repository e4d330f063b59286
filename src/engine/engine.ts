/**
 * The engine as the rest of the program holds it: starts the thread, numbers requests, hands events on, and
 * answers every request whatever becomes of the thread.
 */
import { SHARE_ENV, Worker } from 'node:worker_threads';
import { asDraftId, type DraftId } from '../base/draft-id.js';
import { ForetokenError, type PlainError } from '../base/errors.js';
import { tryDraftInThread } from '../llama/trial-thread.js';
import type { PlanRecord } from '../planning/plan-record.js';
import type { Call, FromThread, ThreadData, ToThread } from './messages.js';
import { PlanLog } from './plan-log.js';
import { Pulse } from './pulse.js';
import { EventStream } from './request-stream.js';
import {
  refusalOf,
  type CellCounts,
  type DecodeCosts,
  type DraftStatus,
  type EngineHandle,
  type EngineInfo,
  type EngineOptions,
  type EngineRequest,
  type EngineStall,
  type ModelOptions,
  type RequestEvent,
  type RequestRecord,
  type RequestStream,
  type StepReport,
} from './types.js';
import { DEFAULT_WATCHDOG_MS, watch } from './watchdog.js';

/** How long the thread may take to end once it is told to: more than any piece of work that has an end. */
const STOP_MS = 5_000;

/**
 * Loads the model in a thread of its own.
 * @throws ForetokenError with the loader's code (`file_not_found`, `invalid_gguf`, `vocabulary_mismatch` …).
 */
export async function startEngine(
  model: ModelOptions,
  options: EngineOptions,
  hooks: {
    readonly onLoadProgress?: (progress: number) => void;
    /** Told of what goes wrong beside the requests. */
    readonly onProblem?: (text: string) => void;
    /** Another program for the thread; for tests of what happens when it hangs or dies. */
    readonly thread?: URL;
  } = {},
): Promise<EngineHandle> {
  const onProblem = hooks.onProblem ?? (() => undefined);
  const planLog = options.planLog === undefined ? undefined : new PlanLog(options.planLog, onProblem);
  const pulse = new Pulse();
  const workerData: ThreadData = { model, options, pulse: pulse.memory };
  const worker = new Worker(hooks.thread ?? new URL('./thread.js', import.meta.url), {
    workerData,
    name: 'foretoken-engine',
    // `llama/target.ts` sets a switch that the native library reads from the process's environment.
    env: SHARE_ENV,
  });
  const info = await new Promise<EngineInfo>((resolve, reject) => {
    const loading = (message: FromThread): void => {
      if (message.type === 'loading') hooks.onLoadProgress?.(message.progress);
      if (message.type === 'failed') reject(ForetokenError.fromPlain(message.error));
      if (message.type !== 'ready') return;
      worker.off('message', loading);
      resolve(message.info);
    };
    worker.on('message', loading);
    worker.once('error', (error) => {
      reject(ForetokenError.from(error));
    });
    worker.once('exit', () => {
      reject(new ForetokenError('engine_stopped', 'The engine thread ended while it loaded the model.'));
    });
  });
  return new ThreadedEngine({ worker, pulse, model, options, planLog, onProblem }, info);
}

interface Started {
  readonly worker: Worker;
  readonly pulse: Pulse;
  readonly model: ModelOptions;
  readonly options: EngineOptions;
  readonly planLog: PlanLog | undefined;
  readonly onProblem: (text: string) => void;
}

/** Somebody waits for an answer of the thread. */
interface Waiting {
  /** Embeddings are waited for before the engine closes. */
  readonly type: Call['type'];
  resolve(value: unknown): void;
  reject(error: Error): void;
}

class ThreadedEngine implements EngineHandle {
  /** What can guess changes with the drafts. */
  info: EngineInfo;
  stall: EngineStall | undefined;
  cells: CellCounts | undefined;
  costs: DecodeCosts | undefined;
  readonly #started: Started;
  readonly #streams = new Map<number, EventStream>();
  readonly #calls = new Map<number, Waiting>();
  /** As the thread told them last. */
  #drafts: readonly DraftStatus[] = [];
  /** Drafts whose files are being looked at. */
  readonly #loadingDrafts = new Set<DraftId>();
  readonly #listeners: ((report: StepReport) => void)[] = [];
  readonly #booksListeners: ((problem: string) => void)[] = [];
  /** Who is told of ended requests, and whether their tokens are wanted. */
  readonly #recordListeners = new Map<(record: RequestRecord) => void, boolean>();
  readonly #exited: Promise<void>;
  #nextId = 1;
  #state: 'open' | 'closing' | 'closed' = 'open';
  #whenEmpty: (() => void) | undefined;

  constructor(started: Started, info: EngineInfo) {
    const { worker, pulse, options, onProblem } = started;
    this.#started = started;
    this.info = info;
    worker.on('message', (message: FromThread) => {
      this.#receive(message);
    });
    worker.on('error', (error) => {
      this.#abandon(
        new ForetokenError('engine_stopped', `The engine thread failed: ${error.message}`).toPlain(),
      );
    });
    const endWatch = watch(pulse, options.watchdogMs ?? DEFAULT_WATCHDOG_MS, (stall) => {
      if (stall !== undefined && this.stall === undefined)
        onProblem(`the engine thread does not move: ${stall.doing} for ${Math.round(stall.forMs)} ms.`);
      if (stall === undefined && this.stall !== undefined) onProblem('the engine thread moves again.');
      this.stall = stall;
    });
    this.#exited = new Promise((resolve) => {
      worker.on('exit', () => {
        endWatch();
        this.stall = undefined;
        this.#abandon(new ForetokenError('engine_stopped', 'The engine thread has ended.').toPlain());
        resolve();
      });
    });
  }

  get inFlight(): number {
    return this.#streams.size;
  }

  submit(request: Omit<EngineRequest, 'id'>): RequestStream {
    this.#assertOpen();
    if (this.#streams.size >= this.info.parallel + this.#started.options.queueLimit) {
      throw new ForetokenError(
        'queue_full',
        `${this.#streams.size} requests are running or waiting already. Try again later.`,
      );
    }
    const absent = request.speculation.proposers?.find((name) => !this.info.proposers.includes(name));
    if (absent !== undefined) {
      const able = this.info.proposers.join(', ');
      throw new ForetokenError(
        'invalid_request',
        `Nothing can guess by ${absent} here; what it can: ${able === '' ? 'nothing' : able}.`,
        { param: 'speculation.proposers' },
      );
    }
    const id = this.#nextId++;
    const stream = new EventStream(id, (type) => {
      this.#post({ type, id });
    });
    this.#streams.set(id, stream);
    this.#post({ type: 'submit', request: { ...request, id } });
    return stream;
  }

  embed(tokens: Int32Array, gone?: AbortSignal): Promise<Float32Array> {
    const { id, answer } = this.#call<Float32Array>({ type: 'embed', tokens });
    const cancel = (): void => {
      this.#post({ type: 'cancel', id });
      this.#settle(id, undefined, new ForetokenError('cancelled', 'The embedding was cancelled.'));
    };
    if (gone?.aborted === true) cancel();
    else gone?.addEventListener('abort', cancel);
    return answer.finally(() => gone?.removeEventListener('abort', cancel));
  }

  plans(): Promise<readonly PlanRecord[]> {
    return this.#call<readonly PlanRecord[]>({ type: 'plans' }).answer;
  }

  /** Sends a message that the thread answers. */
  #call<T>(call: Call): { readonly id: number; readonly answer: Promise<T> } {
    this.#assertOpen();
    const id = this.#nextId++;
    const answer = new Promise<T>((resolve: (value: never) => void, reject) => {
      this.#calls.set(id, { type: call.type, resolve, reject });
    });
    this.#post({ ...call, id });
    return { id, answer };
  }

  #settle(id: number, value: unknown, error: ForetokenError | undefined): void {
    const waiting = this.#calls.get(id);
    this.#calls.delete(id);
    if (error === undefined) waiting?.resolve(value);
    else waiting?.reject(error);
    this.#ifEmpty();
  }

  async loadDraft({
    id: name,
    file,
    forTask = false,
  }: Parameters<EngineHandle['loadDraft']>[0]): Promise<DraftStatus> {
    const draft = asDraftId(name);
    this.#assertOpen();
    if (!this.info.canSpeculate)
      throw new ForetokenError(
        'not_supported',
        'The model cannot take tokens back, so no draft can guess for it.',
      );
    if (this.#loadingDrafts.has(draft))
      throw new ForetokenError(
        'invalid_request',
        `The draft '${draft}' is being loaded already; wait for that to end.`,
      );
    this.#loadingDrafts.add(draft);
    try {
      const { model } = this.#started;
      const version = await tryDraftInThread(file, model.modelPath, model);
      await this.#call({ type: 'loadDraft', draft, file, version, forTask }).answer;
      return this.#drafts.find((one) => one.id === draft && one.state === 'ready')!;
    } finally {
      this.#loadingDrafts.delete(draft);
    }
  }

  async unloadDraft(id: string, { forTask = false } = {}): Promise<void> {
    await this.#call({ type: 'unloadDraft', draft: asDraftId(id), forTask }).answer;
  }

  async drafts(): Promise<readonly DraftStatus[]> {
    await this.#call({ type: 'drafts' }).answer;
    const loading = [...this.#loadingDrafts].map((id): DraftStatus => {
      return { id, version: '', state: 'loading', bytes: 0, requests: 0, isDefault: false };
    });
    return [...this.#drafts, ...loading];
  }

  relabel(requestId: number, label: number): void {
    if (!Number.isSafeInteger(label) || label < 0)
      throw new ForetokenError('invalid_request', `A label is a whole number from 0 on; got ${label}.`);
    if (this.#streams.has(requestId)) this.#post({ type: 'relabel', id: requestId, label });
  }

  onStep(listener: (report: StepReport) => void): void {
    this.#listeners.push(listener);
  }

  onBooksMended(listener: (problem: string) => void): void {
    this.#booksListeners.push(listener);
  }

  onRequestEnd(listener: (record: RequestRecord) => void, wants = { tokens: false }): () => void {
    const tell = (change: () => void): void => {
      const wanted = (): boolean => [...this.#recordListeners.values()].some((tokens) => tokens);
      const before = wanted();
      change();
      if (wanted() !== before) this.#post({ type: 'tokens', wanted: !before });
    };
    tell(() => this.#recordListeners.set(listener, wants.tokens));
    return () => {
      tell(() => this.#recordListeners.delete(listener));
    };
  }

  async close({ graceMs }: { readonly graceMs: number }): Promise<void> {
    if (this.#state === 'open') {
      this.#state = 'closing';
      await this.#drain(graceMs);
      this.#post({ type: 'stop' });
    }
    await Promise.race([this.#exited, this.#giveUp()]);
    await this.#started.planLog?.close();
  }

  /** Resolves when the thread has had its time to end and has not: what waits for it is answered without it. */
  async #giveUp(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, STOP_MS).unref());
    if (this.#state === 'closed') return;
    const { worker, pulse } = this.#started;
    this.stall = { doing: pulse.doing, forMs: STOP_MS };
    worker.unref();
    this.#abandon(
      new ForetokenError('engine_stalled', `The engine thread does not end: ${pulse.doing}.`).toPlain(),
    );
  }

  /** Resolves when nothing is in flight or the time is over. */
  #drain(graceMs: number): Promise<void> {
    if (this.#isEmpty || graceMs <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      this.#whenEmpty = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  get #isEmpty(): boolean {
    return this.#streams.size === 0 && ![...this.#calls.values()].some(({ type }) => type === 'embed');
  }

  #ifEmpty(): void {
    if (this.#isEmpty) this.#whenEmpty?.();
  }

  #post(message: ToThread): void {
    this.#started.worker.postMessage(message);
    this.#started.pulse.announce();
  }

  #receive(message: FromThread): void {
    switch (message.type) {
      case 'news':
        this.cells = message.cells;
        this.costs = message.costs;
        for (const event of message.events) this.#deliver(event);
        for (const report of message.reports) {
          if (report.plan !== undefined) this.#started.planLog?.add(report.plan);
          for (const listener of this.#listeners) listener(report);
        }
        return;
      case 'answer':
        this.#settle(message.id, message.value, message.error && ForetokenError.fromPlain(message.error));
        return;
      case 'books-mended':
        this.cells = message.cells;
        this.#started.onProblem(
          `the books of the KV cache were wrong (${message.problem}); the caches have been emptied, and nothing is lost ` +
            'but kept prompts. Please report this.',
        );
        for (const listener of this.#booksListeners) listener(message.problem);
        return;
      case 'drafts':
        this.#drafts = message.drafts;
        this.info = {
          ...this.info,
          proposers: message.proposers,
          hasDraft: message.drafts.some(({ state }) => state === 'ready'),
        };
        return;
      case 'loading':
      case 'ready':
      case 'failed':
    }
  }

  #deliver(event: RequestEvent): void {
    const stream = this.#streams.get(event.id);
    if (stream?.push(event) !== true) return;
    for (const listener of this.#recordListeners.keys()) listener(event.finish!);
    this.#streams.delete(event.id);
    this.#ifEmpty();
  }

  /** The thread is gone: everything still in flight is answered here. */
  #abandon(error: PlainError): void {
    this.#state = 'closed';
    for (const id of [...this.#streams.keys()]) this.#deliver(refusalOf(id, error));
    for (const id of [...this.#calls.keys()]) this.#settle(id, undefined, ForetokenError.fromPlain(error));
  }

  #assertOpen(): void {
    if (this.#state === 'closing') throw new ForetokenError('shutting_down', 'The server is shutting down.');
    if (this.#state === 'closed') {
      throw new ForetokenError('engine_stopped', 'The engine has stopped; restart the server.');
    }
  }
}
