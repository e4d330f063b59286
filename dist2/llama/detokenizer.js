/**
 * Tokens to text as they come. A character may be spread over several tokens; its bytes are held back until
 * it is whole, so that all parts together are exactly the text of all tokens together.
 */
import { newUtf8Decoder } from './vocabulary.js';
export class StreamingDetokenizer {
    #bytesOf;
    #decoder = newUtf8Decoder();
    constructor(vocabulary) {
        this.#bytesOf = vocabulary;
    }
    /** The text that these tokens complete; may be empty. */
    push(tokens) {
        let text = '';
        for (const token of tokens)
            text += this.#decoder.decode(this.#bytesOf.tokenBytes(token), { stream: true });
        return text;
    }
    /** What is held back, U+FFFD for a character that was never completed. Afterwards a new text begins. */
    end() {
        const rest = this.#decoder.decode();
        this.#decoder = newUtf8Decoder();
        return rest;
    }
}
//# sourceMappingURL=detokenizer.js.map