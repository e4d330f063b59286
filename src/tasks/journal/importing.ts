/**
 * Brings files into the journal that users have: JSON lines of OpenAI's fine-tuning (`messages`, or `prompt` and
 * `completion`) and batch files (`body`), and conversations as ShareGPT's files have them, in one JSON text or a line
 * each. A conversation gives an entry for each of its answers, and a line of `journal export` the entry that it was. What
 * cannot be read is named by its line and left out.
 */
import { isObject } from '../../base/shape.js';
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { ForetokenError } from '../../base/errors.js';
import type { JournalMessage, JournalPrompt, NewEntry } from './entry.js';
import type { Redactor } from './redaction.js';
import type { Journal } from './store.js';

/** A file that is one JSON text is read whole. */
const MOST_BYTES = 256 * 2 ** 20;
const MOST_LINE = 4 * 2 ** 20;
/** Answers of one conversation, each with all that was said before. */
const MOST_ANSWERS = 8;
const MOST_MESSAGES = 64;
const MOST_CHARACTERS = 256 * 1024;
const MOST_TASK_LETTERS = 64;
const TOLD_FAULTS = 10;
const BATCH = 64;

export interface ImportOptions {
  readonly format: 'auto' | 'openai' | 'sharegpt';
  /** Undefined: as the lines say. */
  readonly task?: string | undefined;
  readonly redactor: Redactor;
}

export interface Imported {
  readonly entries: number;
  /** The first lines that were left out, and why. */
  readonly faults: readonly string[];
  readonly faulty: number;
  /** Left out, since they could not be redacted in time. */
  readonly unredacted: number;
}

interface Turn {
  readonly prompt: JournalPrompt;
  readonly output: string;
  readonly task?: string | undefined;
}

/** @throws ForetokenError `file_not_found`, `invalid_dataset` (no such format), `journal_unusable` */
export function importInto(
  journal: Journal,
  file: string,
  { format, task, redactor }: ImportOptions,
): Imported {
  const faults: string[] = [];
  let faulty = 0;
  let entries = 0;
  let unredacted = 0;
  let batch: Turn[] = [];
  const store = (): void => {
    const clean = redacted(redactor, batch);
    unredacted += batch.length - clean.length;
    journal.append(...clean.map((turn) => entryOf(turn, task ?? turn.task)));
    entries += clean.length;
    batch = [];
  };
  for (const { place, value, fault } of itemsOf(file)) {
    try {
      if (fault !== undefined) throw new Error(fault);
      const own = taskOf(value);
      batch.push(...turnsOf(value, format).map((turn) => ({ ...turn, task: own })));
    } catch (error) {
      faulty += 1;
      if (faults.length < TOLD_FAULTS) faults.push(`${place} is left out: ${(error as Error).message}`);
    }
    if (batch.length >= BATCH) store();
  }
  store();
  return { entries, faults, faulty, unredacted };
}

interface Item {
  readonly place: string;
  readonly value?: unknown;
  readonly fault?: string;
}

/** The conversations of a file, which is one JSON array or a JSON value a line. */
function* itemsOf(file: string): Generator<Item, void, undefined> {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (cause) {
    throw new ForetokenError('file_not_found', `Cannot read ${file}: ${(cause as Error).message}`, { cause });
  }
  try {
    const first = Buffer.alloc(64);
    const head = first
      .toString('utf8', 0, readSync(handle, first, 0, 64, 0))
      .replace(/^\uFEFF/, '')
      .trimStart();
    if (/^(\xff\xfe|\xfe\xff)/.test(first.toString('latin1')))
      throw new ForetokenError(
        'invalid_dataset',
        `${file} is UTF-16, as PowerShell writes files; write it as UTF-8.`,
      );
    if (head.startsWith('[')) yield* itemsOfArray(file);
    else yield* itemsOfLines(file, handle);
  } finally {
    closeSync(handle);
  }
}

