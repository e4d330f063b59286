/**
 * The cache folder as Hugging Face's tools lay it out, so that all of them share what one has fetched:
 *
 *   models--user--model/blobs/<sum>               a file, by the sum that the hub tells for it
 *                       snapshots/<commit>/<path>  a link to it, by the name it has in the repository
 *                       refs/main                  the commit that a branch is at
 */
import { readdirSync, readFileSync, renameSync, statSync, symlinkSync, type Stats } from 'node:fs';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { makeFolder } from '../base/make-folder.js';
import { writeFileWhole } from '../base/write-file.js';
import { isPlainPath, isRepository } from './names.js';

export const COMMIT = /^[0-9a-f]{40}$/;
const FOLDER = /^models--(.+?)--(.+)$/;
/** Folders within folders that a snapshot is searched to. */
const MOST_DEPTH = 8;
const MOST_FILES = 100_000;

export interface CachedFile {
  /** In the repository. */
  readonly path: string;
  /** On this machine. */
  readonly location: string;
  readonly bytes: number;
}

export interface CachedRepository {
  readonly repo: string;
  readonly commit: string;
  readonly files: readonly CachedFile[];
}

/** The folder of one repository. */
export const repositoryFolder = (cache: string, repo: string): string =>
  path.join(cache, `models--${repo.replace('/', '--')}`);

export const blobPath = (cache: string, repo: string, sum: string): string =>
  path.join(repositoryFolder(cache, repo), 'blobs', sum);

export const snapshotPath = (cache: string, repo: string, commit: string, file: string): string =>
  path.join(repositoryFolder(cache, repo), 'snapshots', commit, ...file.split('/'));

/** What is there of a repository, at the commit that `main` was at; undefined where nothing is. */
export function cachedRepository(cache: string, repo: string): CachedRepository | undefined {
  const folder = repositoryFolder(cache, repo);
  const commit = commitOf(path.join(folder, 'refs')) ?? onlySnapshot(folder);
  if (commit === undefined) return undefined;
  const files: CachedFile[] = [];
  collect(path.join(folder, 'snapshots', commit), '', files, MOST_DEPTH);
  return files.length === 0 ? undefined : { repo, commit, files };
}

/** Whether a file, or what a link leads to, is there in full. */
export function hasBytes(file: string, bytes: number): boolean {
  const stats = statsOf(file);
  return stats?.isFile() === true && stats.size === bytes;
}

/** undefined where nothing is, or nothing that can be asked. */
function statsOf(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** All repositories of models in a cache, by name. */
export function cachedRepositories(cache: string): CachedRepository[] {
  return entries(cache)
    .flatMap(({ name }) => {
      const [, user, model] = FOLDER.exec(name) ?? [];
      const repo = `${user ?? ''}/${model ?? ''}`;
      const found = isRepository(repo) ? cachedRepository(cache, repo) : undefined;
      return found === undefined ? [] : [found];
    })
    .sort((a, b) => (a.repo < b.repo ? -1 : 1));
}

/** The commit of `main`, else of any other branch or tag. */
function commitOf(refs: string): string | undefined {
  const names = entries(refs).filter((entry) => entry.isFile());
  names.sort((a, b) => Number(b.name === 'main') - Number(a.name === 'main'));
  for (const { name } of names) {
    const text = readText(path.join(refs, name));
    if (text !== undefined && COMMIT.test(text)) return text;
  }
  return undefined;
}

/** A snapshot that no branch names, as a download of a certain commit leaves it. */
function onlySnapshot(folder: string): string | undefined {
  return entries(path.join(folder, 'snapshots'))
    .map(({ name }) => name)
    .filter((name) => COMMIT.test(name))
    .sort()[0];
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** What lies in a folder; nothing where it cannot be read. */
function entries(folder: string): ReturnType<typeof readFolder> {
  try {
    return readFolder(folder);
  } catch {
    return [];
  }
}

const readFolder = (folder: string) => readdirSync(folder, { withFileTypes: true });

function collect(root: string, below: string, files: CachedFile[], depth: number): void {
  for (const entry of entries(path.join(root, below))) {
    if (files.length >= MOST_FILES) return;
    const file = below === '' ? entry.name : `${below}/${entry.name}`;
    if (!isPlainPath(file)) continue;
    if (entry.isDirectory()) {
      if (depth > 0) collect(root, file, files, depth - 1);
      continue;
    }
    const location = path.join(root, ...file.split('/'));
    // A link whose blob is gone leads nowhere.
    const stats = statsOf(location);
    if (stats?.isFile() === true) files.push({ path: file, location, bytes: stats.size });
  }
}

/**
 * Gives a whole blob the name it has in the repository, and says that `main` is at this commit.
 * @returns where it lies by that name
 */
export function linkSnapshot(
  cache: string,
  repo: string,
  commit: string,
  file: string,
  blob: string,
): string {
  const location = snapshotPath(cache, repo, commit, file);
  makeFolder(path.dirname(location));
  // Renamed into place: another process may be reading by the name that is there.
  const link = `${location}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    symlinkSync(path.relative(path.dirname(location), blob), link);
  } catch {
    // Windows lets few users make links, and some file systems have none: then the file itself goes there.
    renameSync(blob, location);
    return location;
  }
  renameSync(link, location);
  return location;
}

export function writeRef(cache: string, repo: string, commit: string): void {
  const refs = path.join(repositoryFolder(cache, repo), 'refs');
  if (readText(path.join(refs, 'main')) === commit) return;
  makeFolder(refs);
  writeFileWhole(path.join(refs, 'main'), commit);
}
