/**
 * Who is admitted next. Places go first to the client that has the fewest, then to the one that was served longest
 * ago; within a client the same rule holds for its HTTP requests, and within one of these the first come is
 * first. So a client with a hundred choices, or with a hundred requests, keeps nobody else waiting beyond one turn.
 * (Max-min fairness over places; the tie-break is round-robin.)
 */

export interface Queued {
  readonly id: number;
  /** Who asks: an API key or an address. */
  readonly client: string;
  /** Which HTTP request of the client it belongs to. */
  readonly group: number;
}

/** Clients and requests beyond so many that were served last are forgotten, which makes them no later than others. */
const REMEMBERED = 4096;

export class FairQueue<Item extends Queued> {
  /** Those that have run before; they come before all others. */
  readonly #returned: Item[] = [];
  readonly #clients = new Map<string, Map<number, Item[]>>();
  readonly #byId = new Map<number, Item>();
  /** Last admission of each client and of each request (`groupKey`), the oldest first. */
  readonly #served = new Map<string, number>();
  #admissions = 0;

  get size(): number {
    return this.#byId.size;
  }

  /** In no order. */
  items(): IterableIterator<Item> {
    return this.#byId.values();
  }

  find(id: number): Item | undefined {
    return this.#byId.get(id);
  }

  add(item: Item): void {
    this.#byId.set(item.id, item);
    let groups = this.#clients.get(item.client);
    if (groups === undefined) this.#clients.set(item.client, (groups = new Map<number, Item[]>()));
    const items = groups.get(item.group);
    if (items === undefined) groups.set(item.group, [item]);
    else items.push(item);
  }

  /** One that had a place already and comes back before all that never had. */
  putBack(item: Item): void {
    this.#byId.set(item.id, item);
    this.#returned.unshift(item);
  }

  /** False when it is not waiting. */
  remove(item: Item): boolean {
    if (!this.#byId.delete(item.id)) return false;
    const at = this.#returned.indexOf(item);
    if (at >= 0) {
      this.#returned.splice(at, 1);
      return true;
    }
    const groups = this.#clients.get(item.client)!;
    const items = groups.get(item.group)!;
    items.splice(items.indexOf(item), 1);
    if (items.length === 0) groups.delete(item.group);
    if (groups.size === 0) this.#clients.delete(item.client);
    return true;
  }

  /** Takes it out, and remembers that its client and its request have had their turn. */
  admit(item: Item): void {
    this.remove(item);
    this.#admissions += 1;
    for (const key of [item.client, groupKey(item)]) {
      this.#served.delete(key);
      this.#served.set(key, this.#admissions);
    }
    for (const key of this.#served.keys()) {
      if (this.#served.size <= REMEMBERED) break;
      this.#served.delete(key);
    }
  }

  /**
   * The one whose turn it is; undefined when none may.
   * @param running those that have places
   */
  next(running: Iterable<Queued>, may: (item: Item) => boolean): Item | undefined {
    const returned = this.#returned.find(may);
    if (returned !== undefined) return returned;
    const places = new Map<string, number>();
    for (const one of running)
      for (const key of [one.client, groupKey(one)]) places.set(key, (places.get(key) ?? 0) + 1);
    const rank = (key: string): Rank => [places.get(key) ?? 0, this.#served.get(key) ?? 0];
    return first(
      this.#clients,
      ([client]) => rank(client),
      ([, groups]) =>
        first(
          groups.values(),
          ([head]) => rank(groupKey(head!)),
          (items) => items.find(may),
        ),
    );
  }
}

/** Places held, then when it was last served. */
type Rank = readonly [number, number];

const groupKey = ({ client, group }: Queued): string => `${group} of ${client}`;

/** What `pick` finds in the entry of the lowest rank that has anything. */
function first<Entry, Found>(
  entries: Iterable<Entry>,
  rankOf: (entry: Entry) => Rank,
  pick: (entry: Entry) => Found | undefined,
): Found | undefined {
  let best: { readonly rank: Rank; readonly found: Found } | undefined;
  for (const entry of entries) {
    const rank = rankOf(entry);
    if (best !== undefined && !isBefore(rank, best.rank)) continue;
    const found = pick(entry);
    if (found !== undefined) best = { rank, found };
  }
  return best?.found;
}

const isBefore = (a: Rank, b: Rank): boolean => a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
