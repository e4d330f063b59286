/** A profile on disk: one row for each decode or look at memory of a model on a machine, as `profile gguf` writes it. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { ForetokenError } from '../../base/errors.js';

export interface ProfileRow {
  readonly kind: 'decode' | 'memory';
  readonly machine: string;
  readonly library: string;
  readonly date: string;
  readonly model: string;
  /** Of all matrices; empty for a file with its own. */
  readonly type: string;
  readonly repacked: number;
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headWidth: number;
  readonly feedForward: number;
  readonly vocabulary: number;
  readonly tied: number;
  readonly experts: number;
  readonly expertsUsed: number;
  readonly fileBytes: number;
  readonly threads: number;
  readonly tokens: number;
  readonly cells: number;
  /** Lower quartile of `repeats` decodes: what else runs only ever adds. */
  readonly ms: number;
  readonly repeats: number;
  /** Median deviation over the median. */
  readonly spread: number;
  /** What a decode of the reference model took just then, of `referenceTokens(tokens)` tokens. */
  readonly referenceMs: number;
  readonly loadMs: number;
  readonly contextSize: number;
  readonly parallel: number;
  readonly beforeBytes: number;
  readonly loadedBytes: number;
  readonly madeBytes: number;
  readonly warmedBytes: number;
  readonly usedBytes: number;
  readonly peakBytes: number;
  readonly anonymousBytes: number;
}

const TEXTS = ['kind', 'machine', 'library', 'date', 'model', 'type'] as const;
export const PROFILE_COLUMNS: readonly (keyof ProfileRow)[] = [
  ...TEXTS,
  ...(['repacked', 'layers', 'width', 'heads', 'kvHeads', 'headWidth', 'feedForward', 'vocabulary'] as const),
  ...([
    'tied',
    'experts',
    'expertsUsed',
    'fileBytes',
    'threads',
    'tokens',
    'cells',
    'ms',
    'repeats',
  ] as const),
  ...([
    'spread',
    'referenceMs',
    'loadMs',
    'contextSize',
    'parallel',
    'beforeBytes',
    'loadedBytes',
    'madeBytes',
  ] as const),
  ...(['warmedBytes', 'usedBytes', 'peakBytes', 'anonymousBytes'] as const),
];
const MOST_BYTES = 2 ** 26;

/** Where a machine's own profile lies. */
export const profilePath = (cache: string): string => path.join(cache, 'profile-gguf.csv');

/** @throws ForetokenError `file_not_found`, `invalid_option` for what is no profile */
export function readProfile(file: string): ProfileRow[] {
  let text: string;
  try {
    if (statSync(file).size > MOST_BYTES) throw new Error(`is larger than ${MOST_BYTES} bytes`);
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ForetokenError('file_not_found', `The profile ${file} cannot be read.`, { cause });
  }
  const [head = '', ...lines] = text.trim().split('\n');
  if (head !== PROFILE_COLUMNS.join(','))
    throw new ForetokenError(
      'invalid_option',
      `${file} is no profile of this version; delete it and run \`foretoken profile gguf\` again.`,
    );
  return lines.map((line, at) => {
    const cells = line.split(',');
    const isRow = cells.length === PROFILE_COLUMNS.length && ['decode', 'memory'].includes(cells[0]!);
    const row = Object.fromEntries(
      PROFILE_COLUMNS.map((column, index) => [
        column,
        (TEXTS as readonly string[]).includes(column) ? cells[index] : Number(cells[index]),
      ]),
    ) as unknown as ProfileRow;
    const isAmount = (value: number): boolean => value >= 0 && value < Infinity;
    if (!isRow || !PROFILE_COLUMNS.every((name) => typeof row[name] === 'string' || isAmount(row[name])))
      throw new ForetokenError(
        'invalid_option',
        `Line ${at + 2} of ${file} is no row of a profile; delete the line, and what was measured stays known.`,
      );
    return row;
  });
}
