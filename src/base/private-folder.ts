/**
 * Foretoken's folder for what is worth keeping between starts. What lies there is believed, so nobody else may write
 * it: the folder is the user's own, is no link to another place, and is open to nobody else.
 */
import { chmodSync, lstatSync, type Stats } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { makeFolder } from './make-folder.js';
import { writeFileWhole } from './write-file.js';

/** FORETOKEN_CACHE_DIR, else the system's own place for caches. */
export function cacheDirectory(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = os.homedir(),
): string {
  const own = environment['FORETOKEN_CACHE_DIR'];
  if (own !== undefined && own !== '') return path.resolve(own);
  if (platform === 'win32')
    return path.join(
      environment['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local'),
      'foretoken',
      'cache',
    );
  const xdg = environment['XDG_CACHE_HOME'];
  // The XDG base directory specification has relative paths ignored.
  const base = xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(home, '.cache');
  return path.join(base, 'foretoken');
}

/** Bits of a folder's mode that let others in. */
const OTHERS = 0o077;

/**
 * Makes the folder, or closes it to others where it is the user's own.
 * @throws Error when it cannot be made, or is not to be trusted
 */
export function preparePrivateFolder(folder: string): void {
  makeFolder(folder, 0o700);
  const problem = distrust(folder);
  if (problem !== undefined) throw new Error(problem);
  // Windows has no such bits: a user's own folders are private there.
  if (process.platform !== 'win32' && (lstatSync(folder).mode & OTHERS) !== 0) chmodSync(folder, 0o700);
}

/**
 * Writes a file, whole or not at all, into a folder that is the user's own.
 * @throws Error as `preparePrivateFolder`, or when the file cannot be written
 */
export function writePrivately(file: string, text: string): void {
  preparePrivateFolder(path.dirname(file));
  writeFileWhole(file, text);
}

/** Why what lies in a folder is not to be believed; undefined where it is, or where there is no such folder. */
export function distrust(folder: string): string | undefined {
  let stats: Stats | undefined;
  try {
    stats = lstatSync(folder, { throwIfNoEntry: false });
  } catch (error) {
    // Something above it is no folder, may not be entered, or is a circle of links.
    return `the folder ${folder} cannot be had (${(error as Error).message})`;
  }
  if (stats === undefined) return undefined;
  if (stats.isSymbolicLink()) return `the folder ${folder} is a symbolic link`;
  if (!stats.isDirectory()) return `${folder} is not a folder`;
  const user = process.getuid?.();
  if (user !== undefined && stats.uid !== user) return `the folder ${folder} belongs to another user`;
  return undefined;
}
