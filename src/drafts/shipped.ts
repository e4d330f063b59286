/**
 * Drafts that come with Foretoken for models that do not: `models/drafts.json` says which file guesses for which
 * target, told by its vocabulary and shape, so that every quantisation of a model has the same one.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundledDraft } from '../base/bundled.js';
import { targetFingerprint } from './registry/place.js';

const FOLDER = fileURLToPath(new URL('../../models/', import.meta.url));

export interface ShippedDraft {
  /** In the folder of the list. */
  readonly file: string;
  /** `fingerprint` of the target. */
  readonly target: string;
  /** What it was trained on: a task's name, or "general". */
  readonly task: string;
}

/** Those that are there, of the list in `folder`; none where there is no list, or it cannot be read. */
export function shippedDrafts(folder = FOLDER): ShippedDraft[] {
  try {
    const list = JSON.parse(readFileSync(path.join(folder, 'drafts.json'), 'utf8')) as unknown;
    const entries: unknown[] = Array.isArray(list) ? list : [];
    return entries.filter(isDraft).filter(({ file }) => existsSync(path.join(folder, file)));
  } catch {
    return [];
  }
}

function isDraft(value: unknown): value is ShippedDraft {
  if (typeof value !== 'object' || value === null) return false;
  const { file, target, task } = value as Partial<ShippedDraft>;
  return (
    typeof file === 'string' &&
    path.basename(file) === file &&
    typeof target === 'string' &&
    typeof task === 'string'
  );
}

/** The general draft for a model file; undefined where there is none, or the file is no GGUF. */
export function shippedDraft(modelPath: string, folder = FOLDER): string | undefined {
  const drafts = shippedDrafts(folder).filter(({ task }) => task === 'general');
  if (drafts.length === 0 || !existsSync(modelPath)) return undefined;
  try {
    const target = targetFingerprint(modelPath);
    const found = drafts.find((draft) => draft.target === target);
    return found && path.join(folder, found.file);
  } catch {
    // What is wrong with the model is said when it is loaded.
    return undefined;
  }
}

/** The general draft that comes with Foretoken for a model, the bundled one or another; undefined where there is none. */
export const usualDraft = (modelPath: string): string | undefined =>
  bundledDraft(modelPath) ?? shippedDraft(modelPath);
