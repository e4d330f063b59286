/**
 * The books of the target's KV cache: which sequence belongs to whom, which finished texts stay cached for
 * reuse, and how many cells are in use, cached and free. At any time used = pinned + cached and
 * free = total - used (`checkIntegrity`).
 *
 * A finished text stays in its sequence until its cells or its sequence are needed (least recently used goes
 * first). A new prompt that begins like a held text takes that sequence over, shares its cells (one pool) or
 * gets a copy of them (a stream each), and is not prefilled again.
 */
import { assert } from '../base/errors.js';
import { position, sequenceId, type SequenceId } from '../base/types.js';
import type { Decoder } from '../decoder/decoder.js';
import { Branches } from './branches.js';
import { sharedPrefix, type TiledText } from './tiled-prompt.js';

export interface Slot extends TiledText {
  readonly sequence: SequenceId;
  state: 'free' | 'cached' | 'running';
  /** The text whose first `length` tokens are in the cache. */
  tokens: Int32Array;
  tiled: Int32Array;
  length: number;
  /** Cell number of each held token; sequences that share a prefix share the numbers. */
  readonly cells: number[];
  lastUsed: number;
  /** No other text may begin with what it holds, and it is given up at the end. */
  alone: boolean;
}

/** A text of which another one may take the first `shared` tokens. */
interface Match {
  readonly slot: Slot;
  readonly shared: number;
}

/** Where the tokens of a verification are: those that stand, and all of the slot's own sequence. */
export interface VerifiedPath {
  /** Sequence that holds the tokens that stand. */
  readonly holder: SequenceId;
  /** How many of them the slot's own sequence holds as well. */
  readonly common: number;
  /** Tokens of the verification in the slot's own sequence, whether they stand or not. */
  readonly own: number;
}

/**
 * Between streams the library copies whole streams. Copying a cell costs about 1/100 of computing a token
 * (demo model: 2.4 us and 0.3 ms on EPYC Genoa), so it pays from this share of a stream on.
 */
const COPY_PAYS_FROM_SHARE = 1 / 64;

/**
 * A token that only fills a gap between streams attends to the text there: behind so many tokens that costs SmolLM2 as
 * much again as the token itself (4 ms, 2 threads, EPYC Milan).
 */
const MOST_FILLED_TEXT = 1024;

const NO_TEXT: TiledText = { tokens: new Int32Array(0), tiled: new Int32Array(0) };

export class KvPool {
  /** Sequences for the side branches of trees. */
  readonly branches: Branches;
  readonly #decoder: Decoder;
  readonly #onCleared: (sequence: SequenceId) => void;
  readonly #slots: Slot[];
  /** [cell]: sequences that hold it, and running ones among them. */
  readonly #holders: Int32Array;
  readonly #pins: Int32Array;
  readonly #freeCells: number[] = [];
  #pinned = 0;
  #reserved = 0;
  #clock = 0;

