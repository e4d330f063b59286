/**
 * Tells special tokens that a template writes from the same characters in what people write. Text may be
 * *guarded*: characters of it are replaced by private ones, which spell no special token, pass through a
 * template as any other character, and are turned back before the text between the template's own special
 * tokens becomes tokens.
 */

/** Bits of LLAMA_TOKEN_ATTR. */
const UNKNOWN = 1 << 0;
const CONTROL = 1 << 3;
const USER_DEFINED = 1 << 4;
const STRIPS_LEFT = 1 << 7;
const STRIPS_RIGHT = 1 << 8;

/** A special token's name at [start, end) of a text. */
export interface SpecialMatch {
  readonly spelling: Spelling;
  readonly start: number;
  readonly end: number;
}

export interface Spelling {
  readonly token: number;
  /** The library looks for those with more bytes first. */
  readonly bytes: number;
  /** The token swallows white space in front of its name, or behind it. */
  readonly stripsLeft: boolean;
  readonly stripsRight: boolean;
}

/** The part of a vocabulary that it is made from. */
export interface SpecialSource {
  readonly size: number;
  text(token: number): string;
  attributes(token: number): number;
}

/** Places in a row that are looked at for a cut before a part of the text is left out. */
const MAX_TRIES = 256;

export class SpecialTokens {
  /** Whether any swallows white space beside it. */
  readonly #strips: boolean;
  /** By text. */
  readonly #spellings: ReadonlyMap<string, Spelling>;
  /** How long spellings are that begin with a character (a UTF-16 unit), longest first. */
  readonly #lengths: ReadonlyMap<string, readonly number[]>;
  /** The first of any spelling, and what may be the first or last of one. */
  readonly #first: RegExp;
  readonly #ends: RegExp;
  /** All spellings in one text, to look a short text up in. */
  readonly #joined: string;
  readonly #longest: number;

  private constructor(source: SpecialSource, kinds: number) {
    const spellings = new Map<string, Spelling>();
    const lengths = new Map<string, Set<number>>();
    const [firsts, ends] = [new Set<string>(), new Set<string>()];
    for (let token = 0; token < source.size; token++) {
      const attributes = source.attributes(token);
      const text = (attributes & kinds) === 0 ? '' : source.text(token);
      if (text === '') continue;
      const spelling = {
        token,
        bytes: Buffer.byteLength(text),
        stripsLeft: (attributes & STRIPS_LEFT) !== 0,
        stripsRight: (attributes & STRIPS_RIGHT) !== 0,
      };
      if (!spellings.has(text)) spellings.set(text, spelling);
      firsts.add(text[0]!);
      const characters = Array.from(text);
      ends.add(characters[0]!).add(characters.at(-1)!);
      const known = lengths.get(text[0]!);
      if (known === undefined) lengths.set(text[0]!, new Set([text.length]));
      else known.add(text.length);
    }
    this.#spellings = spellings;
    this.#strips = [...spellings.values()].some(({ stripsLeft, stripsRight }) => stripsLeft || stripsRight);
    this.#lengths = new Map([...lengths].map(([first, known]) => [first, [...known].sort((a, b) => b - a)]));
    this.#first = anyOf(firsts, 'g');
    this.#ends = anyOf(ends, 'gu');
    this.#joined = [...spellings.keys()].join('\0');
    this.#longest = Math.max(0, ...[...spellings.keys()].map((text) => text.length));
  }

  /** Those that the library leaves alone when it is told not to parse special tokens. */
  static parsed(source: SpecialSource): SpecialTokens {
    return new SpecialTokens(source, CONTROL | UNKNOWN);
  }

  /** All that the library looks for before it makes tokens of what is between them. */
  static lookedFor(source: SpecialSource, parseSpecial: boolean): SpecialTokens {
    return new SpecialTokens(source, USER_DEFINED | (parseSpecial ? CONTROL | UNKNOWN : 0));
  }

  /**
   * The text in pieces of some `size` or more that give the same tokens as the whole: each but the first begins with a
   * special token that the library takes whatever stands around it. The library's own search takes time by the square
   * of a text that is full of special tokens.
   */
  pieces(text: string, size: number): string[] {
    const pieces: string[] = [];
    let from = 0;
    while (from + size < text.length) {
      const end = this.#beginOfSure(text, from + size);
      if (end === undefined) break;
      pieces.push(text.slice(from, end));
      from = end;
    }
    pieces.push(text.slice(from));
    return pieces;
  }

  #beginOfSure(text: string, from: number): number | undefined {
    const first = this.#first;
    first.lastIndex = from;
    let tries = 0;
    while (first.test(text)) {
      const start = first.lastIndex - 1;
      if (this.#isSure(text, start)) return start;
      // Text may be made so that none is sure: the search costs a bounded share of it.
      if (++tries % MAX_TRIES === 0) first.lastIndex = start + 16 * MAX_TRIES;
    }
    return undefined;
  }

