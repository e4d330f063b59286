/**
 * The drafts of a registry in a running engine: taken up at the start, when the registry changes, and when asked to; of
 * those that come with Foretoken each when its task first comes. What the engine has freed for lack of memory is loaded
 * again when its task comes. A new version of a draft takes the place of the old one in the way of `POST /v1/drafts`:
 * requests in flight keep what they have. Whatever cannot be used is named, and what is loaded in its place stays.
 */
import { unwatchFile, watchFile } from 'node:fs';
import { ForetokenError } from '../base/errors.js';
import type { DraftEntry } from '../drafts/registry/entry.js';
import type { DraftSource } from '../drafts/registry/source.js';
import type { EngineHandle } from '../engine/types.js';

/** What came of a reload. */
export interface Reloaded {
  /** Ids of drafts that are new, or of which another version is there. */
  readonly loaded: readonly string[];
  /** Gone with the last request that has them. */
  readonly unloaded: readonly string[];
  /** As they were. */
  readonly kept: readonly string[];
  readonly problems: readonly string[];
  /** [task] id of its draft; null for none. */
  readonly assignments: Readonly<Record<string, string | null>>;
}

/** The registry's file is looked at so often: once a round of adapting is soon enough. */
const WATCH_MS = 2000;
/** A draft that was freed for another one is not loaded again before, or two would take turns in too little memory. */
const AGAIN_MS = 60_000;

export class TaskDrafts {
  readonly #engine: Pick<EngineHandle, 'loadDraft' | 'unloadDraft' | 'drafts'>;
  readonly #source: DraftSource;
  readonly #onReload: (reloaded: Reloaded) => void;
  readonly #againMs: number;
  /** [id] content of what this has loaded. */
  readonly #loaded = new Map<string, string>();
  /** [id] what can be loaded, at once or again, when it is wanted, and when that was last tried. */
  readonly #loadable = new Map<string, { readonly entry: DraftEntry; triedMs: number }>();
  #assignments: Readonly<Record<string, string | null>> = {};
  #running: Promise<unknown> = Promise.resolve();
  /** A reload that has not begun. */
  #next: Promise<Reloaded> | undefined;
  readonly #listener = (): void => {
    this.reload().catch(() => undefined);
  };
  #watching = false;

  /** @param onReload told of every reload, whoever asked for it @param againMs least time between two loads of a draft */
  constructor(
    engine: Pick<EngineHandle, 'loadDraft' | 'unloadDraft' | 'drafts'>,
    source: DraftSource,
    onReload: (reloaded: Reloaded) => void = () => undefined,
    againMs = AGAIN_MS,
  ) {
    this.#engine = engine;
    this.#source = source;
    this.#onReload = onReload;
    this.#againMs = againMs;
  }

  /** [task] id of the draft that serves it, loaded or loaded on demand; null where none is to. */
  get assignments(): Readonly<Record<string, string | null>> {
    return this.#assignments;
  }

  /** Reads the registry again whenever it changes. */
  watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    watchFile(this.#source.watched.registry, { interval: WATCH_MS, persistent: false }, this.#listener);
  }

  close(): void {
    if (this.#watching) unwatchFile(this.#source.watched.registry, this.#listener);
    this.#watching = false;
  }

  /** Whether `want` may bring this draft. */
  canLoad(id: string): boolean {
    return this.#loadable.has(id);
  }

  /** A request could have this draft; it is loaded in the background where it is there to be loaded. */
  want(id: string): void {
    const wanted = this.#loadable.get(id);
    const nowMs = performance.now();
    if (wanted === undefined || nowMs - wanted.triedMs < this.#againMs) return;
    wanted.triedMs = nowMs;
    this.#after(() => this.#take(wanted.entry)).catch(() => undefined);
  }

  /**
   * One at a time: whoever asks meanwhile gets the result of one that begins afterwards.
   * @throws ForetokenError `shutting_down`, `engine_stopped`
   */
  reload(): Promise<Reloaded> {
    this.#next ??= this.#after(() => {
      this.#next = undefined;
      return this.#reload();
    });
    return this.#next;
  }

  /** Behind whatever is being done. */
  #after(work: () => Promise<Reloaded>): Promise<Reloaded> {
    const result = this.#running.then(work);
    this.#running = result.catch(() => undefined);
    return result;
  }

  async #take(entry: DraftEntry): Promise<Reloaded> {
    // What has been read anew meanwhile may be another draft, of another place.
    if (this.#loadable.get(entry.id)?.entry.sha256 !== entry.sha256) return this.#tell([], [], []);
    const wrong = (await this.#source.verify([entry])).get(entry.id);
    const problem = await this.#load(entry, wrong);
    return this.#tell(problem === undefined ? [entry.id] : [], [], problem === undefined ? [] : [problem]);
  }

  async #reload(): Promise<Reloaded> {
    const { drafts, assignments, problems: found, usable } = this.#source.read();
    const problems = [...found];
    const loaded: string[] = [];
    const unloaded: string[] = [];
    if (usable) {
      const { onDemand } = this.#source;
      this.#loadable.clear();
      for (const entry of drafts) this.#loadable.set(entry.id, { entry, triedMs: -Infinity });
      const isNew = ({ id, sha256 }: DraftEntry): boolean =>
        this.#loaded.get(id) !== sha256 && (!onDemand || this.#loaded.has(id));
      const changed = drafts.filter(isNew);
      const wrong = await this.#source.verify(changed);
      for (const entry of changed) {
        const problem = await this.#load(entry, wrong.get(entry.id));
        if (problem === undefined) loaded.push(entry.id);
        else problems.push(problem);
      }
      // A draft that is still in the registry and cannot be read goes on as it was loaded.
      const named = this.#source.ids();
      for (const id of this.#loaded.keys()) {
        if (named.has(id)) continue;
        this.#loaded.delete(id);
        unloaded.push(id);
        // It goes with the last request that has it.
        this.#engine.unloadDraft(id, { forTask: true }).catch(() => undefined);
      }
      const of = Object.entries(assignments).map(([task, { draft }]) => [task, draft] as const);
      this.#assignments = Object.fromEntries(
        of.filter(([, draft]) => draft === null || this.#loaded.has(draft) || this.#loadable.has(draft)),
      );
    }
    return this.#tell(loaded, unloaded, problems);
  }

  #tell(loaded: readonly string[], unloaded: readonly string[], problems: readonly string[]): Reloaded {
    const result = {
      loaded,
      unloaded,
      kept: [...this.#loaded.keys()].filter((id) => !loaded.includes(id)),
      problems,
      assignments: this.#assignments,
    };
    this.#onReload(result);
    return result;
  }

  /**
   * @param wrong what is the matter with its file
   * @returns why it is left out; the drafts are then as they were. Only where memory was short is it tried again.
   */
  async #load(entry: DraftEntry, wrong: string | undefined): Promise<string | undefined> {
    const { id } = entry;
    const triedMs = performance.now();
    let why = wrong;
    let isShortOfMemory = false;
    if (why === undefined)
      try {
        await this.#engine.loadDraft({ id, file: this.#source.fileOf(entry), forTask: true });
        this.#loaded.set(id, entry.sha256);
      } catch (thrown) {
        const error = ForetokenError.from(thrown);
        if (error.code === 'shutting_down' || error.code === 'engine_stopped') throw error;
        why = error.message;
        isShortOfMemory = error.code === 'out_of_memory';
      }
    if (why === undefined || isShortOfMemory) this.#loadable.set(id, { entry, triedMs });
    else this.#loadable.delete(id);
    return why === undefined ? undefined : `The draft '${id}' is left out: ${why}`;
  }
}
