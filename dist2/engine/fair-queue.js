/**
 * Who is admitted next. Places go first to the client that has the fewest, then to the one that was served longest
 * ago; within a client the same rule holds for its HTTP requests, and within one of these the first come is
 * first. So a client with a hundred choices, or with a hundred requests, keeps nobody else waiting beyond one turn.
 * (Max-min fairness over places; the tie-break is round-robin.)
 */
/** Clients and requests beyond so many that were served last are forgotten, which makes them no later than others. */
const REMEMBERED = 4096;
export class FairQueue {
    /** Those that have run before; they come before all others. */
    #returned = [];
    #clients = new Map();
    #byId = new Map();
    /** Last admission of each client and of each request (`groupKey`), the oldest first. */
    #served = new Map();
    #admissions = 0;
    get size() {
        return this.#byId.size;
    }
    /** In no order. */
    items() {
        return this.#byId.values();
    }
    find(id) {
        return this.#byId.get(id);
    }
    add(item) {
        this.#byId.set(item.id, item);
        let groups = this.#clients.get(item.client);
        if (groups === undefined)
            this.#clients.set(item.client, (groups = new Map()));
        const items = groups.get(item.group);
        if (items === undefined)
            groups.set(item.group, [item]);
        else
            items.push(item);
    }
    /** One that had a place already and comes back before all that never had. */
    putBack(item) {
        this.#byId.set(item.id, item);
        this.#returned.unshift(item);
    }
    /** False when it is not waiting. */
    remove(item) {
        if (!this.#byId.delete(item.id))
            return false;
        const at = this.#returned.indexOf(item);
        if (at >= 0) {
            this.#returned.splice(at, 1);
            return true;
        }
        const groups = this.#clients.get(item.client);
        const items = groups.get(item.group);
        items.splice(items.indexOf(item), 1);
        if (items.length === 0)
            groups.delete(item.group);
        if (groups.size === 0)
            this.#clients.delete(item.client);
        return true;
    }
    /** Takes it out, and remembers that its client and its request have had their turn. */
    admit(item) {
        this.remove(item);
        this.#admissions += 1;
        for (const key of [item.client, groupKey(item)]) {
            this.#served.delete(key);
            this.#served.set(key, this.#admissions);
        }
        for (const key of this.#served.keys()) {
            if (this.#served.size <= REMEMBERED)
                break;
            this.#served.delete(key);
        }
    }
    /**
     * The one whose turn it is; undefined when none may.
     * @param running those that have places
     */
    next(running, may) {
        const returned = this.#returned.find(may);
        if (returned !== undefined)
            return returned;
        const places = new Map();
        for (const one of running)
            for (const key of [one.client, groupKey(one)])
                places.set(key, (places.get(key) ?? 0) + 1);
        const rank = (key) => [places.get(key) ?? 0, this.#served.get(key) ?? 0];
        return first(this.#clients, ([client]) => rank(client), ([, groups]) => first(groups.values(), ([head]) => rank(groupKey(head)), (items) => items.find(may)));
    }
}
const groupKey = ({ client, group }) => `${group} of ${client}`;
/** What `pick` finds in the entry of the lowest rank that has anything. */
function first(entries, rankOf, pick) {
    let best;
    for (const entry of entries) {
        const rank = rankOf(entry);
        if (best !== undefined && !isBefore(rank, best.rank))
            continue;
        const found = pick(entry);
        if (found !== undefined)
            best = { rank, found };
    }
    return best?.found;
}
const isBefore = (a, b) => a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
//# sourceMappingURL=fair-queue.js.map