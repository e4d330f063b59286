/** Notices that the engine thread hangs: one thing that it does takes longer than a bound. */
import type { Pulse } from './pulse.js';
import type { EngineStall } from './types.js';

export const DEFAULT_WATCHDOG_MS = 30_000;

export class Watchdog {
  readonly #pulse: Pick<Pulse, 'beats' | 'doing' | 'quiet'>;
  readonly #boundMs: number;
  readonly #everyMs: number;
  #beats = -1;
  #silentMs = 0;
  #lookedMs: number | undefined;

  /** @param everyMs how often `look` is called */
  constructor(
    pulse: Pick<Pulse, 'beats' | 'doing' | 'quiet'>,
    options: { readonly boundMs: number; readonly everyMs: number },
  ) {
    this.#pulse = pulse;
    this.#boundMs = options.boundMs;
    this.#everyMs = options.everyMs;
  }

  /** Undefined while the thread moves, or has nothing to do. */
  look(nowMs: number): EngineStall | undefined {
    const { beats, doing, quiet } = this.#pulse;
    // A process that was stopped for a while, or whose main thread was busy, has not looked: no more than two
    // rounds count at once.
    const passedMs = Math.min(nowMs - (this.#lookedMs ?? nowMs), 2 * this.#everyMs);
    this.#lookedMs = nowMs;
    if (quiet || beats !== this.#beats) this.#silentMs = 0;
    else this.#silentMs += passedMs;
    this.#beats = beats;
    return this.#silentMs > this.#boundMs ? { doing, forMs: this.#silentMs } : undefined;
  }
}

/**
 * Looks again and again, and tells each time.
 * @param boundMs 0 for never
 * @returns ends it
 */
export function watch(
  pulse: Pulse,
  boundMs: number,
  onLook: (stall: EngineStall | undefined) => void,
): () => void {
  if (boundMs === 0) return () => undefined;
  const everyMs = Math.max(20, Math.min(1000, boundMs / 4));
  const watchdog = new Watchdog(pulse, { boundMs, everyMs });
  const timer = setInterval(() => {
    onLook(watchdog.look(performance.now()));
  }, everyMs).unref();
  return () => {
    clearInterval(timer);
  };
}
