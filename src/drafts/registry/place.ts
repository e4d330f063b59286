/** Where what is known of a target's tasks lies: one folder with its tasks, its drafts and which draft serves which task. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { cacheDirectory } from '../../base/private-folder.js';
import { readGguf } from '../../gguf/reader.js';
import { fingerprint } from '../network.js';

export interface TasksPlace {
  readonly folder: string;
  /** Tasks and classifier. */
  readonly tasks: string;
  /** Drafts and assignments. */
  readonly registry: string;
  /** Files of drafts, named by their content. */
  readonly drafts: string;
  /** What a round of adapting has done so far; of no use when it has ended. */
  readonly work: string;
}

/** [file, size, time of change] of those that have been read: the head of a large vocabulary takes a tenth of a second. */
const known = new Map<string, string>();

/**
 * What drafts of a target are made for: its vocabulary and shape, whatever its quantisation (`sha256:…`). Whether the
 * model can be used is found out when it is loaded.
 * @throws ForetokenError `file_not_found`, `invalid_gguf`
 */
export function targetFingerprint(modelPath: string): string {
  const { size = 0, mtimeMs = 0 } = statSync(modelPath, { throwIfNoEntry: false }) ?? {};
  const file = `${path.resolve(modelPath)} ${size} ${mtimeMs}`;
  let found = known.get(file);
  if (found === undefined) known.set(file, (found = fingerprint(readGguf(modelPath))));
  return found;
}

/** @param folder as `--tasks-dir` names it; undefined: the target's own folder in the cache */
export function tasksPlace(target: string, folder?: string): TasksPlace {
  const name = target.replace(/^sha256:/, '').slice(0, 16);
  const root = folder === undefined ? path.join(cacheDirectory(), 'tasks', name) : path.resolve(folder);
  return {
    folder: root,
    tasks: path.join(root, 'tasks.json'),
    registry: path.join(root, 'registry.json'),
    drafts: path.join(root, 'drafts'),
    work: path.join(root, 'work'),
  };
}
