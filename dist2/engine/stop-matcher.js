/** Finds stop texts in an output as it grows, across token boundaries. */
export class StopMatcher {
    #stops;
    #longest;
    /** Last bytes of the text, as many as a stop text that began earlier could need. */
    #tail = new Uint8Array(0);
    constructor(stops) {
        const encoder = new TextEncoder();
        this.#stops = stops.filter((stop) => stop !== '').map((text) => ({ text, bytes: encoder.encode(text) }));
        this.#longest = Math.max(0, ...this.#stops.map(({ bytes }) => bytes.length));
    }
    /**
     * Adds a token's bytes. Who does not end at what is found may go on: it is not found again.
     * @param included the stop text itself stays in the text
     * @returns the earliest stop text, of several the one named first; undefined when there is none
     */
    push(bytes, included = false) {
        if (this.#longest === 0)
            return undefined;
        const text = new Uint8Array(this.#tail.length + bytes.length);
        text.set(this.#tail);
        text.set(bytes, this.#tail.length);
        let earliest = Infinity;
        let found;
        for (const stop of this.#stops) {
            // What ends within the tail has been told before.
            const start = indexOf(text, stop.bytes, Math.max(0, this.#tail.length - stop.bytes.length + 1));
            if (start >= earliest)
                continue;
            earliest = start;
            found = stop;
        }
        this.#tail = text.slice(Math.max(0, text.length - (this.#longest - 1)));
        if (found === undefined)
            return undefined;
        return { stop: found.text, trimBytes: text.length - earliest - (included ? found.bytes.length : 0) };
    }
}
function indexOf(text, stop, from) {
    const index = Buffer.from(text.buffer, text.byteOffset, text.length).indexOf(stop, from);
    return index === -1 ? Infinity : index;
}
//# sourceMappingURL=stop-matcher.js.map