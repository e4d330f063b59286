/** The newest items of a stream that never ends. */
export declare class Ring<T> {
    #private;
    constructor(capacity: number);
    push(item: T): void;
    get newest(): T | undefined;
    /** Oldest first. */
    toArray(): T[];
}
