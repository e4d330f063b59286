/**
 * The draft models of an engine, by id: which request has which, how they go, and what memory they may take. A request
 * keeps the draft that it was given when it began. A draft that is to go is given to nobody any more and goes with the
 * last request that has it, so no request is ever without the draft it began with.
 */
import type { DraftId } from '../base/draft-id.js';
import { ForetokenError } from '../base/errors.js';
import { sizeText } from '../base/size-text.js';
import type { DraftModel } from '../decoder/decoder.js';
import type { DraftModelProposer } from '../speculation/draft-model.js';
import type { DraftStatus } from './types.js';

/** A draft as it is used. */
export interface Draft {
  /** Names it among all that are in memory: its id, with its version while another one of that id is on its way out. */
  readonly key: string;
  readonly model: DraftModel;
  readonly proposer: DraftModelProposer;
}

interface Held extends Draft {
  /** Requests that have it. */
  readonly users: Set<number>;
  leaving: boolean;
  /** Loaded for a task and not by name: goes before those that somebody asked for, and never takes their place. */
  forTask: boolean;
  /** Counts the takings of all drafts: the greater, the later. */
  usedAt: number;
}

/** Each has a context of its own and takes part in the forgetting of every sequence. */
const MOST_DRAFTS = 256;

export class DraftSet {
  /** In the order of their loading. */
  #held: readonly Held[] = [];
  /** [request] the draft it has. */
  readonly #ofRequest = new Map<number, Held>();
  readonly #memoryBytes: number;
  readonly #proposerOf: (model: DraftModel, key: string) => DraftModelProposer;
  readonly #onGone: (draft: Draft) => void;
  #takings = 0;

  /**
   * @param memoryBytes that all of them may take together
   * @param onGone told of each that nobody has any more and that is to be freed
   */
  constructor(
    memoryBytes: number,
    proposerOf: (model: DraftModel, key: string) => DraftModelProposer,
    onGone: (draft: Draft) => void,
  ) {
    this.#memoryBytes = memoryBytes;
    this.#proposerOf = proposerOf;
    this.#onGone = onGone;
  }

  /** All in memory, those on their way out as well. */
  get all(): readonly Draft[] {
    return this.#held;
  }

  /** Whether new requests can have one. */
  get available(): boolean {
    return this.#held.some(({ leaving }) => !leaving);
  }

  statuses(): DraftStatus[] {
    const first = this.#find(undefined);
    return this.#held.map((held) => ({
      id: held.model.id,
      version: held.model.version,
      state: held.leaving ? 'leaving' : 'ready',
      bytes: held.model.bytes,
      requests: held.users.size,
      isDefault: held === first,
    }));
  }

  /** @throws ForetokenError `draft_not_found` */
  assertThere(id: DraftId): void {
    if (this.#find(id) !== undefined) return;
    const ids = this.#held.flatMap(({ leaving, model }) => (leaving ? [] : [model.id]));
    throw new ForetokenError(
      'draft_not_found',
      `There is no draft '${id}' here; there ${ids.length === 0 ? 'are none' : `is: ${ids.join(', ')}`}.`,
    );
  }

  /** The draft of a request from now on: the one it asks for while that is here, or else the first. */
  take(requestId: number, id: DraftId | undefined): Draft | undefined {
    const held = this.#find(id) ?? this.#find(undefined);
    if (held === undefined) return undefined;
    held.users.add(requestId);
    held.usedAt = ++this.#takings;
    this.#ofRequest.set(requestId, held);
    return held;
  }

  /** The request has ended or lost its place. */
  release(requestId: number): void {
    const held = this.#ofRequest.get(requestId);
    if (held === undefined) return;
    this.#ofRequest.delete(requestId);
    held.users.delete(requestId);
    if (held.leaving) this.#goIfUnused(held);
  }

  /**
   * Makes room for a draft: those that nobody uses go, an older version of it first, then those of tasks, then who was
   * used least recently. For the draft of a task only others of tasks go.
   * @throws ForetokenError `out_of_memory` when that does not suffice, and `invalid_request` where a draft for a task has
   *   the id of one that was loaded by name; nothing has gone then
   */
  makeRoom(id: DraftId, bytes: number, forTask = false): void {
    if (forTask && this.isNamed(id))
      throw new ForetokenError('invalid_request', `A draft '${id}' was loaded by name and stays.`);
    const unused = this.#held
      .filter((one) => one.users.size === 0 && (one.forTask || !forTask))
      .sort(
        (a, b) =>
          Number(b.model.id === id) - Number(a.model.id === id) ||
          Number(b.forTask) - Number(a.forTask) ||
          a.usedAt - b.usedAt,
      );
    const heldBytes = this.#held.reduce((sum, { model }) => sum + model.bytes, 0);
    let count = this.#held.length;
    let free = this.#memoryBytes - heldBytes;
    const going: Held[] = [];
    for (const one of unused) {
      if (free >= bytes && count < MOST_DRAFTS) break;
      going.push(one);
      free += one.model.bytes;
      count -= 1;
    }
    if (free < bytes || count >= MOST_DRAFTS) {
      const used = this.#held.length - unused.length;
      throw new ForetokenError(
        'out_of_memory',
        `The draft '${id}' needs ${sizeText(bytes)} for weights and KV cache. Drafts may take ` +
          `${sizeText(this.#memoryBytes)} together, ${sizeText(heldBytes)} are taken, and ${used} of ` +
          `${this.#held.length} drafts (${MOST_DRAFTS} at most) are in use${forTask ? ' or were loaded by name' : ''}. ` +
          'Unload one, or allow drafts more memory.',
      );
    }
    for (const one of going) {
      one.leaving = true;
      this.#goIfUnused(one);
    }
  }

  /** A draft has been loaded: new requests can have it, and no longer another version of its id. */
  add(model: DraftModel, forTask = false): Draft {
    this.leave(model.id);
    const isTaken = this.#held.some(({ key }) => key === model.id);
    const key = isTaken ? `${model.id}@${model.version}` : model.id;
    const held: Held = {
      ...{ key, model, proposer: this.#proposerOf(model, key) },
      ...{ users: new Set<number>(), leaving: false, forTask, usedAt: 0 },
    };
    this.#held = [...this.#held, held];
    return held;
  }

  /** The one of this id and version, if it is in memory: given to requests again when it was on its way out. */
  revive(id: DraftId, version: string, forTask = false): boolean {
    const held = this.#held.find(({ model }) => model.id === id && model.version === version);
    if (held === undefined) return false;
    if (held.leaving) {
      // Somebody has loaded another version by name meanwhile; making room says so.
      if (forTask && this.isNamed(id)) return false;
      this.leave(id);
      held.leaving = false;
      held.forTask = forTask;
    } else if (!forTask) held.forTask = false;
    return true;
  }

  /** Lets a draft go as soon as nobody has it. @returns its key; undefined when there is none of this id */
  leave(id: DraftId): string | undefined {
    const held = this.#find(id);
    if (held === undefined) return undefined;
    held.leaving = true;
    this.#goIfUnused(held);
    return held.key;
  }

  /** Whether the one of this id was loaded by name, so that what only loads drafts of tasks may not take it away. */
  isNamed(id: DraftId): boolean {
    return this.#find(id)?.forTask === false;
  }

  /** Undefined for the first. */
  #find(id: DraftId | undefined): Held | undefined {
    return this.#held.find(({ leaving, model }) => !leaving && (id === undefined || model.id === id));
  }

  #goIfUnused(held: Held): void {
    if (held.users.size > 0) return;
    this.#held = this.#held.filter((one) => one !== held);
    this.#onGone(held);
  }
}
