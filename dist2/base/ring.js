/** The newest items of a stream that never ends. */
export class Ring {
    #items = [];
    #capacity;
    #pushed = 0;
    constructor(capacity) {
        this.#capacity = capacity;
    }
    push(item) {
        this.#items[this.#pushed % this.#capacity] = item;
        this.#pushed += 1;
    }
    get newest() {
        return this.#items[(this.#pushed - 1) % this.#capacity];
    }
    /** Oldest first. */
    toArray() {
        const start = this.#pushed > this.#capacity ? this.#pushed % this.#capacity : 0;
        return [...this.#items.slice(start), ...this.#items.slice(0, start)];
    }
}
//# sourceMappingURL=ring.js.map