/** The newest items of a stream that never ends. */
export class Ring<T> {
  readonly #items: T[] = [];
  readonly #capacity: number;
  #pushed = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  push(item: T): void {
    this.#items[this.#pushed % this.#capacity] = item;
    this.#pushed += 1;
  }

  get newest(): T | undefined {
    return this.#items[(this.#pushed - 1) % this.#capacity];
  }

  /** Oldest first. */
  toArray(): T[] {
    const start = this.#pushed > this.#capacity ? this.#pushed % this.#capacity : 0;
    return [...this.#items.slice(start), ...this.#items.slice(0, start)];
  }
}