function* itemsOfArray(file: string): Generator<Item, void, undefined> {
  const { size } = statSync(file);
  if (size > MOST_BYTES)
    throw new ForetokenError(
      'invalid_dataset',
      `${file} is one JSON text of ${Math.round(size / 2 ** 20)} MiB; at most ${MOST_BYTES / 2 ** 20} MiB are read at ` +
        'once. Write its conversations as JSON lines.',
    );
  let values: unknown;
  try {
    values = JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new ForetokenError('invalid_dataset', `${file} is no JSON: ${(cause as Error).message}`, { cause });
  }
  if (!Array.isArray(values)) return;
  for (const [index, value] of values.entries()) yield { place: `item ${index + 1} of ${file}`, value };
}

function* itemsOfLines(file: string, handle: number): Generator<Item, void, undefined> {
  const decoder = new StringDecoder('utf8');
  const buffer = Buffer.alloc(2 ** 20);
  let rest = '';
  let line = 0;
  /** The line that is being read is too long: its rest is passed over. */
  let passing = false;
  const read = (text: string): Item | undefined => {
    line += 1;
    const place = `line ${line} of ${file}`;
    if (passing || text.length > MOST_LINE) {
      passing = false;
      return { place, fault: `it is longer than ${MOST_LINE / 2 ** 20} MiB.` };
    }
    const plain = text.replace(/^\uFEFF/, '').trim();
    if (plain === '') return undefined;
    try {
      return { place, value: JSON.parse(plain) };
    } catch (error) {
      return { place, fault: (error as Error).message };
    }
  };
  for (let at = 0; ;) {
    const length = readSync(handle, buffer, 0, buffer.length, at);
    at += length;
    rest += length > 0 ? decoder.write(buffer.subarray(0, length)) : decoder.end();
    const lines = rest.split('\n');
    rest = length > 0 ? lines.pop()! : '';
    for (const text of lines) {
      const item = read(text);
      if (item !== undefined) yield item;
    }
    if (length === 0) return;
    if (rest.length > MOST_LINE) {
      passing = true;
      rest = '';
    }
  }
}

/** The answers of one conversation, each with what was said before; one without an answer gives its prompt. */
function turnsOf(value: unknown, format: ImportOptions['format']): Turn[] {
  if (!isObject(value)) throw new Error('it is no object.');
  const fields = isObject(value['body']) ? value['body'] : value;
  const conversation = fields['conversations'] ?? fields['conversation'];
  if (format !== 'openai' && Array.isArray(conversation))
    return turnsOfMessages(conversation.map(shareGptMessage));
  if (format === 'sharegpt') throw new Error('it has no conversations.');
  if (Array.isArray(fields['messages'])) {
    const messages = fields['messages'].map(openAiMessage);
    return isExported(value) ? [exportedTurn(messages)] : turnsOfMessages(messages);
  }
  const { prompt } = fields;
  if (typeof prompt !== 'string' || prompt === '')
    throw new Error(
      format === 'openai'
        ? 'it has neither messages nor a prompt.'
        : 'it has neither messages, conversations nor a prompt.',
    );
  const answer = ['completion', 'response', 'output', 'answer'].map((name) => fields[name]);
  return [bounded({ prompt, output: answer.find((text) => typeof text === 'string') ?? '' })];
}

const isExported = ({ source, at }: Record<string, unknown>): boolean =>
  (source === 'served' || source === 'imported') && typeof at === 'string';

/** What was answered earlier in its conversation has lines of its own. */
function exportedTurn(messages: readonly JournalMessage[]): Turn {
  const last = messages.at(-1);
  if (!messages.some(({ role }) => role === 'user')) throw new Error('nobody asks anything in it.');
  return last?.role === 'assistant'
    ? bounded({ prompt: messages.slice(0, -1), output: last.content })
    : bounded({ prompt: messages, output: '' });
}

function taskOf(value: unknown): string | undefined {
  const task = isObject(value) ? value['task'] : undefined;
  return typeof task === 'string' && task !== '' && task.length <= MOST_TASK_LETTERS ? task : undefined;
}

