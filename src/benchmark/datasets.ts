/**
 * Prompts of a benchmark: held-out and custom JSONL, Spec-Bench's question file, ShareGPT's JSON, random words.
 * Files are checked entry by entry before anything is sent; names and rules are those of vLLM's `bench serve`.
 */
import { isObject } from '../base/shape.js';
import { readFileSync } from 'node:fs';
import { ForetokenError } from '../base/errors.js';
import { nearest } from '../base/nearest.js';
import { Random } from './random.js';
import { randomPrompts } from './random-prompts.js';
import type { BenchmarkMessage, BenchmarkPrompt } from './types.js';

export const DATASETS = ['heldout', 'spec-bench', 'sharegpt', 'custom', 'random'] as const;
export type DatasetName = (typeof DATASETS)[number];

export interface DatasetOptions {
  readonly name: DatasetName;
  /** Of every dataset but `random`. */
  readonly path: string | undefined;
  /** Only these; empty for all. */
  readonly tasks: readonly string[];
  /** Requests to make; undefined: as many as there are, but no more than `DEFAULT_PROMPTS`. */
  readonly count: number | undefined;
  /** Most tokens of each answer; undefined: what the dataset says, or else its usual length. */
  readonly outputTokens: number | undefined;
  /** Of `random`: tokens of a prompt, about, and of the beginning that all have in common. */
  readonly inputTokens: number;
  readonly prefixTokens: number;
  /** Of random words, and of ShareGPT's order. */
  readonly seed: number;
}

export interface Dataset {
  readonly prompts: readonly BenchmarkPrompt[];
  /** Different prompts among them; where more were asked for, they are repeated in the same order. */
  readonly distinct: number;
}

export const DEFAULT_PROMPTS = 100;
const USUAL_OUTPUT_TOKENS = 256;
const USUAL_RANDOM_OUTPUT_TOKENS = 128;

/** @throws ForetokenError `file_not_found`, `invalid_dataset`, `invalid_option` */
export function loadDataset(options: DatasetOptions): Dataset {
  const { name, path, outputTokens, count } = options;
  if (name === 'random') {
    const maxTokens = outputTokens ?? USUAL_RANDOM_OUTPUT_TOKENS;
    const made = count ?? DEFAULT_PROMPTS;
    return { prompts: randomPrompts({ ...options, count: made, maxTokens }), distinct: made };
  }
  if (path === undefined)
    throw new ForetokenError('invalid_option', `The dataset ${name} needs a file: --dataset-path.`, {
      param: 'dataset-path',
    });
  const read = {
    heldout: readCustom,
    custom: readCustom,
    'spec-bench': readSpecBench,
    sharegpt: readShareGpt,
  };
  const all = read[name](path, options);
  if (all.length === 0) throw broken(path, 'holds no prompt that can be used');
  const found = inTurn(ofTasks(all, options.tasks, path)).map((prompt) => ({
    ...prompt,
    maxTokens: outputTokens ?? prompt.maxTokens ?? USUAL_OUTPUT_TOKENS,
  }));
  const wanted = count ?? Math.min(found.length, DEFAULT_PROMPTS);
  return {
    prompts: Array.from({ length: wanted }, (_, index) => found[index % found.length]!),
    distinct: Math.min(wanted, found.length),
  };
}

const broken = (place: string, what: string, cause?: unknown): ForetokenError =>
  new ForetokenError('invalid_dataset', `${place} ${what}.`, { param: 'dataset-path', cause });

type Fields = Readonly<Record<string, unknown>>;

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ForetokenError('file_not_found', `The dataset cannot be read: ${(cause as Error).message}`, {
      param: 'dataset-path',
      cause,
    });
  }
}

function parse(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw broken(place, `is not JSON (${(cause as Error).message})`, cause);
  }
}

/** One JSON object a line, with its place for messages; empty lines are passed over. */
function* readLines(path: string): Generator<readonly [Fields, string]> {
  for (const [index, line] of readText(path).split('\n').entries()) {
    if (line.trim() === '') continue;
    const place = `Line ${index + 1} of ${path}`;
    const value = parse(index === 0 ? line.replace(/^\uFEFF/, '') : line, place);
    if (!isObject(value)) throw broken(place, 'is no JSON object');
    yield [value, place];
  }
}

/** `{"prompt"}` or `{"messages"}`, with `task` and `output_tokens` where they are known. */
function readCustom(path: string): BenchmarkPrompt[] {
  return [...readLines(path)].map(([line, place]) => {
    const { prompt, messages, task, output_tokens: maxTokens } = line;
    if ((prompt === undefined) === (messages === undefined))
      throw broken(place, 'needs either "prompt" or "messages"');
    if (prompt !== undefined && !isText(prompt)) throw broken(place, 'has no text under "prompt"');
    if (task !== undefined && !isText(task)) throw broken(place, 'has a "task" that is no text');
    if (maxTokens !== undefined && !(Number.isSafeInteger(maxTokens) && (maxTokens as number) > 0))
      throw broken(place, 'has "output_tokens" that are no whole number above 0');
    return {
      task: task ?? 'custom',
      prompt,
      messages: messages === undefined ? undefined : conversation(messages, place),
      maxTokens: maxTokens as number | undefined,
    };
  });
}

