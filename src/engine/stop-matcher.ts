/** Finds stop texts in an output as it grows, across token boundaries. */

export interface StopMatch {
  readonly stop: string;
  /** Bytes at the end of the text that belong to the stop text or follow it. */
  readonly trimBytes: number;
}

export class StopMatcher {
  readonly #stops: readonly { readonly text: string; readonly bytes: Uint8Array }[];
  readonly #longest: number;
  /** Last bytes of the text, as many as a stop text that began earlier could need. */
  #tail = new Uint8Array(0);

  constructor(stops: readonly string[]) {
    const encoder = new TextEncoder();
    this.#stops = stops.filter((stop) => stop !== '').map((text) => ({ text, bytes: encoder.encode(text) }));
    this.#longest = Math.max(0, ...this.#stops.map(({ bytes }) => bytes.length));
  }

  /**
   * Adds a token's bytes.
   * @returns the earliest stop text, of several the one named first; undefined when there is none
   */
  push(bytes: Uint8Array): StopMatch | undefined {
    if (this.#longest === 0) return undefined;
    const text = new Uint8Array(this.#tail.length + bytes.length);
    text.set(this.#tail);
    text.set(bytes, this.#tail.length);
    let earliest = Infinity;
    let found = '';
    for (const stop of this.#stops) {
      const index = indexOf(text, stop.bytes);
      if (index >= earliest) continue;
      earliest = index;
      found = stop.text;
    }
    if (earliest !== Infinity) return { stop: found, trimBytes: text.length - earliest };
    this.#tail = text.slice(Math.max(0, text.length - (this.#longest - 1)));
    return undefined;
  }
}

function indexOf(text: Uint8Array, stop: Uint8Array): number {
  const index = Buffer.from(text.buffer, text.byteOffset, text.length).indexOf(stop);
  return index === -1 ? Infinity : index;
}
