/**
 * Ownership of native memory: each native object has one handle, freed by `dispose`.
 *
 * Native objects point at each other (a context at its model), and the order in which their handles are
 * disposed of must not matter. So a dependent keeps what it needs alive: a disposed handle refuses further use
 * at once, and its memory is freed when its last dependent has been.
 */
import { ForetokenError } from '../base/errors.js';
export class NativeHandle {
    #what;
    #needs;
    #free;
    #pointer;
    #dependents = 0;
    #disposed = false;
    /**
     * @param what names the object in errors.
     * @param needs are kept alive for as long as this object's memory is.
     */
    constructor(what, pointer, free, ...needs) {
        this.#what = what;
        this.#pointer = pointer;
        this.#free = free;
        this.#needs = needs;
        for (const needed of needs)
            needed.assertUsable();
        for (const needed of needs)
            needed.#dependents += 1;
    }
    /** @throws ForetokenError `disposed` */
    get pointer() {
        if (this.#disposed)
            this.assertUsable();
        return this.#pointer;
    }
    get disposed() {
        return this.#disposed;
    }
    /** True while the native memory is there: until `dispose` of this handle and of all dependents. */
    get alive() {
        return this.#pointer !== undefined;
    }
    assertUsable() {
        if (this.#disposed)
            throw new ForetokenError('disposed', `The ${this.#what} has been disposed of.`);
    }
    /** Idempotent. */
    dispose() {
        this.#disposed = true;
        this.#freeWhenUnused();
    }
    #freeWhenUnused() {
        const pointer = this.#pointer;
        if (!this.#disposed || this.#dependents > 0 || pointer === undefined)
            return;
        this.#pointer = undefined;
        this.#free(pointer);
        for (const needed of this.#needs) {
            needed.#dependents -= 1;
            needed.#freeWhenUnused();
        }
    }
}
//# sourceMappingURL=handle.js.map