/**
 * Embeddings beside the step loop: one piece of one text at a time, and while requests generate, no more time for
 * embeddings than for them. First come, first served; clients send their texts one by one.
 */
import { ForetokenError } from '../base/errors.js';
export class EmbeddingTurns {
    #begin;
    #now;
    #waiting = [];
    #current;
    /** What the latest piece took, less what steps have taken since. */
    #debtMs = 0;
    constructor(begin, now = () => performance.now()) {
        this.#begin = begin;
        this.#now = now;
    }
    get idle() {
        return this.#current === undefined && this.#waiting.length === 0;
    }
    add(id, tokens) {
        this.#waiting.push({ id, tokens });
    }
    cancel(id) {
        if (this.#current?.id === id)
            this.#current = undefined;
        const at = this.#waiting.findIndex((one) => one.id === id);
        if (at >= 0)
            this.#waiting.splice(at, 1);
    }
    /**
     * Computes a piece if it is the embeddings' turn.
     * @param stepMs what the step before took; undefined when no request generates
     */
    turn(stepMs) {
        if (stepMs !== undefined) {
            this.#debtMs -= stepMs;
            if (this.#debtMs > 0)
                return undefined;
        }
        if (this.idle)
            return undefined;
        const startMs = this.#now();
        const answer = this.#piece();
        this.#debtMs = this.#now() - startMs;
        return answer;
    }
    /** The answers to all that wait. */
    failAll(error) {
        const ids = [...(this.#current === undefined ? [] : [this.#current]), ...this.#waiting.splice(0)];
        this.#current = undefined;
        return ids.map(({ id }) => ({ id, embedding: undefined, error }));
    }
    #piece() {
        const id = this.#current?.id ?? this.#waiting[0].id;
        try {
            if (this.#current === undefined) {
                const { tokens } = this.#waiting.shift();
                this.#current = { id, pieces: this.#begin(tokens) };
            }
            const { done, value } = this.#current.pieces.next();
            if (done !== true)
                return undefined;
            this.#current = undefined;
            return { id, embedding: value };
        }
        catch (thrown) {
            this.#current = undefined;
            return { id, embedding: undefined, error: ForetokenError.from(thrown).toPlain() };
        }
    }
}
//# sourceMappingURL=embedding-turns.js.map