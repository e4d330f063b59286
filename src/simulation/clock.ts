/** Time that passes only when somebody says so. */
export class VirtualClock {
  #ms = 0;
  #skewMs = 0;

  /** True time since the start, milliseconds. */
  get ms(): number {
    return this.#ms;
  }

  /** What the engine's clock shows: true time, and what jumps have made of it. */
  readonly now = (): number => this.#ms + this.#skewMs;

  advance(ms: number): void {
    this.#ms += ms;
  }

  /** Nothing happens until then. */
  waitUntil(ms: number): void {
    this.#ms = Math.max(this.#ms, ms);
  }

  /** Sets the engine's clock forward, or back where `ms` is negative, while true time stands still. */
  jump(ms: number): void {
    this.#skewMs += ms;
  }
}