  /** Whether the library takes a token that begins here: the longest of those that overlap, and of one the first. */
  #isSure(text: string, start: number): boolean {
    const own = this.#longestAt(text, start, 0);
    // White space may be what a token beside it strips.
    if (own === undefined || own.spelling.stripsLeft || (this.#strips && /\s/.test(text[start]!)))
      return false;
    for (let at = start - 1; at >= 0 && at > start - this.#longest; at--) {
      const other = this.#longestAt(text, at, start - at);
      if (other !== undefined && other.spelling.bytes >= own.spelling.bytes) return false;
    }
    for (let at = start + 1; at < start + own.length; at++) {
      const other = this.#longestAt(text, at, 0);
      if (other === undefined || other.spelling === own.spelling) continue;
      if (other.spelling.bytes >= own.spelling.bytes) return false;
    }
    return true;
  }

  /** The longest of more than `beyond` characters that is named there. */
  #longestAt(
    text: string,
    at: number,
    beyond: number,
  ): { readonly spelling: Spelling; readonly length: number } | undefined {
    for (const length of this.#lengths.get(text[at]!) ?? []) {
      if (length <= beyond) return undefined;
      const spelling = this.#spellings.get(text.slice(at, at + length));
      if (spelling !== undefined) return { spelling, length };
    }
    return undefined;
  }

  /** Where special tokens are named, in order; of names that overlap the longer, as the library takes them. */
  find(text: string): SpecialMatch[] {
    const found: SpecialMatch[] = [];
    let overlapping = false;
    const first = this.#first;
    first.lastIndex = 0;
    while (first.test(text)) {
      const start = first.lastIndex - 1;
      for (const length of this.#lengths.get(text[start]!)!) {
        const spelling = this.#spellings.get(text.slice(start, start + length));
        if (spelling === undefined) continue;
        overlapping ||= found.length > 0 && found.at(-1)!.end > start;
        found.push({ spelling, start, end: start + length });
      }
    }
    return overlapping ? longestFirst(found, text.length) : found;
  }

  /** Whether a text could be a part of a special token's name that something else completes. */
  couldComplete(text: string): boolean {
    return text.search(this.#ends) !== -1 || this.#isInside(text);
  }

  /** The text with every name of a special token in it guarded. */
  guardNames(text: string): string {
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
  guardParts(text: string, isWord = false): string {
    return this.#isInside(text) && !(isWord && /^[A-Za-z][\w-]*$/.test(text))
      ? guardAll(text)
      : guardPrivate(text).replace(this.#ends, guardCharacter);
  }

  #isInside(text: string): boolean {
    // Looked at no longer than it could be: a text may be megabytes of blanks.
    if (text.length > this.#longest + 16) return false;
    const core = text.trim();
    return core !== '' && this.#joined.includes(core);
  }
}

function longestFirst(found: readonly SpecialMatch[], textLength: number): SpecialMatch[] {
  const taken = new Uint8Array(textLength);
  return [...found]
    .sort((a, b) => b.spelling.bytes - a.spelling.bytes || a.start - b.start)
    .filter(({ start, end }) => {
      if (taken.subarray(start, end).includes(1)) return false;
      taken.fill(1, start, end);
      return true;
    })
    .sort((a, b) => a.start - b.start);
}

/** Matches any of these characters; nothing where there are none. */
function anyOf(characters: ReadonlySet<string>, flags: string): RegExp {
  const escaped = Array.from(characters, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
  const units = Array.from(
    characters,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return new RegExp(`[${(flags.includes('u') ? escaped : units).join('')}]`, flags);
}

/** Planes 15 and 16 are for private use: a character of the first plane becomes one, any other becomes two. */
function guardCharacter(character: string): string {
  const code = character.codePointAt(0)!;
  return code < 0x10000
    ? String.fromCodePoint(0xf0000 + code)
    : String.fromCodePoint(0x100000 + (code >> 12), 0x101000 + (code & 0xfff));
}

/** White space and what JSON escapes stay, so that templates trim and quote as ever. */
const guardAll = (text: string): string => text.replace(/[^\s"\\]/gu, guardCharacter);

/** Private characters that are in the text already, lest they be taken for guarded ones. */
const guardPrivate = (text: string): string =>
  /[\u{f0000}-\u{10ffff}]/u.test(text) ? text.replace(/[\u{f0000}-\u{10ffff}]/gu, guardCharacter) : text;

/** A guarded text as it was. */
export const unguard = (text: string): string =>
  text.replace(
    /([\u{f0000}-\u{fffff}])|([\u{100000}-\u{10010f}])([\u{101000}-\u{101fff}])/gu,
    (_all, one: string | undefined, high: string, low: string) =>
      one === undefined
        ? String.fromCodePoint(((high.codePointAt(0)! - 0x100000) << 12) | (low.codePointAt(0)! - 0x101000))
        : String.fromCharCode(one.codePointAt(0)! - 0xf0000),
  );

/**
 * Applies `guard` to every string of a value. `isWord` says that a template may compare it with a word of its
 * own: names of fields, roles, types.
 */
export function guardTree(
  value: unknown,
  guard: (text: string, isWord: boolean) => string,
  isWord = false,
): unknown {
  if (typeof value === 'string') return guard(value, isWord);
  if (Array.isArray(value)) return value.map((item) => guardTree(item, guard));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      guard(name, true),
      guardTree(item, guard, name === 'role' || name === 'type'),
    ]),
  );
}

/** Whether any string of a value, names of fields included, is such. */
export function someString(value: unknown, is: (text: string) => boolean): boolean {
  if (typeof value === 'string') return is(value);
  if (Array.isArray(value)) return value.some((item) => someString(item, is));
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, item]) => is(name) || someString(item, is));
}
