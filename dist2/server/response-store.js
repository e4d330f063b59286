const MOST_RESPONSES = 1024;
const MOST_CHARACTERS = 16 * 2 ** 20;
export class ResponseStore {
    /** Oldest first. */
    #responses = new Map();
    #items = new Map();
    #mostResponses;
    #mostCharacters;
    #characters = 0;
    constructor({ mostResponses = MOST_RESPONSES, mostCharacters = MOST_CHARACTERS } = {}) {
        this.#mostResponses = mostResponses;
        this.#mostCharacters = mostCharacters;
    }
    /** Keeps one, unless it alone is too long. */
    add(stored) {
        // Beginnings that several share count for each: they are kept as long as one of them is.
        const size = JSON.stringify(stored.items).length + JSON.stringify(stored.body).length;
        if (size > this.#mostCharacters)
            return;
        this.#responses.set(stored.id, { stored, size });
        this.#characters += size;
        for (const item of stored.output)
            this.#items.set(String(item['id']), { owner: stored.owner, item });
        for (const id of this.#responses.keys()) {
            if (this.#responses.size <= this.#mostResponses && this.#characters <= this.#mostCharacters)
                break;
            this.#forget(id);
        }
    }
    get(id, owner) {
        const stored = this.#responses.get(id)?.stored;
        return stored?.owner === owner ? stored : undefined;
    }
    /** @returns whether there was one */
    remove(id, owner) {
        if (this.get(id, owner) === undefined)
            return false;
        this.#forget(id);
        return true;
    }
    /** An item of an answer that is kept. */
    item(id, owner) {
        const known = this.#items.get(id);
        return known?.owner === owner ? known.item : undefined;
    }
    #forget(id) {
        const { stored, size } = this.#responses.get(id);
        this.#responses.delete(id);
        this.#characters -= size;
        for (const item of stored.output)
            this.#items.delete(String(item['id']));
    }
}
//# sourceMappingURL=response-store.js.map