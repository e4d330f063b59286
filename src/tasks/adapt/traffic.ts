/** What a round of adapting learns from: prompts with their tasks, of a journal, of a file, or with the target's answers. */
import { readLines } from '../../drafts/corpus.js';
import { ForetokenError } from '../../base/errors.js';
import type { ChatMessage } from '../../llama/chat-message.js';
import type { JournalEntry } from '../journal/entry.js';

export interface TrafficItem {
  /** Undefined: nobody has said. */
  readonly task: string | undefined;
  readonly prompt: readonly ChatMessage[] | string;
  /** Prompt and answer as tokens, where the answer is the target's own. */
  readonly served: { readonly tokens: readonly number[]; readonly promptLength: number } | undefined;
}

export interface Traffic {
  readonly items: readonly TrafficItem[];
  /** Requests a day; undefined: not known. */
  readonly requestsPerDay: number | undefined;
}

const DAY_MS = 86_400_000;
/** An hour's traffic may be taken for the day's pace, and less may not. */
const LEAST_SPAN_MS = 3_600_000;
/** More say nothing more, and each is read. */
export const MOST_ITEMS = 50_000;
const LONGEST_PROMPT = 200_000;

/** @param target fingerprint of the file, by which answers of another model are told */
export function trafficOf(entries: Iterable<JournalEntry>, target: string): Traffic {
  const items: TrafficItem[] = [];
  let [first, last, served] = [Infinity, -Infinity, 0];
  for (const entry of entries) {
    if (items.length >= MOST_ITEMS) break;
    const { prompt, promptTokens, outputTokens, source, task, atMs } = entry;
    const isOwn = source === 'served' && entry.target === target;
    if (source === 'served') {
      served += 1;
      first = Math.min(first, atMs);
      last = Math.max(last, atMs);
    }
    const hasTokens = isOwn && promptTokens.length > 0 && outputTokens.length > 0;
    items.push({
      task,
      prompt: typeof prompt === 'string' ? prompt : prompt.map(asMessage),
      served: hasTokens
        ? { tokens: [...promptTokens, ...outputTokens], promptLength: promptTokens.length }
        : undefined,
    });
  }
  const spanMs = Math.max(last - first, LEAST_SPAN_MS);
  return { items, requestsPerDay: served === 0 ? undefined : (served * DAY_MS) / spanMs };
}

const asMessage = ({ role, content }: { role: string; content: string }): ChatMessage => ({ role, content });

/**
 * Lines of text, or of JSON with `prompt` or `messages` and perhaps `task`.
 * @throws ForetokenError `file_not_found`, `invalid_json`, `invalid_option` with the line
 */
export function readPrompts(file: string, requestsPerDay?: number): Traffic {
  const lines = readLines(file).slice(0, MOST_ITEMS);
  const items = lines.map((line, index) => promptOf(line, `line ${index + 1} of ${file}`));
  return { items, requestsPerDay };
}

function promptOf(line: string, place: string): TrafficItem {
  if (!line.trimStart().startsWith('{')) return itemOf(line);
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new ForetokenError('invalid_json', `${place} is not JSON: ${(cause as Error).message}`, { cause });
  }
  const { prompt, messages, task } = value as { prompt?: unknown; messages?: unknown; task?: unknown };
  const name = typeof task === 'string' && task !== '' ? task : undefined;
  if (typeof prompt === 'string' && prompt !== '') return itemOf(prompt, name);
  if (Array.isArray(messages) && messages.length > 0 && messages.every(isMessage)) {
    // What was answered is not part of the prompt.
    const end = messages.at(-1)!.role === 'assistant' ? messages.length - 1 : messages.length;
    if (end > 0) return { task: name, prompt: messages.slice(0, end), served: undefined };
  }
  throw new ForetokenError('invalid_option', `${place} has no text under "prompt" and no "messages".`, {
    param: 'prompts',
  });
}

function isMessage(value: unknown): value is ChatMessage {
  const { role, content } = (value ?? {}) as { role?: unknown; content?: unknown };
  return typeof role === 'string' && typeof content === 'string' && content.length <= LONGEST_PROMPT;
}

const itemOf = (text: string, task?: string): TrafficItem => ({
  task,
  prompt: [{ role: 'user', content: text.slice(0, LONGEST_PROMPT) }],
  served: undefined,
});

/** What assignments call guessing without a draft. */
const TAKEN = ['none', 'lookup'];

/** A task's name as an id: letters, digits, `-`, `_` and `.`, up to 48 of them. */
export function taskId(name: string): string {
  const id = name
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 48);
  return id === '' || TAKEN.includes(id) ? `task-${id}`.replace(/-$/, '') : id;
}
