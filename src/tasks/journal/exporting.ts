/** Entries as JSON lines: `messages` with the answer as their last one, as OpenAI's fine-tuning files, or `prompt` and `completion`. */
import type { JournalEntry } from './entry.js';

export function exportLine({ prompt, output, ...rest }: JournalEntry): string {
  const { atMs, source, task, draft, reason, guesses, refusedAt, promptTokens, outputTokens, statistics } =
    rest;
  const words =
    typeof prompt === 'string'
      ? { prompt, completion: output }
      : { messages: output === '' ? prompt : [...prompt, { role: 'assistant', content: output }] };
  return JSON.stringify({
    ...words,
    at: new Date(atMs).toISOString(),
    source,
    task: task ?? null,
    draft: draft ?? null,
    finish_reason: reason ?? null,
    proposers: guesses,
    refused_at: refusedAt,
    prompt_tokens: promptTokens,
    output_tokens: outputTokens,
    statistics: statistics ?? null,
  });
}
