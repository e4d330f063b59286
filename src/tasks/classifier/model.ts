/** The file of a target's tasks: which there are, and the classifier that tells them apart. */
import { readFileSync, statSync } from 'node:fs';
import { ForetokenError } from '../../base/errors.js';
import { writeFileWhole } from '../../base/write-file.js';

export interface TaskInfo {
  /** Lower-case words with hyphens between them; the same in every file as long as the task exists. */
  readonly id: string;
  /** Its most telling words. */
  readonly name: string;
  /** Prompts it was found in. */
  readonly count: number;
}

export interface TaskModel {
  readonly version: 1;
  /** When it was made, ISO 8601. */
  readonly madeAt: string;
  /** Without `general`, the task of whatever is unsure. */
  readonly tasks: readonly TaskInfo[];
  readonly classifier: {
    readonly terms: readonly string[];
    /** Inverse document frequencies of the terms, in thousandths. */
    readonly idf: readonly number[];
    /** [task][term] in thousandths, and behind them the task's bias. */
    readonly weights: readonly (readonly number[])[];
    /** Scores are divided by it before they become probabilities. */
    readonly temperature: number;
    /** Less sure than this is `general`. */
    readonly threshold: number;
  };
}

export const GENERAL = 'general';
export const MOST_TASKS = 32;
export const MOST_TERMS = 1500;
const MOST_BYTES = 8 * 2 ** 20;
const MOST_LETTERS = 64;
const MOST_NAME = 200;
/** Beyond it no weight can have come from training. */
const MOST_VALUE = 1e6;

/** @throws ForetokenError `file_not_found`, or `invalid_option` for a file that is none of tasks */
export function readTaskModel(file: string): TaskModel {
  let text: string;
  try {
    if (statSync(file).size > MOST_BYTES) refuse(file, 'is larger than any file of tasks');
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof ForetokenError) throw error;
    throw new ForetokenError('file_not_found', `Cannot read ${file}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    refuse(file, `is not JSON: ${(error as Error).message}`);
  }
  const fault = faultOf(value);
  if (fault !== undefined) refuse(file, fault);
  return value as TaskModel;
}

/** @throws ForetokenError `invalid_option` when the file cannot be written; then it is as it was */
export function writeTaskModel(file: string, model: TaskModel): void {
  try {
    writeFileWhole(file, `${JSON.stringify(model)}\n`);
  } catch (error) {
    throw new ForetokenError('invalid_option', `Cannot write ${file}: ${(error as Error).message}`, {
      param: 'output',
      cause: error,
    });
  }
}

function refuse(file: string, what: string): never {
  throw new ForetokenError('invalid_option', `${file} ${what}. Make it anew with foretoken tasks discover.`, {
    param: 'tasks',
  });
}

function faultOf(value: unknown): string | undefined {
  if (!isRecord(value)) return 'holds no tasks';
  if (value['version'] !== 1)
    return `has version ${JSON.stringify(value['version'])}, and this program reads version 1`;
  const { tasks, classifier, madeAt } = value;
  if (typeof madeAt !== 'string') return 'does not say when it was made';
  if (!Array.isArray(tasks) || tasks.length > MOST_TASKS || !tasks.every(isTask))
    return 'has a damaged list of tasks';
  const ids = tasks.map((task: TaskInfo) => task.id);
  if (new Set(ids).size !== ids.length || ids.includes(GENERAL)) return 'names a task twice, or one general';
  if (!isRecord(classifier)) return 'has no classifier';
  const { terms, idf, weights, temperature, threshold } = classifier;
  if (!Array.isArray(terms) || terms.length > MOST_TERMS || !terms.every(isTerm)) return 'has damaged terms';
  if (!isNumbers(idf, terms.length)) return 'has damaged weights of terms';
  if (
    !Array.isArray(weights) ||
    weights.length !== tasks.length ||
    !weights.every((row) => isNumbers(row, terms.length + 1))
  )
    return 'has damaged weights of tasks';
  if (typeof temperature !== 'number' || !(temperature > 0 && temperature < 1e3))
    return 'has a wrong temperature';
  if (typeof threshold !== 'number' || !(threshold >= 0 && threshold <= 1)) return 'has a wrong threshold';
  return undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const isTerm = (value: unknown): boolean =>
  typeof value === 'string' && value.length > 0 && value.length <= MOST_LETTERS;
const isNumbers = (value: unknown, length: number): boolean =>
  Array.isArray(value) &&
  value.length === length &&
  value.every((number) => typeof number === 'number' && Math.abs(number) <= MOST_VALUE);

function isTask(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { id, name, count } = value;
  return (
    typeof id === 'string' &&
    id.length <= MOST_LETTERS &&
    /^[\p{Ll}\p{Lo}\p{M}\p{N}]+(-[\p{Ll}\p{Lo}\p{M}\p{N}]+)*$/u.test(id) &&
    typeof name === 'string' &&
    name.length <= MOST_NAME &&
    Number.isSafeInteger(count) &&
    (count as number) >= 0
  );
}