/** Up to the last message that is not the assistant's: what it said then is the answer to compare with. */
function conversation(value: unknown, place: string): BenchmarkMessage[] {
  if (!Array.isArray(value)) throw broken(place, 'has "messages" that are no list');
  const messages = value.map((message: unknown, index): BenchmarkMessage => {
    const { role, content } = isObject(message) ? message : {};
    if (!isText(role) || typeof content !== 'string')
      throw broken(place, `needs texts under "role" and "content" in message ${index + 1}`);
    return { role, content };
  });
  while (messages.at(-1)?.role === 'assistant') messages.pop();
  if (messages.length === 0) throw broken(place, 'has no message to answer');
  return messages;
}

/** Spec-Bench (Xia et al. 2024): the first turn of each question; its category is the task. */
function readSpecBench(path: string): BenchmarkPrompt[] {
  return [...readLines(path)].map(([{ category, turns }, place]) => {
    if (!isText(category)) throw broken(place, 'has no text under "category"');
    const first: unknown = Array.isArray(turns) ? turns[0] : undefined;
    if (!isText(first)) throw broken(place, 'has no text as the first of its "turns"');
    return {
      task: category,
      messages: [{ role: 'user', content: first }],
      prompt: undefined,
      maxTokens: undefined,
    };
  });
}

/** vLLM's bounds of a usable ShareGPT conversation, in tokens. */
const LEAST_TOKENS = 4;
const MOST_PROMPT_TOKENS = 1024;
const MOST_TOKENS = 2048;
/** Of English text; there is no tokeniser of the served model here. */
const CHARACTERS_PER_TOKEN = 4;

/**
 * The first question of each conversation, in an order drawn by the seed; the answer that follows it gives the
 * length. Conversations that vLLM leaves out (too short, too long, no answer) are left out.
 */
function readShareGpt(path: string, { seed, outputTokens }: DatasetOptions): BenchmarkPrompt[] {
  const entries = parse(readText(path).replace(/^\uFEFF/, ''), path);
  if (!Array.isArray(entries)) throw broken(path, 'is no list of conversations');
  const prompts = entries.flatMap((entry: unknown, index): BenchmarkPrompt[] => {
    const place = `Entry ${index + 1} of ${path}`;
    const turns = isObject(entry) ? entry['conversations'] : undefined;
    if (!Array.isArray(turns)) throw broken(place, 'has no list under "conversations"');
    const [question, answer] = turns.slice(0, 2).map((turn: unknown) => {
      const { value } = isObject(turn) ? turn : {};
      if (typeof value !== 'string') throw broken(place, 'has a turn without a text under "value"');
      return value;
    });
    if (question === undefined || answer === undefined) return [];
    const promptTokens = Math.round(question.length / CHARACTERS_PER_TOKEN);
    const maxTokens = outputTokens ?? Math.round(answer.length / CHARACTERS_PER_TOKEN);
    const usable =
      promptTokens >= LEAST_TOKENS &&
      promptTokens <= MOST_PROMPT_TOKENS &&
      (outputTokens !== undefined || maxTokens >= LEAST_TOKENS) &&
      promptTokens + maxTokens <= MOST_TOKENS;
    const messages = [{ role: 'user', content: question }];
    return usable ? [{ task: 'sharegpt', messages, prompt: undefined, maxTokens }] : [];
  });
  return new Random(seed).shuffled(prompts);
}

function ofTasks(
  prompts: readonly BenchmarkPrompt[],
  tasks: readonly string[],
  path: string,
): readonly BenchmarkPrompt[] {
  if (tasks.length === 0) return prompts;
  const known = new Set(prompts.map(({ task }) => task));
  for (const task of tasks) {
    if (known.has(task)) continue;
    const like = nearest(task, known);
    throw new ForetokenError(
      'invalid_option',
      `${path} has no task ${JSON.stringify(task)}${like === undefined ? '' : `; did you mean ${like}?`} ` +
        `(${[...known].join(', ')})`,
      { param: 'task' },
    );
  }
  return prompts.filter(({ task }) => tasks.includes(task));
}

/** Tasks taken in turn (math, sql, …, math, sql, …), so that any run of neighbours is a mix. */
function inTurn(prompts: readonly BenchmarkPrompt[]): BenchmarkPrompt[] {
  const byTask = new Map<string, BenchmarkPrompt[]>();
  for (const prompt of prompts) {
    const list = byTask.get(prompt.task);
    if (list === undefined) byTask.set(prompt.task, [prompt]);
    else list.push(prompt);
  }
  const lists = [...byTask.values()];
  const longest = lists.reduce((most, list) => Math.max(most, list.length), 0);
  return Array.from({ length: longest }, (_, index) => lists.flatMap((list) => list[index] ?? [])).flat();
}
