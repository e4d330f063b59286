/**
 * Calibrations on disk, so that only the first start with a model on a machine measures: one small JSON file for
 * each combination of model, library, processor, threads and layout. A file is believed only when every field
 * is as it must be; anything else is measured anew and overwritten.
 */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileFingerprint } from '../base/file-fingerprint.js';
import { distrust, writePrivately } from '../base/private-folder.js';
import { isObject } from '../base/shape.js';
import type { CostCurve, ModelCosts } from './cost-table.js';

/** Counts the layouts of the file. */
const FORMAT = 7;
/** A calibration is about 2 KB. */
const MOST_BYTES = 64 * 1024;
const MOST_POINTS = 64;
const MOST_TOKENS = 1_000_000;
/** Ten minutes a decode: more is no measurement. */
const MOST_MS = 600_000;

/** A draft is timed with the choice of its guesses, and in other sizes than a target. */
export type Role = 'target' | 'draft';

/** What a calibration holds for; on another combination it says nothing. */
export interface CalibrationSubject {
  readonly role: Role;
  readonly modelPath: string;
  readonly loraPaths: readonly string[];
  /** Of the native library. */
  readonly libraryVersion: string;
  readonly threads: number;
  readonly batchSize: number;
  readonly microBatchSize: number;
  readonly unified: boolean;
  readonly exact: boolean;
  /** Weights are rearranged for faster kernels. */
  readonly repacked: boolean;
  readonly gpu: string;
  /** On the devices, of all layers and the output. */
  readonly gpuLayers: number;
  /** The GPUs that compute, by backend, name and maker's name; none: the processor alone. */
  readonly devices: readonly string[];
  readonly flashAttention: string;
}

/**
 * What must be equal for a calibration to be used again, as one hash. Files count by size and content (of a large
 * one its beginning, with all shapes and types, and samples of the rest), not by name and time.
 * @throws Error when a file cannot be read
 */
export function calibrationKey(subject: CalibrationSubject): string {
  const { modelPath, loraPaths, ...settings } = subject;
  const hash = createHash('sha256');
  const parts = [
    FORMAT,
    fileFingerprint(modelPath),
    loraPaths.map(fileFingerprint),
    Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1)),
    [process.platform, process.arch, os.cpus()[0]?.model ?? '', os.cpus().length],
  ];
  return hash.update(JSON.stringify(parts)).digest('hex');
}

export function calibrationPath(directory: string, key: string): string {
  return path.join(directory, `costs-${key.slice(0, 24)}.json`);
}

/** The costs in a file; undefined when there is no file, or it is about another model or machine. */
export function readCalibration(
  file: string,
  key: string,
): ModelCosts | { readonly problem: string } | undefined {
  const problem = (what: string): { problem: string } => ({
    problem: `The calibration ${file} ${what}; measuring anew.`,
  });
  const distrusted = distrust(path.dirname(file));
  if (distrusted !== undefined) return problem(`is not believed, since ${distrusted}`);
  let content: unknown;
  try {
    if (statSync(file).size > MOST_BYTES) return problem('is far too large');
    content = JSON.parse(readFileSync(file, 'utf8')) as unknown;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (error instanceof SyntaxError) return problem('is damaged or half-written');
    return problem(`cannot be read (${(error as Error).message})`);
  }
  if (!isObject(content) || !hasExactly(content, ['format', 'key', 'costs']))
    return problem('is no calibration');
  if (content['format'] !== FORMAT || content['key'] !== key) return undefined;
  const wrong = problemOf(content['costs']);
  if (wrong !== undefined) return problem(`has impossible costs (${wrong})`);
  return content['costs'] as ModelCosts;
}

/**
 * Writes a file that is whole or as it was before.
 * @returns in words what went wrong, if anything: the next start measures again, nothing worse
 */
export function writeCalibration(file: string, key: string, costs: ModelCosts): string | undefined {
  try {
    writePrivately(file, JSON.stringify({ format: FORMAT, key, costs }));
    return undefined;
  } catch (error) {
    return `The calibration cannot be kept in ${file} (${(error as Error).message}); the next start measures again. FORETOKEN_CACHE_DIR names another folder.`;
  }
}

const AMOUNTS = ['msPerTokenCell', 'msPerOutput', 'resizeMs', 'coldMs'] as const;

/** What is wrong with costs from outside; undefined when they can be used. */
function problemOf(costs: unknown): string | undefined {
  if (!isObject(costs)) return 'not an object';
  if (!hasExactly(costs, ['curve', ...AMOUNTS])) return 'other fields than expected';
  if (!isCurve(costs['curve'])) return 'curve';
  return AMOUNTS.find((name) => !isWithin(costs[name], 0, MOST_MS));
}

function isCurve(value: unknown): value is CostCurve {
  if (!isObject(value) || !hasExactly(value, ['tokens', 'ms'])) return false;
  const { tokens, ms } = value;
  if (!Array.isArray(tokens) || !Array.isArray(ms)) return false;
  if (tokens.length === 0 || tokens.length > MOST_POINTS || tokens.length !== ms.length) return false;
  return (
    tokens[0] === 1 &&
    tokens.every(
      (count, i) => Number.isInteger(count) && count <= MOST_TOKENS && (i === 0 || count > tokens[i - 1]),
    ) &&
    ms.every((time, i) => isWithin(time, i === 0 ? Number.MIN_VALUE : (ms[i - 1] as number), MOST_MS))
  );
}

function hasExactly(value: Readonly<Record<string, unknown>>, names: readonly string[]): boolean {
  return Object.keys(value).length === names.length && names.every((name) => name in value);
}

function isWithin(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && value >= least && value <= most;
}
