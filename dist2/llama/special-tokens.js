/**
 * Tells special tokens that a template writes from the same characters in what people write. Text may be
 * *guarded*: characters of it are replaced by private ones, which spell no special token, pass through a
 * template as any other character, and are turned back before the text between the template's own special
 * tokens becomes tokens.
 */
/** Bits of LLAMA_TOKEN_ATTR. */
const UNKNOWN = 1 << 0;
const CONTROL = 1 << 3;
const STRIPS_LEFT = 1 << 7;
const STRIPS_RIGHT = 1 << 8;
export class SpecialTokens {
    /** By text. */
    #spellings;
    /** How long spellings are that begin with a character (a UTF-16 unit). */
    #lengths;
    /** The first of any spelling, and what may be the first or last of one. */
    #first;
    #ends;
    /** All spellings in one text, to look a short text up in. */
    #joined;
    #longest;
    /** Only those that the library leaves alone when it is told not to parse special tokens. */
    constructor(source) {
        const spellings = new Map();
        const lengths = new Map();
        const [firsts, ends] = [new Set(), new Set()];
        for (let token = 0; token < source.size; token++) {
            const attributes = source.attributes(token);
            const text = (attributes & (CONTROL | UNKNOWN)) === 0 ? '' : source.text(token);
            if (text === '')
                continue;
            const spelling = {
                token,
                bytes: Buffer.byteLength(text),
                stripsLeft: (attributes & STRIPS_LEFT) !== 0,
                stripsRight: (attributes & STRIPS_RIGHT) !== 0,
            };
            if (!spellings.has(text))
                spellings.set(text, spelling);
            firsts.add(text[0]);
            const characters = Array.from(text);
            ends.add(characters[0]).add(characters.at(-1));
            const known = lengths.get(text[0]);
            if (known === undefined)
                lengths.set(text[0], new Set([text.length]));
            else
                known.add(text.length);
        }
        this.#spellings = spellings;
        this.#lengths = lengths;
        this.#first = anyOf(firsts, 'g');
        this.#ends = anyOf(ends, 'gu');
        this.#joined = [...spellings.keys()].join('\0');
        this.#longest = Math.max(0, ...[...spellings.keys()].map((text) => text.length));
    }
    /** Where special tokens are named, in order; of names that overlap the longer, as the library takes them. */
    find(text) {
        const found = [];
        let overlapping = false;
        const first = this.#first;
        first.lastIndex = 0;
        while (first.test(text)) {
            const start = first.lastIndex - 1;
            for (const length of this.#lengths.get(text[start])) {
                const spelling = this.#spellings.get(text.slice(start, start + length));
                if (spelling === undefined)
                    continue;
                overlapping ||= found.length > 0 && found.at(-1).end > start;
                found.push({ spelling, start, end: start + length });
            }
        }
        return overlapping ? longestFirst(found, text.length) : found;
    }
    /** Whether a text could be a part of a special token's name that something else completes. */
    couldComplete(text) {
        return text.search(this.#ends) !== -1 || this.#isInside(text);
    }
    /** The text with every name of a special token in it guarded. */
    guardNames(text) {
        let guarded = '';
        let from = 0;
        for (const { start, end } of this.find(text)) {
            guarded += guardPrivate(text.slice(from, start)) + guardAll(text.slice(start, end));
            from = end;
        }
        return guarded + guardPrivate(text.slice(from));
    }
    /**
     * The text with everything guarded that could be the beginning, the end or all the inside of such a name.
     * @param isWord a template may compare it with a word of its own
     */
    guardParts(text, isWord = false) {
        return this.#isInside(text) && !(isWord && /^[A-Za-z][\w-]*$/.test(text))
            ? guardAll(text)
            : guardPrivate(text).replace(this.#ends, guardCharacter);
    }
    #isInside(text) {
        // Looked at no longer than it could be: a text may be megabytes of blanks.
        if (text.length > this.#longest + 16)
            return false;
        const core = text.trim();
        return core !== '' && this.#joined.includes(core);
    }
}
function longestFirst(found, textLength) {
    const taken = new Uint8Array(textLength);
    return [...found]
        .sort((a, b) => b.spelling.bytes - a.spelling.bytes || a.start - b.start)
        .filter(({ start, end }) => {
        if (taken.subarray(start, end).includes(1))
            return false;
        taken.fill(1, start, end);
        return true;
    })
        .sort((a, b) => a.start - b.start);
}
/** Matches any of these characters; nothing where there are none. */
function anyOf(characters, flags) {
    const escaped = Array.from(characters, (character) => `\\u{${character.codePointAt(0).toString(16)}}`);
    const units = Array.from(characters, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
    return new RegExp(`[${(flags.includes('u') ? escaped : units).join('')}]`, flags);
}
/** Planes 15 and 16 are for private use: a character of the first plane becomes one, any other becomes two. */
function guardCharacter(character) {
    const code = character.codePointAt(0);
    return code < 0x10000
        ? String.fromCodePoint(0xf0000 + code)
        : String.fromCodePoint(0x100000 + (code >> 12), 0x101000 + (code & 0xfff));
}
/** White space and what JSON escapes stay, so that templates trim and quote as ever. */
const guardAll = (text) => text.replace(/[^\s"\\]/gu, guardCharacter);
/** Private characters that are in the text already, lest they be taken for guarded ones. */
const guardPrivate = (text) => /[\u{f0000}-\u{10ffff}]/u.test(text) ? text.replace(/[\u{f0000}-\u{10ffff}]/gu, guardCharacter) : text;
/** A guarded text as it was. */
export const unguard = (text) => text.replace(/([\u{f0000}-\u{fffff}])|([\u{100000}-\u{10010f}])([\u{101000}-\u{101fff}])/gu, (_all, one, high, low) => one === undefined
    ? String.fromCodePoint(((high.codePointAt(0) - 0x100000) << 12) | (low.codePointAt(0) - 0x101000))
    : String.fromCharCode(one.codePointAt(0) - 0xf0000));
/**
 * Applies `guard` to every string of a value. `isWord` says that a template may compare it with a word of its
 * own: names of fields, roles, types.
 */
export function guardTree(value, guard, isWord = false) {
    if (typeof value === 'string')
        return guard(value, isWord);
    if (Array.isArray(value))
        return value.map((item) => guardTree(item, guard));
    if (typeof value !== 'object' || value === null)
        return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [
        guard(name, true),
        guardTree(item, guard, name === 'role' || name === 'type'),
    ]));
}
/** Whether any string of a value, names of fields included, is such. */
export function someString(value, is) {
    if (typeof value === 'string')
        return is(value);
    if (Array.isArray(value))
        return value.some((item) => someString(item, is));
    if (typeof value !== 'object' || value === null)
        return false;
    return Object.entries(value).some(([name, item]) => is(name) || someString(item, is));
}
//# sourceMappingURL=special-tokens.js.map