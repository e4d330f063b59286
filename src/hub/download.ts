/**
 * Brings one file of a repository into the cache: what is there of it is not fetched again, a broken connection is
 * taken up where it broke, and the file gets its name only when its checksum is right.
 */
import { statfsSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../base/make-folder.js';
import { ForetokenError } from '../base/errors.js';
import { blobPath, hasBytes } from './cache.js';
import { Passing, persistently, pieces, request, type Patience } from './http.js';
import { Partial } from './partial.js';
import type { RepositoryFile } from './repository.js';
import type { HubSettings } from './settings.js';
import { sizeText } from '../base/size-text.js';

/** Left free on the disk. */
const SPARE_BYTES = 64 * 2 ** 20;
/** An attempt that brings as much does not count as a failed one. */
const PROGRESS_BYTES = 2 ** 20;

export interface DownloadOptions {
  readonly patience: Patience;
  readonly signal?: AbortSignal | undefined;
  /** Told how many bytes of the file are there. */
  readonly onProgress?: (bytes: number) => void;
}

export const fileAddress = ({ endpoint }: HubSettings, repo: string, commit: string, file: string): string =>
  `${endpoint}/${repo}/resolve/${commit}/${file.split('/').map(encodeURIComponent).join('/')}`;

/**
 * @returns the file's blob in the cache
 * @throws ForetokenError `hub_denied`, `hub_not_found`, `hub_unreachable`, `download_failed`
 */
export async function download(
  settings: HubSettings,
  repo: string,
  commit: string,
  file: RepositoryFile,
  options: DownloadOptions,
): Promise<string> {
  const blob = blobPath(settings.cache, repo, file.sum);
  if (hasBytes(blob, file.bytes)) return blob;
  const folder = path.dirname(blob);
  try {
    makeFolder(folder);
    const partial = await Partial.open(blob, file);
    let kept = false;
    try {
      assertRoom(folder, file, partial.bytes);
      // Twice: what an earlier process left may be wrong.
      for (let attempt = 1; ; attempt++) {
        const resumed = partial.bytes > 0;
        await fill(settings, repo, commit, file, partial, options);
        if (partial.isRight()) break;
        partial.restart();
        if (!resumed || attempt > 1) throw wrongSum(settings, file);
      }
      partial.keepAs(blob);
      kept = true;
    } finally {
      if (!kept) partial.leave(blob);
    }
    return blob;
  } catch (error) {
    throw plainFailure(error, folder, file);
  }
}

/** Fetches what is missing. */
async function fill(
  settings: HubSettings,
  repo: string,
  commit: string,
  file: RepositoryFile,
  partial: Partial,
  { patience, signal, onProgress }: DownloadOptions,
): Promise<void> {
  let before = partial.bytes;
  const attempt = async (): Promise<void> => {
    before = partial.bytes;
    if (before === file.bytes) return;
    const response = await request(
      settings,
      fileAddress(settings, repo, commit, file.path),
      `file ${file.path}`,
      {
        patience,
        signal,
        headers: { range: `bytes=${before}-` },
      },
    );
    if (!startsAt(response, before, file.bytes)) {
      partial.restart();
      if (response.status !== 200) {
        await response.body?.cancel();
        throw new Passing('another part came than was asked for');
      }
    }
    for await (const piece of pieces(response, patience.stallMs)) {
      signal?.throwIfAborted();
      if (partial.bytes + piece.length > file.bytes) {
        partial.restart();
        throw new ForetokenError(
          'download_failed',
          `${file.path} is larger than the ${file.bytes} bytes that the hub lists. Try again; it may just have changed.`,
        );
      }
      partial.append(piece);
      onProgress?.(partial.bytes);
    }
    if (partial.bytes < file.bytes)
      throw new Passing(`the connection ended after ${partial.bytes} of ${file.bytes} bytes`);
  };
  onProgress?.(before);
  await persistently(patience, file.path, attempt, () => partial.bytes - before >= PROGRESS_BYTES, signal);
}

/** Whether an answer goes on where the partial file ends. */
function startsAt(response: Response, offset: number, total: number): boolean {
  if (response.status !== 206) return offset === 0;
  const [, start, of] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '') ?? [];
  return Number(start) === offset && (of === '*' || Number(of) === total);
}

function assertRoom(folder: string, file: RepositoryFile, there: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const needed = file.bytes - there + SPARE_BYTES;
  if (free < needed)
    throw new ForetokenError(
      'download_failed',
      `${file.path} needs ${sizeText(file.bytes - there)} and ${folder} has ${sizeText(free)} left; make room, or ` +
        'set HF_HUB_CACHE to a folder on another disk.',
    );
}

const wrongSum = (settings: HubSettings, { path: name, sum }: RepositoryFile): ForetokenError =>
  new ForetokenError(
    'download_failed',
    `${name} as ${new URL(settings.endpoint).host} sends it does not have the checksum that the hub lists (${sum}); ` +
      'it is not kept. Try again; if it stays so, something between here and the hub changes it.',
  );

/** What the system says of files, in words. */
function plainFailure(error: unknown, folder: string, file: RepositoryFile): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof ForetokenError || typeof code !== 'string' || !/^E[A-Z]+$/.test(code)) return error;
  const why = code === 'ENOSPC' || code === 'EDQUOT' ? 'the disk is full' : (error as Error).message;
  return new ForetokenError('download_failed', `${file.path} cannot be written to ${folder}: ${why}.`, {
    cause: error,
  });
}
