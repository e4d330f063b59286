/** Finds stop texts in an output as it grows, across token boundaries. */

export class StopMatcher {
  readonly #stops: readonly Uint8Array[];
  readonly #longest: number;
  /** Last bytes of the text, as many as a stop text that began earlier could need. */
  #tail = new Uint8Array(0);

  constructor(stops: readonly string[]) {
    const encoder = new TextEncoder();
    this.#stops = stops.filter((stop) => stop !== '').map((stop) => encoder.encode(stop));
    this.#longest = Math.max(0, ...this.#stops.map((stop) => stop.length));
  }

  /**
   * Adds a token's bytes.
   * @returns how many bytes at the end of the text belong to the earliest stop text or follow it, or
   * undefined when there is none.
   */
  push(bytes: Uint8Array): number | undefined {
    if (this.#longest === 0) return undefined;
    const text = new Uint8Array(this.#tail.length + bytes.length);
    text.set(this.#tail);
    text.set(bytes, this.#tail.length);
    let earliest = Infinity;
    for (const stop of this.#stops) earliest = Math.min(earliest, indexOf(text, stop));
    if (earliest !== Infinity) return text.length - earliest;
    this.#tail = text.slice(Math.max(0, text.length - (this.#longest - 1)));
    return undefined;
  }
}

function indexOf(text: Uint8Array, stop: Uint8Array): number {
  const index = Buffer.from(text.buffer, text.byteOffset, text.length).indexOf(stop);
  return index === -1 ? Infinity : index;
}
