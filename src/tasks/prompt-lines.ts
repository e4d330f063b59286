/**
 * Prompts of a file, one a line: JSON with `prompt`, `messages` or Spec-Bench's `turns`, and perhaps `task` or
 * `category`; where the caller allows it also plain text. The one reader of all commands that take prompts.
 */
import { readFileSync, statSync } from 'node:fs';
import { ForetokenError } from '../base/errors.js';
import type { ChatMessage } from '../llama/chat-message.js';
import { contentText } from './prompt-text.js';

export interface PromptLine {
  /** Conversation up to what is to be answered: the last message is no assistant's. */
  readonly messages: readonly ChatMessage[];
  readonly task: string | undefined;
  readonly category: string | undefined;
}

export interface ReadPromptLinesOptions {
  /** Flag that names the file, for errors. */
  readonly param: string;
  /** Lines beyond are not read. */
  readonly most?: number;
  /** Lines that do not begin with a brace are prompts themselves. */
  readonly plainText?: boolean;
  /** Prompts without text count as prompts. */
  readonly emptyToo?: boolean;
}

const MOST_BYTES = 512 * 2 ** 20;
const MOST_LINES = 1_000_000;
/** Characters of a message that are kept. */
const LONGEST = 200_000;
const MOST_MESSAGES = 1000;
const LONGEST_NAME = 200;

/** @throws ForetokenError `file_not_found`, or `invalid_dataset` that names the line at fault */
export function readPromptLines(file: string, options: ReadPromptLinesOptions): PromptLine[] {
  const { param, most = MOST_LINES, plainText = false } = options;
  let content: string;
  try {
    if (statSync(file).size > MOST_BYTES)
      throw new ForetokenError('invalid_dataset', `${file} is larger than 512 MiB; give a part of it.`, {
        param,
      });
    content = readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause instanceof ForetokenError) throw cause;
    throw new ForetokenError('file_not_found', `Cannot read ${file}: ${(cause as Error).message}`, {
      param,
      cause,
    });
  }
  const prompts: PromptLine[] = [];
  let number = 0;
  for (const line of content.replace(/^\ufeff/, '').split('\n')) {
    number += 1;
    if (line.trim() === '') continue;
    if (prompts.length >= most) break;
    const isPlain = plainText && !line.trimStart().startsWith('{');
    prompts.push(
      isPlain
        ? { messages: [userMessage(line.trim())], task: undefined, category: undefined }
        : promptOf(line, `Line ${number} of ${file}`, options),
    );
  }
  return prompts;
}

function promptOf(line: string, place: string, options: ReadPromptLinesOptions): PromptLine {
  const { param, emptyToo = false } = options;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new ForetokenError('invalid_dataset', `${place} is not JSON: ${(cause as Error).message}`, {
      param,
      cause,
    });
  }
  const { prompt, messages, turns, task, category } = (value ?? {}) as Record<string, unknown>;
  const labels = { task: nameOf(task), category: nameOf(category) };
  if (typeof prompt === 'string' && (emptyToo || prompt !== ''))
    return { messages: [userMessage(prompt)], ...labels };
  if (Array.isArray(turns) && typeof turns[0] === 'string')
    return { messages: [userMessage(turns[0])], ...labels };
  if (Array.isArray(messages) && messages.length <= MOST_MESSAGES && messages.every(isMessage)) {
    // What was answered is not part of the prompt.
    const end = messages.findLastIndex(({ role }) => role !== 'assistant') + 1;
    if (end > 0)
      return {
        messages: messages
          .slice(0, end)
          .map(({ role, content }) => ({ role, content: contentText(content).slice(0, LONGEST) })),
        ...labels,
      };
  }
  throw new ForetokenError(
    'invalid_dataset',
    `${place} has no text under "prompt" and no list of messages with roles under "messages".`,
    { param },
  );
}

const userMessage = (text: string): ChatMessage => ({ role: 'user', content: text.slice(0, LONGEST) });

const nameOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value.slice(0, LONGEST_NAME) : undefined;

function isMessage(value: unknown): value is { role: string; content?: unknown } {
  const { role, content } = (value ?? {}) as { role?: unknown; content?: unknown };
  const isContent = content === undefined || content === null || typeof content === 'string';
  return typeof role === 'string' && role !== '' && (isContent || Array.isArray(content));
}
