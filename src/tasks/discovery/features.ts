/**
 * What a prompt's text is made of for discovery and the classifier: its words and signs, its first and its last
 * words a second time (instructions are at the beginning or at the end), and how long it is. Numbers are all
 * alike: which ones they are says nothing about the task.
 */

/** Words at each end that count a second time. */
const EDGE = 8;
/** Words of a text that are read; `promptText` seldom gives more. */
const MOST_WORDS = 1500;
/** Characters of a word that count. */
const MOST_LETTERS = 24;

/** Marks of features that are no plain words: they begin with a character that is never the first of two in a word. */
const FIRST = '^';
const LAST = '$';
const SHAPE = '#';

/**
 * Scripts without blanks between words give their characters one by one, others words; a number, whatever it is,
 * gives `0`, and each sign stands for itself.
 */
const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]|\p{N}+|[\p{L}\p{M}]+|[^\s\p{C}]/gu;

export function words(text: string): string[] {
  const found: string[] = [];
  for (const [word] of text.normalize('NFC').matchAll(WORD)) {
    if (found.length >= MOST_WORDS) break;
    found.push(/^\p{N}/u.test(word) ? '0' : word.toLowerCase().slice(0, MOST_LETTERS));
  }
  return found;
}

/** Features of a text with how often each occurs; empty only for a text without words and signs. */
export function features(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  const add = (feature: string): void => {
    counts.set(feature, (counts.get(feature) ?? 0) + 1);
  };
  const all = words(text);
  if (all.length === 0) return counts;
  for (const word of all) add(word);
  for (const word of all.slice(0, EDGE)) add(FIRST + word);
  for (const word of all.slice(-EDGE)) add(LAST + word);
  add(`${SHAPE}words${Math.floor(Math.log2(all.length + 1))}`);
  let lines = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1;
  add(`${SHAPE}lines${Math.floor(Math.log2(lines))}`);
  return counts;
}

/** Whether a feature is a word that a person can read a task's name from. */
export const isTellingWord = (feature: string): boolean =>
  /^\p{L}[\p{L}\p{M}]{2,}$|^\p{Script=Han}$/u.test(feature);
