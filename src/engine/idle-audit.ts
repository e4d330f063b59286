/**
 * Holds the books of the KV cache (free + cached + in use = total, `KvPool.checkIdle`) against themselves and the decoder
 * whenever the engine has become idle, at most once a second. Books that are wrong are told of once and mended by
 * starting from empty caches: nothing is lost but prompts that were kept for reuse.
 */
import type { EngineCore } from './core.js';

/** The check takes about a millisecond for 100,000 cells, which would be dear after each of many short requests. */
const INTERVAL_MS = 1000;

export class IdleAudit {
  readonly #core: Pick<EngineCore, 'pool' | 'running'>;
  readonly #onMended: (problem: string) => void;
  #stepped = false;
  #lookedMs = -Infinity;

  constructor(core: Pick<EngineCore, 'pool' | 'running'>, onMended: (problem: string) => void) {
    this.#core = core;
    this.#onMended = onMended;
  }

  /** The books have changed. */
  stepped(): void {
    this.#stepped = true;
  }

  /**
   * Called when there is nothing to do.
   * @param nowMs monotonic; Infinity to look whenever it was done last
   * @returns after how many milliseconds to call again, if nothing else happens
   */
  look(nowMs: number): number {
    const { pool, running } = this.#core;
    // A paused request keeps its place.
    if (!this.#stepped || running > 0) return Infinity;
    const dueMs = this.#lookedMs + INTERVAL_MS;
    if (nowMs < dueMs) return dueMs - nowMs;
    if (nowMs < Infinity) this.#lookedMs = nowMs;
    this.#stepped = false;
    try {
      pool.checkIdle();
    } catch (thrown) {
      pool.reset();
      this.#onMended(thrown instanceof Error ? thrown.message : String(thrown));
    }
    return Infinity;
  }
}
