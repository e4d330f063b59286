/** For tests: an entry with all that an entry can have. */
import type { NewEntry } from './entry.js';
import type { RawEntry } from './writer.js';

export const exampleEntry = (more: Partial<NewEntry> = {}): NewEntry => ({
  atMs: Date.now(),
  source: 'served',
  target: `sha256:${'e'.repeat(32)}`,
  targetFile: 'f'.repeat(64),
  prompt: 'Select all orders.',
  output: 'SELECT * FROM orders;',
  promptTokens: [1, 70_000, 2],
  outputTokens: [5, 6, 7, 2],
  task: undefined,
  draft: 'small',
  guesses: { draft: { drafted: [2, 1], accepted: [1, 1] } },
  refusedAt: [2],
  reason: 'finished',
  statistics: {
    ...{
      promptTokens: 3,
      cachedTokens: 0,
      outputTokens: 4,
      queueMs: 0.5,
      prefillMs: 2,
      decodeMs: 8,
      drafts: 2,
    },
    ...{ draftTokens: 3, acceptedTokens: 2, acceptanceHistogram: [1, 0, 1], decodeSteps: 3, preemptions: 0 },
  },
  ...more,
});

/** The same as it comes from the engine. */
export function exampleRaw(more: Partial<RawEntry> = {}): RawEntry {
  const { atMs, target, targetFile, output, task, draft, guesses, refusedAt, reason, statistics, ...entry } =
    exampleEntry();
  return {
    ...{ atMs, target, targetFile, output, task, draft, guesses, refusedAt, reason, statistics },
    messages: undefined,
    promptText: 'Select all orders.',
    promptTokens: Int32Array.from(entry.promptTokens),
    outputTokens: Int32Array.from(entry.outputTokens),
    ...more,
  };
}
