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
export declare class FairQueue<Item extends Queued> {
    #private;
    get size(): number;
    /** In no order. */
    items(): IterableIterator<Item>;
    find(id: number): Item | undefined;
    add(item: Item): void;
    /** One that had a place already and comes back before all that never had. */
    putBack(item: Item): void;
    /** False when it is not waiting. */
    remove(item: Item): boolean;
    /** Takes it out, and remembers that its client and its request have had their turn. */
    admit(item: Item): void;
    /**
     * The one whose turn it is; undefined when none may.
     * @param running those that have places
     */
    next(running: Iterable<Queued>, may: (item: Item) => boolean): Item | undefined;
}
