/** The check takes about a millisecond for 100,000 cells, which would be dear after each of many short requests. */
const INTERVAL_MS = 1000;
export class IdleAudit {
    #core;
    #onMended;
    #stepped = false;
    #lookedMs = -Infinity;
    constructor(core, onMended) {
        this.#core = core;
        this.#onMended = onMended;
    }
    /** The books have changed. */
    stepped() {
        this.#stepped = true;
    }
    /**
     * Called when there is nothing to do.
     * @param nowMs monotonic; Infinity to look whenever it was done last
     * @returns after how many milliseconds to call again, if nothing else happens
     */
    look(nowMs) {
        const { pool, running } = this.#core;
        // A paused request keeps its place.
        if (!this.#stepped || running > 0)
            return Infinity;
        const dueMs = this.#lookedMs + INTERVAL_MS;
        if (nowMs < dueMs)
            return dueMs - nowMs;
        if (nowMs < Infinity)
            this.#lookedMs = nowMs;
        this.#stepped = false;
        try {
            pool.checkIdle();
        }
        catch (thrown) {
            pool.reset();
            this.#onMended(thrown instanceof Error ? thrown.message : String(thrown));
        }
        return Infinity;
    }
}
//# sourceMappingURL=idle-audit.js.map