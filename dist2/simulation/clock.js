/** Time that passes only when somebody says so. */
export class VirtualClock {
    #ms = 0;
    #skewMs = 0;
    /** True time since the start, milliseconds. */
    get ms() {
        return this.#ms;
    }
    /** What the engine's clock shows: true time, and what jumps have made of it. */
    now = () => this.#ms + this.#skewMs;
    advance(ms) {
        this.#ms += ms;
    }
    /** Nothing happens until then. */
    waitUntil(ms) {
        this.#ms = Math.max(this.#ms, ms);
    }
    /** Sets the engine's clock forward, or back where `ms` is negative, while true time stands still. */
    jump(ms) {
        this.#skewMs += ms;
    }
}
//# sourceMappingURL=clock.js.map