/** Prompts to find tasks in: from a file of JSON lines, with their labels where they have some. */
import { readFileSync, statSync } from 'node:fs';
import { ForetokenError } from '../../base/errors.js';
import { promptText, type PromptMessage } from '../prompt-text.js';

export interface InputPrompt {
  /** From `promptText`. */
  readonly text: string;
  /** What the input says its task is. */
  readonly label?: string | undefined;
  /** Id of the entry in a journal. */
  readonly entry?: number;
}

const MOST_BYTES = 512 * 2 ** 20;

/**
 * One object a line with `prompt`, `messages` or Spec-Bench's `turns`, and perhaps `task` or `category`.
 * @throws ForetokenError `file_not_found`, or `invalid_dataset` that names the line at fault
 */
export function readPrompts(file: string): InputPrompt[] {
  let content: string;
  try {
    if (statSync(file).size > MOST_BYTES)
      throw new ForetokenError('invalid_dataset', `${file} is larger than 512 MiB; give a part of it.`, {
        param: 'input',
      });
    content = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof ForetokenError) throw error;
    throw new ForetokenError('file_not_found', `Cannot read ${file}: ${(error as Error).message}`, {
      param: 'input',
      cause: error,
    });
  }
  const prompts: InputPrompt[] = [];
  content.split('\n').forEach((line, index) => {
    if (line.trim() !== '') prompts.push(promptOf(line, `Line ${index + 1} of ${file}`));
  });
  return prompts;
}

function promptOf(line: string, place: string): InputPrompt {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new ForetokenError('invalid_dataset', `${place} is not JSON: ${(error as Error).message}`, {
      param: 'input',
      cause: error,
    });
  }
  const { prompt, messages, turns, task, category } = (value ?? {}) as Record<string, unknown>;
  const label = typeof task === 'string' ? task : typeof category === 'string' ? category : undefined;
  if (typeof prompt === 'string') return { text: promptText(prompt), label };
  if (isMessages(messages)) return { text: promptText(messages), label };
  if (Array.isArray(turns) && typeof turns[0] === 'string') return { text: promptText(turns[0]), label };
  throw new ForetokenError('invalid_dataset', `${place} has no "prompt" with a text and no "messages".`, {
    param: 'input',
  });
}

const isMessages = (value: unknown): value is PromptMessage[] =>
  Array.isArray(value) &&
  value.every((message: unknown) => typeof (message as { role?: unknown } | null)?.role === 'string');
