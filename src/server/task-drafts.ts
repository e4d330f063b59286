/**
 * The drafts of a registry in a running engine: taken up at the start, when the registry changes, and when asked to; of
 * those that come with Foretoken each when its task first comes. A new version of a draft takes the place of the old
 * one in the way of `POST /v1/drafts`: requests in flight keep what they have. Whatever cannot be used is named, and
 * what is loaded in its place stays.
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
  /** [id] content of what this has loaded. */
  readonly #loaded = new Map<string, string>();
  /** [id] those that are loaded when they are wanted, and when that was last tried. */
  readonly #onDemand = new Map<string, { readonly entry: DraftEntry; triedMs: number }>();
  #assignments: Readonly<Record<string, string | null>> = {};
  #running: Promise<unknown> = Promise.resolve();
  /** A reload that has not begun. */
  #next: Promise<Reloaded> | undefined;
  readonly #listener = (): void => {
    this.reload().catch(() => undefined);
  };
  #watching = false;

  /** @param onReload told of every reload, whoever asked for it */
  constructor(
    engine: Pick<EngineHandle, 'loadDraft' | 'unloadDraft' | 'drafts'>,
    source: DraftSource,
    onReload: (reloaded: Reloaded) => void = () => undefined,
  ) {
    this.#engine = engine;
    this.#source = source;
    this.#onReload = onReload;
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

  /** A request could have this draft; it is loaded in the background where it is there to be loaded. */
  want(id: string): void {
    const wanted = this.#onDemand.get(id);
    const nowMs = performance.now();
    if (wanted === undefined || nowMs - wanted.triedMs < AGAIN_MS) return;
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
    if (this.#onDemand.get(entry.id)?.entry.sha256 !== entry.sha256) return this.#tell([], [], []);
    const wrong = (await this.#source.verify([entry])).get(entry.id);
    const problem = wrong ?? (await this.#load(entry));
    const text = `The draft '${entry.id}' is left out: ${problem}`;
    return this.#tell(problem === undefined ? [entry.id] : [], [], problem === undefined ? [] : [text]);
  }

  async #reload(): Promise<Reloaded> {
    const { drafts, assignments, problems: found, usable } = this.#source.read();
    const problems = [...found];
    const loaded: string[] = [];
    const unloaded: string[] = [];
    if (usable) {
      const { onDemand } = this.#source;
      this.#onDemand.clear();
      if (onDemand) for (const entry of drafts) this.#onDemand.set(entry.id, { entry, triedMs: -Infinity });
      const isNew = ({ id, sha256 }: DraftEntry): boolean =>
        this.#loaded.get(id) !== sha256 && (!onDemand || this.#loaded.has(id));
      const changed = drafts.filter(isNew);
      const wrong = await this.#source.verify(changed);
      for (const entry of changed) {
        const problem = wrong.get(entry.id) ?? (await this.#load(entry));
        if (problem === undefined) loaded.push(entry.id);
        else problems.push(`The draft '${entry.id}' is left out: ${problem}`);
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
        of.filter(([, draft]) => draft === null || this.#loaded.has(draft) || this.#onDemand.has(draft)),
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

  /** @returns why it cannot be loaded; the drafts are then as they were */
  async #load(entry: DraftEntry): Promise<string | undefined> {
    try {
      await this.#engine.loadDraft({ id: entry.id, file: this.#source.fileOf(entry), forTask: true });
      this.#loaded.set(entry.id, entry.sha256);
      return undefined;
    } catch (thrown) {
      const error = ForetokenError.from(thrown);
      if (error.code === 'shutting_down' || error.code === 'engine_stopped') throw error;
      return error.message;
    }
  }
}
