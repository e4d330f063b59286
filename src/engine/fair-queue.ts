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
  /** By id, in the order in which they came. */
  readonly #waiting = new Map<number, Item>();
  /** Of these, the ones that have run before; they come before all others. */
  readonly #returned: Item[] = [];
  /** Last admission of each client and of each request (`keysOf`), the oldest first. */
  readonly #served = new Map<string, number>();
  #admissions = 0;

  get size(): number {
    return this.#waiting.size;
  }

  /** In no order. */
  items(): IterableIterator<Item> {
    return this.#waiting.values();
  }

  find(id: number): Item | undefined {
    return this.#waiting.get(id);
  }

  add(item: Item): void {
    this.#waiting.set(item.id, item);
  }

  /** One that had a place already and comes back before all that never had. */
  putBack(item: Item): void {
    this.add(item);
    this.#returned.unshift(item);
  }

  /** False when it is not waiting. */
  remove(item: Item): boolean {
    const at = this.#returned.indexOf(item);
    if (at >= 0) this.#returned.splice(at, 1);
    return this.#waiting.delete(item.id);
  }

  /** Takes it out, and remembers that its client and its request have had their turn. */
  admit(item: Item): void {
    this.remove(item);
    this.#admissions += 1;
    for (const key of keysOf(item)) {
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
    for (const one of running) for (const key of keysOf(one)) places.set(key, (places.get(key) ?? 0) + 1);
    let best: { readonly item: Item; readonly rank: readonly number[] } | undefined;
    for (const item of this.#waiting.values()) {
      const rank = keysOf(item).flatMap((key) => [places.get(key) ?? 0, this.#served.get(key) ?? 0]);
      if ((best === undefined || isBefore(rank, best.rank)) && may(item)) best = { item, rank };
    }
    return best?.item;
  }
}

/** Whose turns are counted: the client's, and within it the request's. */
const keysOf = ({ client, group }: Queued): readonly [string, string] => [client, `${group} of ${client}`];

/** Places held, then when it was last served: of the client, then of the request. */
function isBefore(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at >= 0 && a[at]! < b[at]!;
}
