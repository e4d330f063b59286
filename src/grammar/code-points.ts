/**
 * Sets of Unicode code points as sorted, separate, inclusive ranges: what a character class of a grammar is.
 */
export type CodePoints = readonly (readonly [first: number, last: number])[];

const SURROGATES: CodePoints = [[0xd800, 0xdfff]];
const LAST = 0x10ffff;

/** Sorted and joined; overlapping input is fine. */
export function union(...sets: readonly CodePoints[]): CodePoints {
  const sorted = sets.flat().sort((a, b) => a[0] - b[0]);
  const joined: [number, number][] = [];
  for (const [first, last] of sorted) {
    const previous = joined.at(-1);
    if (previous && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else joined.push([first, last]);
  }
  return joined;
}

export function subtract(from: CodePoints, what: CodePoints): CodePoints {
  let rest: (readonly [number, number])[] = [...from];
  for (const [first, last] of what) {
    rest = rest.flatMap(([a, b]) => {
      const parts: (readonly [number, number])[] = [];
      if (a < first) parts.push([a, Math.min(b, first - 1)]);
      if (b > last) parts.push([Math.max(a, last + 1), b]);
      return b < first || a > last ? [[a, b] as const] : parts;
    });
  }
  return rest;
}

/** All that UTF-8 can encode. */
export const ALL: CodePoints = subtract([[0, LAST]], SURROGATES);

export const complement = (set: CodePoints): CodePoints => subtract(ALL, set);

export const has = (set: CodePoints, point: number): boolean =>
  set.some(([first, last]) => first <= point && point <= last);

/** The set of the characters of a text. */
export const of = (characters: string): CodePoints =>
  union(
    Array.from(characters, (character) => [character.codePointAt(0)!, character.codePointAt(0)!] as const),
  );

/** An inclusive range given by two characters. */
export const range = (first: string, last: string): CodePoints => [
  [first.codePointAt(0)!, last.codePointAt(0)!],
];