function turnsOfMessages(messages: readonly JournalMessage[]): Turn[] {
  if (messages.length === 0) throw new Error('it holds no messages.');
  const turns = messages.flatMap(({ role, content }, at): Turn[] => {
    const prompt = messages.slice(Math.max(0, at - MOST_MESSAGES), at);
    return role === 'assistant' && prompt.some((one) => one.role === 'user')
      ? [{ prompt, output: content }]
      : [];
  });
  if (turns.length === 0) {
    if (!messages.some(({ role }) => role === 'user')) throw new Error('nobody asks anything in it.');
    turns.push({ prompt: messages.slice(-MOST_MESSAGES), output: '' });
  }
  return turns.slice(0, MOST_ANSWERS).map(bounded);
}

function bounded(turn: Turn): Turn {
  const texts = typeof turn.prompt === 'string' ? [turn.prompt] : turn.prompt.map(({ content }) => content);
  const characters = texts.reduce((sum, { length }) => sum + length, turn.output.length);
  if (characters > MOST_CHARACTERS)
    throw new Error(`it has ${characters} characters; an entry may have ${MOST_CHARACTERS}.`);
  return turn;
}

const SHARE_GPT_ROLES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    human: 'user',
    user: 'user',
    gpt: 'assistant',
    chatgpt: 'assistant',
    bing: 'assistant',
    bard: 'assistant',
    assistant: 'assistant',
    model: 'assistant',
    system: 'system',
    tool: 'tool',
    // As LLaMA-Factory's files name calls of tools and what came of them.
    function_call: 'assistant',
    observation: 'tool',
  }),
);

function shareGptMessage(value: unknown): JournalMessage {
  if (!isObject(value)) throw new Error('one of its messages is no object.');
  const from = value['from'] ?? value['role'];
  const role = typeof from === 'string' ? SHARE_GPT_ROLES.get(from.toLowerCase()) : undefined;
  if (role === undefined) throw new Error(`one of its messages is from ${show(from)}.`);
  const content = value['value'] ?? value['content'];
  if (typeof content !== 'string') throw new Error('one of its messages has no text.');
  return { role, content };
}

function openAiMessage(value: unknown): JournalMessage {
  if (!isObject(value)) throw new Error('one of its messages is no object.');
  const { role, content } = value;
  if (typeof role !== 'string' || role.length > 32)
    throw new Error(`one of its messages has the role ${show(role)}.`);
  const text = textOf(content);
  if (text === undefined) throw new Error('one of its messages has no text.');
  return { role: role === 'developer' ? 'system' : role, content: text };
}

/** A string, parts of which the texts count, or nothing (beside calls of tools). */
function textOf(content: unknown): string | undefined {
  if (typeof content === 'string') return content;
  if (content === null || content === undefined) return '';
  if (!Array.isArray(content)) return undefined;
  return content
    .flatMap((part: unknown) => (isObject(part) && typeof part['text'] === 'string' ? [part['text']] : []))
    .join('\n');
}

const show = (value: unknown): string =>
  value === undefined ? 'nobody' : JSON.stringify(value).slice(0, 60);

/** Without those that could not be redacted in time. */
function redacted(redactor: Redactor, turns: readonly Turn[]): Turn[] {
  const textsOfTurn = ({ prompt, output }: Turn): string[] => [
    output,
    ...(typeof prompt === 'string' ? [prompt] : prompt.map(({ content }) => content)),
  ];
  const clean = redactor.redact(turns.flatMap(textsOfTurn));
  let at = 0;
  return turns.flatMap((turn) => {
    const [output, ...contents] = clean.slice(at, (at += textsOfTurn(turn).length));
    if (output === undefined || contents.includes(undefined)) return [];
    const prompt =
      typeof turn.prompt === 'string'
        ? contents[0]!
        : turn.prompt.map(({ role }, index) => ({ role, content: contents[index]! }));
    return [{ ...turn, prompt, output }];
  });
}

const entryOf = ({ prompt, output }: Turn, task: string | undefined): NewEntry => ({
  atMs: Date.now(),
  source: 'imported',
  target: undefined,
  targetFile: undefined,
  prompt,
  output,
  promptTokens: [],
  outputTokens: [],
  task,
  draft: undefined,
  guesses: {},
  refusedAt: [],
  reason: undefined,
  statistics: undefined,
});
