/** What a round of adapting learns from: prompts with their tasks, of a journal, of a file, or with the target's answers. */
import type { ChatMessage } from '../../llama/chat-message.js';
import type { JournalEntry } from '../journal/entry.js';
import { readPromptLines } from '../prompt-lines.js';

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

/**
 * @param entries of one target: what it was asked with any quantisation is its traffic
 * @param targetFile fingerprint of the file whose answers are learned; another one's would be slightly different
 */
export function trafficOf(entries: Iterable<JournalEntry>, targetFile: string): Traffic {
  const items: TrafficItem[] = [];
  let [first, last, served] = [Infinity, -Infinity, 0];
  for (const entry of entries) {
    if (items.length >= MOST_ITEMS) break;
    const { prompt, promptTokens, outputTokens, source, task, atMs } = entry;
    const isOwn = source === 'served' && entry.targetFile === targetFile;
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
 * @throws ForetokenError as `readPromptLines`
 */
export function readPrompts(file: string, requestsPerDay?: number): Traffic {
  const lines = readPromptLines(file, { param: 'prompts', most: MOST_ITEMS, plainText: true });
  const items = lines.map(({ messages, task }) => ({ task, prompt: messages, served: undefined }));
  return { items, requestsPerDay };
}
