/**
 * Who has a place: requests wait in a fair queue, run in sequences of the KV cache, and give their places up when their
 * readers do not keep up and others want them, or when there is no cell left for them.
 */
import { FairQueue } from './fair-queue.js';
import type { KvPool } from './kv-pool.js';
import type { RequestState } from './request-state.js';

/** A prompt waits for another's prefill when that will spare it at least so many tokens. */
const WORTH_WAITING_TOKENS = 32;

export class Places {
  /** In order of admission. */
  readonly running: RequestState[] = [];
  /** How often one that ran was put back into the queue. */
  preemptions = 0;
  /** Preempted ones come back to the front. */
  readonly #waiting = new FairQueue<RequestState>();
  /** Paused ones that have given their places to others. */
  readonly #parked = new Map<number, RequestState>();
  readonly #pool: KvPool;
  readonly #most: number;
  readonly #onLeave: (state: RequestState) => void;

  /**
   * @param most requests that run at the same time
   * @param onLeave told of each that gives up its place, for good or not
   */
  constructor(pool: KvPool, most: number, onLeave: (state: RequestState) => void) {
    this.#pool = pool;
    this.#most = most;
    this.#onLeave = onLeave;
  }

  get waiting(): number {
    return this.#waiting.size + this.#parked.size;
  }

  /** True when no request could compute anything: there is none, or all are paused. */
  get idle(): boolean {
    return this.running.every((state) => state.paused) && this.#next() === undefined;
  }

  all(): RequestState[] {
    return [...this.running, ...this.#waiting.items(), ...this.#parked.values()];
  }

  find(id: number): RequestState | undefined {
    return this.running.find((one) => one.id === id) ?? this.#waiting.find(id) ?? this.#parked.get(id);
  }

  add(state: RequestState): void {
    this.#waiting.add(state);
  }

  resume(state: RequestState): void {
    state.paused = false;
    if (this.#parked.delete(state.id)) this.#waiting.putBack(state);
  }

  /** Starts waiting requests while there are places and KV cells; paused ones make room. */
  admit(nowMs: number): void {
    if (this.#waiting.size === 0) return;
    const passed = new Set<RequestState>();
    // No more candidates are looked at than there are places: a scan of a long queue would cost every step.
    for (let looked = 0; looked < this.#most; looked++) {
      if (this.running.length >= this.#most && !this.running.some(({ paused }) => paused)) return;
      const state = this.#next(passed);
      if (state === undefined) return;
      const reusable = state.scoring ? 0 : (this.#pool.bestMatch(state, state.known)?.shared ?? 0);
      if (!state.scoring && this.#shouldWaitForPrefix(state, reusable)) {
        passed.add(state);
        continue;
      }
      const needed = (): number => state.known - reusable + this.running.length + 1;
      while (this.running.length >= this.#most || needed() > this.#pool.available) {
        if (this.running.length === 0) break;
        if (!this.#park()) return;
      }
      this.#waiting.admit(state);
      state.start(this.#pool, nowMs);
      this.running.push(state);
    }
  }

  /** Takes cells from one of those that run: who is paused, or else the youngest, gives its place back. */
  makeRoom(): void {
    if (!this.#park()) this.preemptYoungest();
  }

  /** Puts a request back into the queue; what it had computed is computed again later. */
  preemptYoungest(): void {
    const state = this.running.at(-1)!;
    const { slot } = state;
    this.leave(state);
    this.#pool.discard(slot!);
    state.preemptions += 1;
    this.preemptions += 1;
    this.#waiting.putBack(state);
  }

  /** A request has ended, wherever it was. */
  remove(state: RequestState): void {
    if (state.slot) this.leave(state);
    else if (!this.#parked.delete(state.id)) this.#waiting.remove(state);
  }

  leave(state: RequestState): void {
    this.running.splice(this.running.indexOf(state), 1);
    this.#pool.release(state.slot!);
    state.slot = undefined;
    this.#onLeave(state);
  }

  /** Whose turn it is. Who does not read what it has gets no further places. */
  #next(passed?: ReadonlySet<RequestState>): RequestState | undefined {
    if (this.#waiting.size === 0) return undefined;
    const stalled = new Set<string>();
    for (const states of [this.running, this.#parked.values(), this.#waiting.items()])
      for (const one of states) if (one.paused) stalled.add(`${one.group} ${one.client}`);
    return this.#waiting.next(
      this.running,
      (state) => passed?.has(state) !== true && !stalled.has(`${state.group} ${state.client}`),
    );
  }

  /** Takes the place of a request that is paused; false when none is. */
  #park(): boolean {
    const state = this.running.find(({ paused }) => paused);
    if (state === undefined) return false;
    this.leave(state);
    this.#parked.set(state.id, state);
    return true;
  }

  /**
   * True while a running request is prefilling a beginning that this one shares and can then reuse.
   * @param reusable tokens that could be reused now
   */
  #shouldWaitForPrefix(state: RequestState, reusable: number): boolean {
    for (const other of this.running) {
      if (other.pending === 1 || other.paused || other.scoring) continue;
      const shared = this.#pool.sharedPrefix(state, other, Math.min(other.known, state.known) - 1);
      if (shared < WORTH_WAITING_TOKENS || !this.#pool.copyPays(shared)) continue;
      if (shared - reusable >= WORTH_WAITING_TOKENS) return true;
    }
    return false;
  }
}
