/**
 * The drafts of a registry in a running engine: taken up at the start, when the registry changes, and when asked to. A
 * new version of a draft takes the place of the old one in the way of `POST /v1/drafts`: requests in flight keep what
 * they have. Whatever cannot be used is named, and what is loaded in its place stays.
 */
import { unwatchFile, watchFile } from 'node:fs';
import { ForetokenError } from '../base/errors.js';
import type { DraftEntry } from '../drafts/registry/entry.js';
import type { DraftRegistry } from '../drafts/registry/registry.js';
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

export class TaskDrafts {
  readonly #engine: Pick<EngineHandle, 'loadDraft' | 'unloadDraft' | 'drafts'>;
  readonly #registry: DraftRegistry;
  readonly #onReload: (reloaded: Reloaded) => void;
  /** [id] content of what this has loaded. */
  readonly #loaded = new Map<string, string>();
  #assignments: Readonly<Record<string, string | null>> = {};
  #running: Promise<Reloaded> | undefined;
  #next: Promise<Reloaded> | undefined;
  readonly #listener = (): void => {
    this.reload().catch(() => undefined);
  };
  #watching = false;

  /** @param onReload told of every reload, whoever asked for it */
  constructor(
    engine: Pick<EngineHandle, 'loadDraft' | 'unloadDraft' | 'drafts'>,
    registry: DraftRegistry,
    onReload: (reloaded: Reloaded) => void = () => undefined,
  ) {
    this.#engine = engine;
    this.#registry = registry;
    this.#onReload = onReload;
  }

  /** [task] id of the loaded draft that serves it; null where none is to. */
  get assignments(): Readonly<Record<string, string | null>> {
    return this.#assignments;
  }

  /** Reads the registry again whenever it changes. */
  watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    watchFile(this.#registry.place.registry, { interval: WATCH_MS, persistent: false }, this.#listener);
  }

  close(): void {
    if (this.#watching) unwatchFile(this.#registry.place.registry, this.#listener);
    this.#watching = false;
  }

  /**
   * One at a time: whoever asks meanwhile gets the result of one that begins afterwards.
   * @throws ForetokenError `shutting_down`, `engine_stopped`
   */
  reload(): Promise<Reloaded> {
    if (this.#running === undefined) {
      this.#running = this.#reload().finally(() => {
        this.#running = undefined;
      });
      return this.#running;
    }
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.reload();
      });
    return this.#next;
  }

  async #reload(): Promise<Reloaded> {
    const { drafts, assignments, problems: found, usable } = this.#registry.read();
    const problems = [...found];
    const loaded: string[] = [];
    const unloaded: string[] = [];
    if (usable) {
      const unchanged = (entry: DraftEntry): boolean => this.#loaded.get(entry.id) === entry.sha256;
      const wrong = await this.#registry.verify(drafts.filter((entry) => !unchanged(entry)));
      for (const entry of drafts) {
        if (unchanged(entry)) continue;
        const problem = wrong.get(entry.id) ?? (await this.#load(entry));
        if (problem === undefined) loaded.push(entry.id);
        else problems.push(`The draft '${entry.id}' is left out: ${problem}`);
      }
      // A draft that is still in the registry and cannot be read goes on as it was loaded.
      const named = this.#registry.ids();
      for (const id of this.#loaded.keys()) {
        if (named.has(id)) continue;
        this.#loaded.delete(id);
        unloaded.push(id);
        // It goes with the last request that has it.
        this.#engine.unloadDraft(id).catch(() => undefined);
      }
      const of = Object.entries(assignments).map(([task, { draft }]) => [task, draft] as const);
      this.#assignments = Object.fromEntries(
        of.filter(([, draft]) => draft === null || this.#loaded.has(draft)),
      );
    }
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
      await this.#engine.loadDraft({ id: entry.id, file: this.#registry.fileOf(entry) });
      this.#loaded.set(entry.id, entry.sha256);
      return undefined;
    } catch (thrown) {
      const error = ForetokenError.from(thrown);
      if (error.code === 'shutting_down' || error.code === 'engine_stopped') throw error;
      return error.message;
    }
  }
}
