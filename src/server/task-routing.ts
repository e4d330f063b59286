/**
 * The router in the server: every prompt is given its task and draft, running requests are relabelled, ended ones are
 * learned from. What is known of tasks is read anew while requests run; drafts are loaded elsewhere (`task-drafts.ts`).
 */
import { unwatchFile, watchFile } from 'node:fs';
import { asDraftId } from '../base/draft-id.js';
import { ForetokenError } from '../base/errors.js';
import type { EngineHandle, SpeculationWish } from '../engine/types.js';
import { promptText } from '../tasks/prompt-text.js';
import type { TaskSource } from '../tasks/router/knowledge.js';
import type { RoutedDraft } from '../tasks/router/policy.js';
import { Router, type Route } from '../tasks/router/router.js';
import type { AskedPrompt } from './asked-prompt.js';
import type { TokenTable } from './codec.js';
import type { TaskDrafts } from './task-drafts.js';

/** Tokens of a prompt that came without words that are read as text, from its end. */
const MOST_TOKENS = 512;
/** The file of tasks is looked at so often. */
const WATCH_MS = 2000;

export interface RoutedRequest extends Route {
  readonly speculation: SpeculationWish;
}

export class TaskRouting {
  readonly router: Router;
  readonly #engine: EngineHandle;
  readonly #table: TokenTable;
  readonly #source: TaskSource;
  readonly #onProblem: (text: string) => void;
  #active = false;
  /** Loads those that are chosen and not there. */
  #loader: Pick<TaskDrafts, 'want' | 'canLoad'> | undefined;
  /** Ids of those that requests can have. */
  #present = new Set<string>();
  /** Readings follow one another. */
  #reading: Promise<void> = Promise.resolve();
  readonly #listener = (): void => {
    void this.reload();
  };

  constructor(
    engine: EngineHandle,
    table: TokenTable,
    source: TaskSource,
    onProblem: (text: string) => void = () => undefined,
  ) {
    this.#engine = engine;
    this.#table = table;
    this.#source = source;
    this.#onProblem = onProblem;
    this.router = new Router((id, label) => {
      engine.relabel(id, label);
    });
  }

  /** Tasks are known. */
  get active(): boolean {
    return this.#active;
  }

  /** Reads tasks and drafts, and again when the tasks change; learns from requests that end from now on. */
  start(): void {
    this.#engine.onRequestEnd((record) => {
      const chosen = this.router.routeOf(record.id)?.draft;
      // It has been freed for another one.
      if (chosen !== undefined && record.draft !== undefined && record.draft !== chosen)
        this.#present.delete(chosen);
      this.router.ended(record);
    });
    watchFile(this.#source.file, { interval: WATCH_MS, persistent: false }, this.#listener);
    void this.reload();
  }

  loadBy(loader: Pick<TaskDrafts, 'want' | 'canLoad'>): void {
    this.#loader = loader;
  }

  close(): void {
    unwatchFile(this.#source.file, this.#listener);
  }

  /**
   * Reads tasks, drafts and what was measured of them anew; to be called when drafts have been loaded or have gone, too.
   * What was learned of those that stay is kept. Where something cannot be read, it is told and left out.
   */
  reload(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#reload());
    return this.#reading;
  }

  async #reload(): Promise<void> {
    try {
      const { classifier, drafts, problems } = this.#source.read();
      problems.forEach(this.#onProblem);
      const present = (await this.#engine.drafts()).filter(({ state }) => state === 'ready');
      this.#present = new Set(present.map(({ id }) => id));
      const routed: RoutedDraft[] = drafts.filter(
        ({ id }) => this.#present.has(id) || this.#loader?.canLoad(id) === true,
      );
      // The server's own draft guesses for everything, too.
      const first = present.find(({ isDefault }) => isDefault);
      if (first !== undefined && !routed.some(({ id }) => id === first.id))
        routed.unshift({ id: first.id, tokenMs: undefined, measured: {} });
      this.router.reload(classifier, routed);
      this.#active = classifier !== undefined;
    } catch (error) {
      // The folder is out of reach, or the engine is closing: all goes on as it was.
      const { code, message } = ForetokenError.from(error);
      if (code !== 'shutting_down') this.#onProblem(`tasks could not be read anew: ${message}`);
    }
  }

  /** The task and the draft of a request; a draft that the client names is the one. Undefined while no tasks are known. */
  route(asked: AskedPrompt, wish: SpeculationWish): RoutedRequest | undefined {
    if (!this.#active) return undefined;
    // The engine refuses it; names that clients make up are not counted, of which there is no end.
    if (wish.draft !== undefined && !this.#present.has(wish.draft)) return undefined;
    const route = this.router.route(this.#textOf(asked), wish.draft, this.#engine.costs);
    if (route.draft === undefined || wish.draft !== undefined) return { ...route, speculation: wish };
    // Meanwhile the request has the first draft.
    if (!this.#present.has(route.draft)) this.#loader?.want(route.draft);
    return { ...route, speculation: { ...wish, draft: asDraftId(route.draft), orFirst: true } };
  }

  /** A request has been submitted with what `route` said. */
  began(id: number, { speculation: _, ...route }: RoutedRequest): void {
    this.router.began(id, route);
  }

  wrote(id: number, text: string, outputTokens: number): void {
    this.router.wrote(id, text, outputTokens);
  }

  #textOf({ words, tokens }: AskedPrompt): string {
    if (words !== undefined) return promptText(words);
    const bytes = Array.from(tokens.subarray(-MOST_TOKENS), (token) => this.#table.bytes(token));
    return promptText(Buffer.concat(bytes).toString('utf8'));
  }
}
