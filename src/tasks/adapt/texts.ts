/**
 * The texts of a round: first labels of answers that were served, which only have to be read, then answers written for
 * prompts that have none. Tasks take turns, so that whenever time is up all have about as many. Each text is on disk as
 * soon as it is made, and is not made again.
 */
import { existsSync, readFileSync, truncateSync } from 'node:fs';
import { taskId } from '../../base/task-id.js';
import type { ChatMessage } from '../../llama/chat-message.js';
import type { SplitTexts } from '../../drafts/align.js';
import { type CorpusText, CorpusWriter, promptHash, readCorpus } from '../../drafts/corpus.js';
import type { TargetTexts } from '../../drafts/target-texts.js';
import { GENERAL } from '../../drafts/registry/entry.js';
import type { TrafficItem } from './traffic.js';

export interface TextsOptions {
  /** File to which they are added. */
  readonly file: string;
  readonly perTask: number;
  /** @param fewest texts of any task, of those that it can have at most */
  readonly onProgress: (texts: number, of: number, fewest: number) => void;
  /** Ends the making; what there is is kept. */
  readonly signal: AbortSignal;
}

export interface MadeTexts {
  readonly served: number;
  readonly generated: number;
}

/** @param taskOf of each item */
export async function makeTexts(
  source: TargetTexts,
  items: readonly TrafficItem[],
  taskOf: (item: TrafficItem) => string,
  options: TextsOptions,
): Promise<MadeTexts> {
  const before = readTexts(options.file, source.decoder.vocabularySize);
  const known = new Set(before.map(promptHash));
  const byTask = new Map<string, TrafficItem[]>();
  for (const item of items) {
    const task = taskOf(item);
    const same = byTask.get(task);
    if (same === undefined) byTask.set(task, [item]);
    else same.push(item);
  }
  const wanted = [...byTask].flatMap(([task, all]) =>
    choose(all, options.perTask).map((item, turn) => ({ item, task, turn })),
  );
  // Served ones first, then in turns.
  wanted.sort(
    (a, b) => Number(b.item.served !== undefined) - Number(a.item.served !== undefined) || a.turn - b.turn,
  );
  const writer = new CorpusWriter(options.file, { append: true });
  const counts = { served: 0, generated: 0 };
  const perTask = new Map([...byTask.keys()].map((task) => [task, 0]));
  const count = (task = ''): void => void perTask.set(task, (perTask.get(task) ?? 0) + 1);
  before.forEach(({ task }) => {
    count(task);
  });
  /** Of tasks that have no more prompts nothing is missing. */
  const fewest = (): number =>
    Math.min(
      ...[...perTask].map(([task, texts]) => (texts >= (byTask.get(task)?.length ?? 0) ? Infinity : texts)),
    );
  let made = 0;
  const add = (text: CorpusText, kind: keyof typeof counts): void => {
    writer.add(text);
    known.add(promptHash(text));
    counts[kind] += 1;
    count(text.task);
    options.onProgress(++made, wanted.length, fewest());
  };
  try {
    const served = wanted.flatMap(({ item, task }) => {
      if (item.served === undefined || known.has(promptHash(item.served))) return [];
      return [{ task, tokens: item.served.tokens, promptLength: item.served.promptLength }];
    });
    await source.label(
      served,
      (text) => {
        add(text, 'served');
      },
      options.signal,
    );
    const prompts = wanted.flatMap(({ item, task }) => {
      if (item.served !== undefined || options.signal.aborted) return [];
      const tokens = source.tokenize(messagesOf(item.prompt));
      return known.has(promptHash({ tokens: [...tokens], promptLength: tokens.length }))
        ? []
        : [{ task, tokens }];
    });
    if (!options.signal.aborted)
      await source.answer(
        prompts,
        (text) => {
          add(text, 'generated');
        },
        options.signal,
      );
    return counts;
  } finally {
    writer.close();
  }
}

const messagesOf = (prompt: TrafficItem['prompt']): readonly ChatMessage[] =>
  typeof prompt === 'string' ? [{ role: 'user', content: prompt }] : prompt;

/** Each prompt once, and so many. */
function choose(items: readonly TrafficItem[], count: number): TrafficItem[] {
  const seen = new Set<string>();
  const chosen: TrafficItem[] = [];
  for (const item of items) {
    const key = item.served === undefined ? JSON.stringify(item.prompt) : promptHash(item.served);
    if (seen.has(key)) continue;
    seen.add(key);
    chosen.push(item);
    if (chosen.length >= count) break;
  }
  return chosen;
}

/** In descending number. */
export function groupByTask(texts: readonly CorpusText[]): ReadonlyMap<string, readonly CorpusText[]> {
  const byTask = new Map<string, CorpusText[]>();
  for (const text of texts) {
    const task = taskId(text.task ?? GENERAL);
    const same = byTask.get(task);
    if (same === undefined) byTask.set(task, [text]);
    else same.push(text);
  }
  return new Map([...byTask].sort(([, a], [, b]) => b.length - a.length));
}

/** Those of all tasks together. */
export function mixed(texts: ReadonlyMap<string, SplitTexts>): SplitTexts {
  const all = [...texts.values()];
  return { training: all.flatMap(({ training }) => training), held: all.flatMap(({ held }) => held) };
}

/** Whole lines only: the last one may have been cut off in the middle. */
export function readTexts(file: string, vocabularySize: number): CorpusText[] {
  if (!existsSync(file)) return [];
  const content = readFileSync(file);
  const end = content.lastIndexOf(10) + 1;
  if (end < content.length) truncateSync(file, end);
  return readCorpus(file, vocabularySize);
}
