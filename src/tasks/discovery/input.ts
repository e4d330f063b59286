/** Prompts to find tasks in: from a file of JSON lines, with their labels where they have some. */
import { readPromptLines } from '../prompt-lines.js';
import { promptText } from '../prompt-text.js';

export interface InputPrompt {
  /** From `promptText`. */
  readonly text: string;
  /** What the input says its task is. */
  readonly label?: string | undefined;
  /** Id of the entry in a journal. */
  readonly entry?: number;
}

/** @param most lines that are read @throws ForetokenError as `readPromptLines` */
export function readPrompts(file: string, most?: number): InputPrompt[] {
  const lines = readPromptLines(file, {
    param: 'input',
    emptyToo: true,
    ...(most === undefined ? {} : { most }),
  });
  return lines.map(({ messages, task, category }) => ({
    text: promptText(messages),
    label: task ?? category,
  }));
}
