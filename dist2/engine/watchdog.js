export const DEFAULT_WATCHDOG_MS = 30_000;
export class Watchdog {
    #pulse;
    #boundMs;
    #everyMs;
    #beats = -1;
    #silentMs = 0;
    #lookedMs;
    /** @param everyMs how often `look` is called */
    constructor(pulse, options) {
        this.#pulse = pulse;
        this.#boundMs = options.boundMs;
        this.#everyMs = options.everyMs;
    }
    /** Undefined while the thread moves, or has nothing to do. */
    look(nowMs) {
        const { beats, doing, quiet } = this.#pulse;
        // A process that was stopped for a while, or whose main thread was busy, has not looked: no more than two
        // rounds count at once.
        const passedMs = Math.min(nowMs - (this.#lookedMs ?? nowMs), 2 * this.#everyMs);
        this.#lookedMs = nowMs;
        if (quiet || beats !== this.#beats)
            this.#silentMs = 0;
        else
            this.#silentMs += passedMs;
        this.#beats = beats;
        return this.#silentMs > this.#boundMs ? { doing, forMs: this.#silentMs } : undefined;
    }
}
//# sourceMappingURL=watchdog.js.map