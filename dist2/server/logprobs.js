import { decodeStrictly } from './codec.js';
/** Holds entries back for as long as `TextAssembler` holds back their text. */
export class LogprobQueue {
    #table;
    #waiting = [];
    #bytes = 0;
    #characters = 0;
    constructor(table) {
        this.#table = table;
    }
    push(logprobs) {
        for (const logprob of logprobs) {
            const bytes = this.#table.bytes(logprob.token);
            const start = this.#bytes;
            this.#bytes += bytes.length;
            this.#waiting.push({ logprob, start, end: this.#bytes, offset: this.#characters });
            this.#characters += charactersBegun(bytes);
        }
    }
    /** The entries whose text has been emitted to its last byte. */
    release(emittedBytes) {
        const kept = this.#waiting.findIndex((entry) => entry.end > emittedBytes);
        return this.#waiting.splice(0, kept === -1 ? this.#waiting.length : kept);
    }
    /** The rest at the end: entries of which any text has been emitted; a stop string's own are dropped. */
    finish(emittedBytes) {
        return this.#waiting.splice(0).filter((entry) => entry.start < emittedBytes);
    }
}
/** Characters (Unicode code points) that begin in these bytes of UTF-8. */
export function charactersBegun(bytes) {
    let count = 0;
    for (const byte of bytes)
        if ((byte & 0xc0) !== 0x80)
            count += 1;
    return count;
}
/** OpenAI's word for "very unlikely": JSON has no -Infinity. */
const LEAST = -9999;
const clamp = (logprob) => Math.max(logprob, LEAST);
/** A token by itself as text; part of a character as OpenAI writes it, `bytes:\xe2\x82`. */
export function tokenText(bytes) {
    return (decodeStrictly(bytes) ??
        `bytes:${Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}`);
}
/** `logprobs.content` of a chat choice. */
export function chatLogprobs(entries, table) {
    const show = ({ token, logprob }) => {
        const bytes = table.bytes(token);
        return { token: tokenText(bytes), logprob: clamp(logprob), bytes: Array.from(bytes) };
    };
    return entries.map(({ logprob }) => ({ ...show(logprob), top_logprobs: logprob.top.map(show) }));
}
/**
 * `logprobs` of a text completion.
 * @param before characters of the prompt in front of the text
 */
export function completionLogprobs(entries, table, before = 0) {
    const text = (token) => tokenText(table.bytes(token));
    return {
        tokens: entries.map(({ logprob }) => text(logprob.token)),
        token_logprobs: entries.map(({ logprob }) => clamp(logprob.logprob)),
        top_logprobs: entries.map(({ logprob }) => Object.fromEntries(logprob.top.map((top) => [text(top.token), clamp(top.logprob)]))),
        text_offset: entries.map(({ offset }) => before + offset),
    };
}
//# sourceMappingURL=logprobs.js.map