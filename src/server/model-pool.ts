/**
 * Models that are loaded when a request asks for them, within a bound of memory. A model that requests use stays; where
 * another one needs the room, the idle model that was used longest ago goes. Models are loaded one after the other, in
 * the order in which they were first asked for.
 */
import { assert, ForetokenError } from '../base/errors.js';
import { sizeText } from '../base/size-text.js';

export interface PooledModel {
  /** The name that requests call it by. */
  readonly id: string;
  /** What it will take, as far as is known before it is loaded. */
  readonly bytes: number;
}

export type ModelState = 'unloaded' | 'loading' | 'loaded';

/** A loaded model in use. */
export interface Lease<Value> {
  readonly value: Value;
  /** To be called once, when the use is over. */
  readonly release: () => void;
}

interface Entry<Model, Value> {
  readonly model: Model;
  /** While it is loaded. */
  value: Value | undefined;
  /** While it is being loaded, or waits for its turn. */
  loading: Promise<void> | undefined;
  /** Requests that use it, and those that wait for it. */
  users: number;
  /** Counts up; the smallest was used longest ago. */
  lastUse: number;
}

export class ModelPool<Model extends PooledModel, Value> {
  readonly #entries: ReadonlyMap<string, Entry<Model, Value>>;
  readonly #boundBytes: number;
  readonly #open: (model: Model) => Promise<Value>;
  readonly #close: (value: Value) => Promise<void>;
  /** Ends when everything that was to be loaded so far is. */
  #queue: Promise<unknown> = Promise.resolve();
  /** Told when a model may have become idle, or nobody waits for one any more. */
  #wake: (() => void) | undefined;
  #uses = 0;
  #closing = false;

  /**
   * @param boundBytes of all models of the pool that are loaded at the same time
   * @param work how a model is loaded, and unloaded; the pool owns what `open` gives until it has called `close`
   */
  constructor(
    models: readonly Model[],
    boundBytes: number,
    work: { open(model: Model): Promise<Value>; close(value: Value): Promise<void> },
  ) {
    this.#entries = new Map(
      models.map((model) => [
        model.id,
        { model, value: undefined, loading: undefined, users: 0, lastUse: 0 },
      ]),
    );
    this.#boundBytes = boundBytes;
    this.#open = (model) => work.open(model);
    this.#close = (value) => work.close(value);
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  /** All models with their states, in the order given. */
  list(): { readonly model: Model; readonly state: ModelState; readonly value: Value | undefined }[] {
    return [...this.#entries.values()].map(({ model, value, loading }) => ({
      model,
      value,
      state: value !== undefined ? 'loaded' : loading !== undefined ? 'loading' : 'unloaded',
    }));
  }

  /**
   * The model, loaded first where it is not. What it takes to load goes on when the one who asked has gone, since the
   * next one may ask for the same.
   * @throws ForetokenError `out_of_memory` where it alone passes the bound, `cancelled` by `gone`, `shutting_down`, and
   *   what loading throws
   */
  async acquire(id: string, gone: AbortSignal): Promise<Lease<Value>> {
    const entry = this.#entries.get(id);
    assert(entry !== undefined, `the pool has a model ${id}`);
    if (this.#closing) throw shuttingDown();
    entry.users += 1;
    try {
      while (entry.value === undefined) await unlessGone((entry.loading ??= this.#enqueue(entry)), gone);
      return {
        value: entry.value,
        release: once(() => {
          this.#leave(entry);
        }),
      };
    } catch (error) {
      this.#leave(entry);
      throw error;
    }
  }

  /** Unloads everything; what is being loaded is waited for. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#wake?.();
    await this.#queue;
    await Promise.all([...this.#entries.values()].map((entry) => this.#unload(entry)));
  }

  #leave(entry: Entry<Model, Value>): void {
    entry.users -= 1;
    entry.lastUse = ++this.#uses;
    this.#wake?.();
  }

  #enqueue(entry: Entry<Model, Value>): Promise<void> {
    const loading = this.#queue
      .then(() => this.#load(entry))
      .finally(() => {
        entry.loading = undefined;
      });
    // A failure is told to those who wait for this model, and keeps no other.
    this.#queue = loading.catch(() => undefined);
    return loading;
  }

  async #load(entry: Entry<Model, Value>): Promise<void> {
    const { model } = entry;
    if (model.bytes > this.#boundBytes)
      throw new ForetokenError(
        'out_of_memory',
        `The model '${model.id}' takes about ${sizeText(model.bytes)}, and ${sizeText(this.#boundBytes)} are left for ` +
          'further models; start the server with a larger --models-max-memory, or a smaller --ctx-size or --parallel.',
        { param: 'model' },
      );
    while (this.#loadedBytes() + model.bytes > this.#boundBytes) {
      if (this.#closing) throw shuttingDown();
      if (entry.users === 0) throw new ForetokenError('cancelled', 'Nobody waits for the model any more.');
      const idle = this.#idleLongest();
      if (idle !== undefined) await this.#unload(idle);
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
    if (this.#closing) throw shuttingDown();
    entry.value = await this.#open(model);
  }

  #loadedBytes(): number {
    return [...this.#entries.values()].reduce(
      (sum, { model, value }) => (value === undefined ? sum : sum + model.bytes),
      0,
    );
  }

  #idleLongest(): Entry<Model, Value> | undefined {
    return [...this.#entries.values()]
      .filter(({ value, users }) => value !== undefined && users === 0)
      .sort((a, b) => a.lastUse - b.lastUse)[0];
  }

  async #unload(entry: Entry<Model, Value>): Promise<void> {
    const { value } = entry;
    if (value === undefined) return;
    // From here on a request for it waits for it to be loaded again.
    entry.value = undefined;
    await this.#close(value);
  }
}

/** @throws ForetokenError `cancelled` when `gone` is aborted first */
function unlessGone(work: Promise<void>, gone: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      reject(new ForetokenError('cancelled', 'The client is gone, so it waits for no model.'));
    };
    if (gone.aborted) leave();
    gone.addEventListener('abort', leave, { once: true });
    void work.then(resolve, reject).finally(() => {
      gone.removeEventListener('abort', leave);
    });
  });
}

function once(work: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    work();
  };
}

const shuttingDown = (): ForetokenError =>
  new ForetokenError('shutting_down', 'The server is shutting down and loads no more models.');