  /** @param onCleared told when a sequence has been emptied, so that drafts can do the same. */
  constructor(decoder: Decoder, onCleared: (sequence: SequenceId) => void) {
    this.#decoder = decoder;
    this.#onCleared = onCleared;
    this.branches = new Branches(decoder);
    this.#slots = Array.from({ length: decoder.maxSequences }, (_, id) => ({
      sequence: sequenceId(id),
      state: 'free',
      ...NO_TEXT,
      length: 0,
      cells: [],
      lastUsed: 0,
      alone: false,
    }));
    const cells = decoder.unified ? decoder.cellCount : decoder.sequenceCapacity * decoder.maxSequences;
    this.#holders = new Int32Array(cells);
    this.#pins = new Int32Array(cells);
    for (let cell = cells - 1; cell >= 0; cell--) this.#freeCells.push(cell);
  }

  get total(): number {
    return this.#holders.length;
  }

  get free(): number {
    return this.#freeCells.length;
  }

  /** Cells of running requests. */
  get inUse(): number {
    return this.#pinned;
  }

  /** Cells that only finished texts hold; given up when needed. */
  get cached(): number {
    return this.total - this.free - this.#pinned;
  }

  /** Cells that a new request could get. */
  get available(): number {
    return this.free + this.cached;
  }

  /** How much of the first `length` tokens of a text could be reused; the last one never is, its logits are needed. */
  bestMatch(text: TiledText, length: number): Match | undefined {
    let best: Match | undefined;
    for (const slot of this.#slots) {
      if (slot.length === 0 || slot.alone) continue;
      const shared = this.sharedPrefix(text, slot, Math.min(slot.length, length - 1));
      if (slot.state === 'running' && !this.copyPays(shared)) continue;
      if (!this.#decoder.canTruncate && shared < slot.length) continue;
      const better = best === undefined || shared > best.shared;
      if (shared > 0 && (better || (shared === best?.shared && slot.state === 'cached')))
        best = { slot, shared };
    }
    return best;
  }

  /** Tokens, at most `limit`, that a text may take from another one. */
  sharedPrefix(text: TiledText, other: TiledText, limit: number): number {
    return sharedPrefix(text, other, limit, this.#decoder.tile);
  }

  /**
   * A sequence for a text, holding as much of it as could be reused (`slot.length`).
   * @param alone nothing is reused of others, and by others
   */
  acquire(text: TiledText, length: number, alone = false): Slot {
    const slot = this.#claim(alone ? undefined : this.bestMatch(text, length));
    slot.tokens = text.tokens;
    slot.tiled = text.tiled;
    slot.state = 'running';
    slot.alone = alone;
    slot.lastUsed = ++this.#clock;
    for (const cell of slot.cells) this.#pin(cell);
    return slot;
  }

  /** Starts a step: reservations of the one before are void. */
  beginStep(): void {
    this.#reserved = 0;
    // What a step that failed has left lent.
    this.branches.settle();
  }

  /** Sets `count` cells aside for a sequence in this step, giving up cached texts for it when needed. */
  reserve(slot: Slot, count: number): boolean {
    if (slot.length + count > this.#decoder.sequenceCapacity) return false;
    while (this.free - this.#reserved < count) if (!this.evictOldest()) return false;
    this.#reserved += count;
    return true;
  }

  /**
   * The slot of a stream that computes nothing, where a token may be put behind its text for the length of a decode;
   * undefined where there is no room for it or where it would attend to too much.
   */
  fillable(sequence: number): Slot | undefined {
    const slot = this.#slots[sequence]!;
    const { canTruncate, unified, sequenceCapacity } = this.#decoder;
    const fits = slot.length < Math.min(sequenceCapacity, MOST_FILLED_TEXT);
    return canTruncate && !unified && fits ? slot : undefined;
  }

  /** Books `count` more tokens that a decode has put into the cache. */
  advance(slot: Slot, count: number): void {
    this.#take(slot, count);
    for (let index = slot.length - count; index < slot.length; index++) this.#pin(slot.cells[index]!);
  }

  /**
   * Ends a verification. Of the tokens that a decode has put behind the slot's text, in its own sequence and in
   * those lent to it, the first `count` along `path` stay and become the slot's; all others are forgotten.
   */
  settle(slot: Slot, count: number, path: VerifiedPath): void {
    const { sequence, length } = slot;
    const shared = Math.min(count, path.common);
    if (shared < path.own) this.#decoder.truncate(sequence, position(length + shared));
    if (count > shared) {
      this.branches.settle(sequence, path.holder);
      this.#decoder.truncate(path.holder, position(length + count));
      this.#decoder.adopt(path.holder, sequence, position(length + shared));
    }
    this.branches.settle(sequence);
    this.advance(slot, count);
  }

  /** Forgets positions from `length` on, in the books and in the decoder. */
  truncate(slot: Slot, length: number): void {
    if (length >= slot.length) return;
    this.#decoder.truncate(slot.sequence, position(length));
    while (slot.cells.length > length) {
      const cell = slot.cells.pop()!;
      if (slot.state === 'running') this.#unpin(cell);
      if (--this.#holders[cell]! === 0) this.#freeCells.push(cell);
    }
    slot.length = length;
    if (length === 0) this.#onCleared(slot.sequence);
  }

  /** The text of a sequence has ended; it stays cached. */
  release(slot: Slot): void {
    assert(slot.state === 'running', `release of a ${slot.state} sequence`);
    for (const cell of slot.cells) this.#unpin(cell);
    slot.state = slot.length > 0 ? 'cached' : 'free';
    slot.tokens = slot.tokens.slice(0, slot.length);
    slot.lastUsed = ++this.#clock;
    if (slot.alone) this.discard(slot);
    slot.alone = false;
  }

  /** Gives up a cached text; nothing happens when its sequence is in other use. */
  discard(slot: Slot): void {
    if (slot.state === 'cached') this.#clear(slot);
  }

  /** Empties a running sequence of which the decoder may hold more than the books say. */
  distrust(slot: Slot): void {
    this.branches.settle(slot.sequence);
    this.truncate(slot, 0);
    this.#decoder.truncate(slot.sequence, position(0));
    this.#onCleared(slot.sequence);
  }

  /** Gives up the cached text that was used least recently; false when there is none. */
  evictOldest(): boolean {
    const oldest = this.#oldestCached();
    if (oldest === undefined) return false;
    this.#clear(oldest);
    return true;
  }

  /** Throws when the books contradict themselves or the decoder, or name a request where none runs. */
  checkIdle(): void {
    for (const { state, sequence } of this.#slots)
      assert(state !== 'running', `sequence ${sequence} runs for no request`);
    this.checkIntegrity();
  }

  /** Empties everything, whatever the books say: the decoder's sequences, the drafts', and the books. No request may run. */
  reset(): void {
    for (const slot of this.#slots) {
      this.#decoder.truncate(slot.sequence, position(0));
      this.#onCleared(slot.sequence);
      Object.assign(slot, { state: 'free', ...NO_TEXT, length: 0, alone: false });
      slot.cells.length = 0;
    }
    this.branches.reset();
    this.#holders.fill(0);
    this.#pins.fill(0);
    this.#freeCells.length = 0;
    for (let cell = this.total - 1; cell >= 0; cell--) this.#freeCells.push(cell);
    this.#pinned = 0;
    this.#reserved = 0;
  }

  /** Throws when the books contradict themselves or the decoder. Between steps only. */
  checkIntegrity(): void {
    const holders = new Int32Array(this.total);
    const pins = new Int32Array(this.total);
    for (const slot of this.#slots) {
      assert(slot.cells.length === slot.length, `sequence ${slot.sequence} holds ${slot.length} tokens`);
      assert(this.#decoder.lengthOf(slot.sequence) === slot.length, `length of sequence ${slot.sequence}`);
      assert(slot.state !== 'free' || slot.length === 0, `free sequence ${slot.sequence} is not empty`);
      for (const cell of slot.cells) {
        holders[cell]! += 1;
        if (slot.state === 'running') pins[cell]! += 1;
      }
    }
    this.branches.checkIntegrity();
    let [used, pinned] = [0, 0];
    for (let cell = 0; cell < holders.length; cell++) {
      assert(holders[cell] === this.#holders[cell], `holders of cell ${cell}`);
      if (holders[cell]! > 0) used += 1;
      if (pins[cell]! > 0) pinned += 1;
    }
    assert(used + this.free === this.total, `${used} cells used + ${this.free} free = ${this.total}`);
    assert(pinned === this.#pinned, `${this.#pinned} cells pinned, counted ${pinned}`);
  }

  /** True when taking the first `shared` tokens from another sequence is cheaper than computing them. */
  copyPays(shared: number): boolean {
    const { canTruncate, unified, sequenceCapacity } = this.#decoder;
    return canTruncate && shared > 0 && (unified || shared >= sequenceCapacity * COPY_PAYS_FROM_SHARE);
  }

  /** A sequence that holds `match.shared` tokens of the match, or none. */
  #claim(match: Match | undefined): Slot {
    const from = match?.slot;
    // A text that is mostly the same goes on where it is; of another one only the beginning is taken.
    const goesOn =
      from?.state === 'cached' && (match!.shared * 2 >= from.length || !this.#decoder.canTruncate);
    const slot = goesOn
      ? from
      : (this.#neighbour(from) ??
        this.#slots.find(({ state }) => state === 'free') ??
        this.#oldestCached(from) ??
        from);
    assert(slot !== undefined, 'more running requests than sequences');
    this.truncate(slot, slot === from ? match!.shared : 0);
    if (match !== undefined && slot !== from && this.copyPays(match.shared))
      this.#copy(match.slot, slot, match.shared);
    return slot;
  }

  /**
   * A slot next to running ones, best between two, of these the emptiest and oldest. Streams are computed at once only when their numbers
   * follow each other (`costs/ubatches.ts`), and a decode more in every step costs more than a cached text saves.
   */
  #neighbour(except: Slot | undefined): Slot | undefined {
    if (this.#decoder.unified) return undefined;
    const runs = (index: number): number => (this.#slots[index]?.state === 'running' ? 1 : 0);
    let best: Slot | undefined;
    let most = 1;
    this.#slots.forEach((slot, index) => {
      const beside = runs(index - 1) + runs(index + 1);
      if (slot.state === 'running' || slot === except || beside < most) return;
      if (beside === most && best !== undefined && age(slot) >= age(best)) return;
      best = slot;
      most = beside;
    });
    return best;
  }

  #copy(source: Slot, destination: Slot, length: number): void {
    this.#decoder.copyPrefix(source.sequence, destination.sequence, position(length));
    if (!this.#decoder.unified) {
      this.#take(destination, length);
      return;
    }
    for (let index = 0; index < length; index++) {
      const cell = source.cells[index]!;
      destination.cells.push(cell);
      this.#holders[cell]! += 1;
    }
    destination.length = length;
  }

  /** Gives a sequence `count` cells of its own. */
  #take(slot: Slot, count: number): void {
    for (let taken = 0; taken < count; taken++) {
      const cell = this.#freeCells.pop();
      assert(cell !== undefined, 'a decode used more KV cells than there are');
      slot.cells.push(cell);
      this.#holders[cell] = 1;
    }
    slot.length += count;
  }

  #oldestCached(except?: Slot): Slot | undefined {
    let oldest: Slot | undefined;
    for (const slot of this.#slots) {
      if (slot.state !== 'cached' || slot === except) continue;
      if (oldest === undefined || slot.lastUsed < oldest.lastUsed) oldest = slot;
    }
    return oldest;
  }

  #clear(slot: Slot): void {
    this.truncate(slot, 0);
    Object.assign(slot, { state: 'free', ...NO_TEXT });
  }

  #pin(cell: number): void {
    if (this.#pins[cell]!++ === 0) this.#pinned += 1;
  }

  #unpin(cell: number): void {
    if (--this.#pins[cell]! === 0) this.#pinned -= 1;
  }
}

/** When a slot that does not run was last of use; a free one never was. */
const age = ({ state, lastUsed }: Slot): number => (state === 'free' ? 0 : lastUsed);
