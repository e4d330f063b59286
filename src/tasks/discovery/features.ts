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
  const all = words(text);
  return all.length === 0 ? new Map<string, number>() : counted([...all, ...edges(all), ...shape(text, all)]);
}

/** Those of how a text begins and ends, where instructions are. */
export function edgeFeatures(text: string): Map<string, number> {
  const all = words(text);
  return counted([...edges(all), ...all.slice(0, EDGE), ...all.slice(-EDGE)]);
}

/** Those of what lies between, and of the shape; of a text that is all edge, of its middle third. */
export function middleFeatures(text: string): Map<string, number> {
  const all = words(text);
  const edge = all.length > 3 * EDGE ? EDGE : Math.floor(all.length / 3);
  return counted([...all.slice(edge, all.length - edge), ...shape(text, all)]);
}

const edges = (all: readonly string[]): string[] => [
  ...all.slice(0, EDGE).map((word) => FIRST + word),
  ...all.slice(-EDGE).map((word) => LAST + word),
];

function shape(text: string, all: readonly string[]): string[] {
  let lines = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1;
  return [
    `${SHAPE}words${Math.floor(Math.log2(all.length + 1))}`,
    `${SHAPE}lines${Math.floor(Math.log2(lines))}`,
  ];
}

function counted(all: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const feature of all) counts.set(feature, (counts.get(feature) ?? 0) + 1);
  return counts;
}

/** Whether a feature is a word that a person can read a task's name from. */
export const isTellingWord = (feature: string): boolean =>
  /^\p{L}[\p{L}\p{M}]{2,}$|^\p{Script=Han}$/u.test(feature);
