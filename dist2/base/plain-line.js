/**
 * Text from elsewhere (users, model files, the native library) as one line for a log or a terminal: nothing in
 * it can begin a line of its own, move the cursor, change colours or the direction of writing, or fill a disk.
 */
/** Control characters, line and paragraph separators, marks that turn the direction of writing, halves of pairs. */
const UNSAFE = 
// eslint-disable-next-line no-control-regex -- these are what it is about
/[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;
const escaped = (character) => {
    const code = character.codePointAt(0);
    return code < 0x100
        ? `\\x${code.toString(16).padStart(2, '0')}`
        : `\\u${code.toString(16).padStart(4, '0')}`;
};
/** @param most characters; what is longer is cut in the middle, since both ends say most */
export function plainLine(text, most = 2000) {
    // Cut before anything else is done with it: it may be megabytes.
    const cut = text.length <= most
        ? text
        : `${text.slice(0, Math.ceil(most * 0.75))} [${text.length - most} characters left out] ${text.slice(-Math.floor(most * 0.25))}`;
    return cut
        .trim()
        .replace(/\s*\r?\n\s*/g, ' ')
        .replace(UNSAFE, escaped);
}
/** The same for a text of several lines, such as a stack, whose lines stay. */
export const plainLines = (text) => text
    .split('\n')
    .map((line) => line.replace(UNSAFE, escaped))
    .join('\n');
//# sourceMappingURL=plain-line.js.map