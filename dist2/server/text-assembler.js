const NOTHING = Buffer.alloc(0);
export class TextAssembler {
    #table;
    #stops;
    #held = NOTHING;
    #emittedBytes = 0;
    constructor(table, stops) {
        this.#table = table;
        this.#stops = stops.map((stop) => Buffer.from(stop, 'utf8'));
    }
    /** Bytes of all text returned so far. */
    get emittedBytes() {
        return this.#emittedBytes;
    }
    /** Takes the tokens of one step. @returns the text that is certain now. */
    push(tokens) {
        if (this.#stops.length === 0 && this.#held.length === 0) {
            const text = this.#wholeTokens(tokens);
            if (text !== undefined)
                return text;
        }
        const bytes = this.#join(tokens);
        const stopStart = bytes.length - this.#longestStopBeginning(bytes);
        const end = stopStart < bytes.length ? stopStart : bytes.length - incompleteTail(bytes);
        this.#held = bytes.subarray(end);
        return this.#emit(bytes.subarray(0, end));
    }
    /**
     * Takes the last tokens and cuts the end of the text. A character that stays incomplete is dropped.
     * @param trimBytes bytes at the end of the text that are not part of the output
     */
    finish(tokens, trimBytes) {
        const bytes = this.#join(tokens);
        const kept = bytes.subarray(0, Math.max(0, bytes.length - trimBytes));
        this.#held = NOTHING;
        return this.#emit(kept.subarray(0, kept.length - incompleteTail(kept)));
    }
    /** The common case, without touching a byte: tokens that are whole characters, and nothing to watch for. */
    #wholeTokens(tokens) {
        let text = '';
        let bytes = 0;
        for (const token of tokens) {
            const piece = this.#table.text(token);
            if (piece === null)
                return undefined;
            text += piece;
            bytes += this.#table.bytes(token).length;
        }
        this.#emittedBytes += bytes;
        return text;
    }
    #join(tokens) {
        if (tokens.length === 0)
            return this.#held;
        return Buffer.concat([this.#held, ...tokens.map((token) => this.#table.bytes(token))]);
    }
    #emit(bytes) {
        this.#emittedBytes += bytes.length;
        return bytes.toString('utf8');
    }
    /** Length of the longest end of `bytes` with which some stop string begins. */
    #longestStopBeginning(bytes) {
        let longest = 0;
        for (const stop of this.#stops) {
            for (let length = Math.min(stop.length, bytes.length); length > longest; length--) {
                const start = bytes.length - length;
                if (bytes[start] !== stop[0])
                    continue;
                if (bytes.compare(stop, 0, length, start) === 0)
                    longest = length;
            }
        }
        return longest;
    }
}
/** Bytes at the end that begin a UTF-8 character without completing it: 0 to 3. */
export function incompleteTail(bytes) {
    for (let back = 1; back <= Math.min(3, bytes.length); back++) {
        const byte = bytes[bytes.length - back];
        if ((byte & 0xc0) === 0x80)
            continue;
        const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
        return needed > back ? back : 0;
    }
    return 0;
}
//# sourceMappingURL=text-assembler.js.map