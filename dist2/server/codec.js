/**
 * The tokens of one vocabulary as text, read from the codec once and kept: the hot path of streaming looks a
 * token up instead of crossing into native code for each.
 */
export class TokenTable {
    #codec;
    #bytes = [];
    /** Undefined: not looked up yet; null: not whole UTF-8 on its own. */
    #texts = [];
    #longestBytes;
    constructor(codec) {
        this.#codec = codec;
    }
    bytes(token) {
        return (this.#bytes[token] ??= this.#codec.tokenBytes(token));
    }
    /** The token's text, or null when its bytes are not whole characters by themselves. */
    text(token) {
        const known = this.#texts[token];
        if (known !== undefined)
            return known;
        const text = decodeStrictly(this.bytes(token));
        this.#texts[token] = text;
        return text;
    }
    /**
     * Bytes of the longest token, at least 1: a text of n bytes has n / longest tokens or more, so that one far
     * too long is refused without being tokenised on the thread that serves everybody.
     */
    get longestBytes() {
        if (this.#longestBytes === undefined) {
            let longest = 1;
            // Not by way of the cache: one look at each is no reason to keep them all.
            for (let token = 0; token < this.#codec.vocabularySize; token++)
                longest = Math.max(longest, this.#codec.tokenBytes(token).length);
            this.#longestBytes = longest;
        }
        return this.#longestBytes;
    }
}
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** The text of bytes that are whole UTF-8, else null. */
export function decodeStrictly(bytes) {
    try {
        return strict.decode(bytes);
    }
    catch {
        return null;
    }
}
//# sourceMappingURL=codec.js.map