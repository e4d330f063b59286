/** Names of tasks: words that are commoner in a task's prompts than anywhere else. */
import { taskId } from '../../base/task-id.js';
import { features, isTellingWord } from './features.js';

/** Prompts of a task whose words are counted. */
const MOST_COUNTED = 500;
const WORDS_IN_NAME = 5;
const WORDS_IN_ID = 2;
/** Longer words are cut in ids. */
const MOST_LETTERS = 24;

/**
 * The most telling words of each group: share of its prompts with the word times how much likelier it is there than in
 * the other groups, so that neither rare nor common words win.
 */
export function tellingWords(groups: readonly (readonly string[])[]): string[][] {
  const shares = groups.map((texts) => {
    const some = texts.slice(0, MOST_COUNTED);
    const counts = new Map<string, number>();
    for (const text of some)
      for (const word of features(text).keys())
        if (isTellingWord(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
    return new Map([...counts].map(([word, count]) => [word, count / some.length]));
  });
  return shares.map((own, group) => {
    const scored = [...own].map(([word, share]) => {
      const elsewhere = Math.max(
        0,
        ...shares.map((other, at) => (at === group ? 0 : (other.get(word) ?? 0))),
      );
      return { word, score: share * Math.log((share + 0.01) / (elsewhere + 0.01)) };
    });
    return scored
      .sort((a, b) => b.score - a.score || (a.word < b.word ? -1 : 1))
      .slice(0, WORDS_IN_NAME)
      .map(({ word }) => word);
  });
}

/** Ids of two words each, all different and none of those taken. */
export function taskIds(words: readonly (readonly string[])[], taken: readonly string[]): string[] {
  const used = new Set(taken);
  return words.map((own) => {
    const base = own.length === 0 ? 'task' : taskId(own.slice(0, WORDS_IN_ID).map(idWord).join('-'));
    let id = base;
    for (let at = 2; used.has(id); at += 1) id = `${base}-${at}`;
    used.add(id);
    return id;
  });
}

const idWord = (word: string): string => word.slice(0, MOST_LETTERS);
