/**
 * The text a draft learns from: prompts with the target's own greedy answers, and for each token of an answer
 * what the target found likeliest. One JSON object a line, so that a broken run loses nothing it had.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { ForetokenError } from '../base/errors.js';
import { sum } from '../base/statistics.js';

export interface CorpusText {
  /** Kind of work, where it is known. */
  readonly task?: string | undefined;
  /** Prompt in the target's chat format, then its answer with the token that ends it. */
  readonly tokens: readonly number[];
  /** The first so many of `tokens` are the prompt. */
  readonly promptLength: number;
  /** For each token of the answer the same number of candidates, likeliest first, all in one row. */
  readonly candidates: readonly number[];
  /** The target's probabilities of `candidates`, in ten-thousandths. */
  readonly shares: readonly number[];
}

/** Tokens of all answers together. */
export const answerTokens = (texts: readonly CorpusText[]): number =>
  sum(texts, ({ tokens, promptLength }) => tokens.length - promptLength);

/** The same for the same prompt, whatever was answered. */
export function promptHash({ tokens, promptLength }: Pick<CorpusText, 'tokens' | 'promptLength'>): string {
  return createHash('sha256').update(tokens.slice(0, promptLength).join(' ')).digest('hex');
}

export class CorpusWriter {
  readonly #path: string;
  readonly #fd: number;

  constructor(path: string, options: { readonly append: boolean }) {
    this.#path = path;
    this.#fd = openSync(path, options.append ? 'a' : 'w');
  }

  /** @throws ForetokenError `storage_failed`, such as when the disk is full */
  add(text: CorpusText): void {
    try {
      // Unlike `writeSync`, all of it or an error.
      writeFileSync(this.#fd, `${JSON.stringify(text)}\n`);
    } catch (cause) {
      throw new ForetokenError('storage_failed', `Cannot write ${this.#path}: ${(cause as Error).message}`, {
        cause,
      });
    }
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** @throws ForetokenError `file_not_found`, or `invalid_option` when a line is no text of a corpus. */
export function readCorpus(path: string, vocabularySize: number): CorpusText[] {
  const lines = readLines(path);
  return lines.map((line, index) => {
    const parsed = parseLine(line);
    if (parsed === undefined || !isCorpusText(parsed, vocabularySize))
      throw new ForetokenError(
        'invalid_option',
        `Line ${index + 1} of ${path} is no text of a corpus for this vocabulary.`,
        { param: 'corpus' },
      );
    return parsed;
  });
}

export function readLines(path: string): string[] {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    throw new ForetokenError('file_not_found', `Cannot read ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return content.split('\n').filter((line) => line.trim() !== '');
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isCorpusText(value: unknown, vocabularySize: number): value is CorpusText {
  if (typeof value !== 'object' || value === null) return false;
  const { tokens, promptLength, candidates, shares } = value as Partial<CorpusText>;
  if (!isTokens(tokens, vocabularySize) || !isTokens(candidates, vocabularySize)) return false;
  if (!Array.isArray(shares) || typeof promptLength !== 'number') return false;
  const answered = tokens.length - promptLength;
  return (
    promptLength >= 1 &&
    answered >= 1 &&
    candidates.length > 0 &&
    candidates.length % answered === 0 &&
    shares.length === candidates.length
  );
}

function isTokens(value: unknown, vocabularySize: number): value is number[] {
  return (
    Array.isArray(value) &&
    value.every((token) => Number.isInteger(token) && token >= 0 && token < vocabularySize)
  );
}
