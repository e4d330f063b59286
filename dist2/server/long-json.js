/** Answers of megabytes as JSON, written a piece a turn of the event loop, so that others are served meanwhile. */
import { Readable } from 'node:stream';
/** Items, or characters, of a piece. */
const PIECE = 16 * 1024;
/** From so many on it is worth it. */
export const LONG_ANSWER = 4 * PIECE;
/** `{"<field>":[…]}`; each item as `textOf` writes it. */
export function longArray(field, items, textOf) {
    return written(`{${JSON.stringify(field)}:[`, items.length, ']}', (from, to) => {
        const piece = Array.from(items.subarray(from, to), textOf).join(',');
        return from > 0 ? `,${piece}` : piece;
    });
}
/** `{"<field>":"…"}`. A character cut in two is written as two escapes, which are one again when read. */
export function longText(field, text) {
    return written(`{${JSON.stringify(field)}:"`, text.length, '"}', (from, to) => JSON.stringify(text.slice(from, to)).slice(1, -1));
}
function written(head, length, tail, piece) {
    const pieces = async function* () {
        yield head;
        for (let from = 0; from < length; from += PIECE) {
            yield piece(from, Math.min(length, from + PIECE));
            await new Promise(setImmediate);
        }
        yield tail;
    };
    return Readable.from(pieces());
}
//# sourceMappingURL=long-json.js.map