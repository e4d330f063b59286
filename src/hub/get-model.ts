/** A model by its name on the hub: found in the cache or fetched into it, and where it lies then. */
import { ForetokenError } from '../base/errors.js';
import {
  cachedRepository,
  hasBytes,
  linkSnapshot,
  snapshotPath,
  writeRef,
  type CachedRepository,
} from './cache.js';
import { download } from './download.js';
import { PATIENCE, type Patience } from './http.js';
import { chooseFile, isPlainPath, modelFiles, partsOf, ggufName, type ModelName } from './names.js';
import { readRepository, type Repository } from './repository.js';
import type { HubSettings } from './settings.js';
import { sizeText } from '../base/size-text.js';

export interface WantedModel extends ModelName {
  /** Path in the repository, which overrides the quant. */
  readonly file?: string | undefined;
}

export interface GetOptions {
  readonly patience?: Patience;
  readonly signal?: AbortSignal | undefined;
  /** A line for the user: what is fetched, or that the hub cannot be asked. */
  readonly onNote?: (text: string) => void;
  /** @param done bytes of all parts that are there */
  readonly onProgress?: (file: string, done: number, total: number) => void;
}

export interface FoundModel {
  /** The model's file; the first part of a split one, beside which the others lie. */
  readonly path: string;
  readonly repo: string;
  /** In the repository. */
  readonly file: string;
  /** All files of the repository that are models, as far as they are known. */
  readonly models: readonly string[];
}

/**
 * @throws ForetokenError `hub_not_found`, `hub_denied`, `hub_unreachable`, `download_failed`
 */
export async function getModel(
  settings: HubSettings,
  wanted: WantedModel,
  { patience = PATIENCE, signal, onNote, onProgress }: GetOptions = {},
): Promise<FoundModel> {
  if (wanted.file !== undefined && !isPlainPath(wanted.file)) throw notThere(wanted, []);
  const cached = cachedRepository(settings.cache, wanted.repo);
  if (settings.offline) return fromCache(cached, wanted);
  let repository: Repository;
  try {
    repository = await readRepository(settings, wanted.repo, { patience, signal });
  } catch (error) {
    if (!(error instanceof ForetokenError) || error.code !== 'hub_unreachable' || cached === undefined)
      throw error;
    let found: FoundModel;
    try {
      found = fromCache(cached, wanted);
    } catch {
      throw error;
    }
    onNote?.(`${error.message} The copy in the cache is used.`);
    return found;
  }
  return fetched(settings, repository, wanted, { patience, signal, onNote, onProgress });
}

async function fetched(
  settings: HubSettings,
  { repo, commit, files }: Repository,
  wanted: WantedModel,
  {
    patience,
    signal,
    onNote,
    onProgress,
  }: Required<Pick<GetOptions, 'patience'>> & { [Key in keyof GetOptions]: GetOptions[Key] | undefined },
): Promise<FoundModel> {
  const names = files.map(({ path }) => path);
  const { first, parts } = chosen(names, wanted);
  const listed = parts.map((part) => files.find(({ path }) => path === part)!);
  const total = listed.reduce((sum, { bytes }) => sum + bytes, 0);
  const missing = listed.filter(
    ({ path, bytes }) => !hasBytes(snapshotPath(settings.cache, repo, commit, path), bytes),
  );
  if (missing.length > 0)
    onNote?.(
      `fetching ${first}${parts.length > 1 ? ` and ${parts.length - 1} further parts` : ''} (${sizeText(total)}) of ` +
        `${repo} from ${new URL(settings.endpoint).host} into ${settings.cache}`,
    );
  let done = total - missing.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const file of missing) {
    const before = done;
    const blob = await download(settings, repo, commit, file, {
      patience,
      signal,
      onProgress: (bytes) => onProgress?.(file.path, before + bytes, total),
    });
    linkSnapshot(settings.cache, repo, commit, file.path, blob);
    done += file.bytes;
  }
  writeRef(settings.cache, repo, commit);
  return {
    path: snapshotPath(settings.cache, repo, commit, first),
    repo,
    file: first,
    models: modelFiles(names),
  };
}

function fromCache(cached: CachedRepository | undefined, wanted: WantedModel): FoundModel {
  if (cached === undefined)
    throw new ForetokenError(
      'hub_unreachable',
      `${wanted.repo} is not in the cache, and nothing is fetched offline. Start once without --offline and ` +
        'HF_HUB_OFFLINE.',
      { param: 'hf-repo' },
    );
  const names = cached.files.map(({ path }) => path);
  const { first } = chosen(names, wanted, ' in the cache, and nothing is fetched offline');
  const { location } = cached.files.find(({ path }) => path === first)!;
  return { path: location, repo: cached.repo, file: first, models: modelFiles(names) };
}

/** The files that are meant. @throws ForetokenError `hub_not_found`, with those that there are */
function chosen(
  names: readonly string[],
  wanted: WantedModel,
  where?: string,
): { readonly first: string; readonly parts: readonly string[] } {
  const first =
    wanted.file === undefined ? chooseFile(names, wanted.quant) : names.find((name) => name === wanted.file);
  if (first === undefined) throw notThere(wanted, modelFiles(names), where);
  const parts = partsOf(first, names);
  const expected = ggufName(first)?.parts ?? 1;
  if (parts.length !== expected)
    throw new ForetokenError(
      'hub_not_found',
      `${first} is one of ${expected} parts, of which ${parts.length} are in ${wanted.repo}${where ?? ''}.`,
      { param: 'hf-repo' },
    );
  return { first: parts[0]!, parts };
}

const MOST_LISTED = 30;

function notThere(wanted: WantedModel, models: readonly string[], where = ''): ForetokenError {
  const what = wanted.file ?? (wanted.quant === undefined ? 'GGUF file' : wanted.quant);
  const listed = models
    .slice(0, MOST_LISTED)
    .map((file) => (wanted.file === undefined ? (ggufName(file)?.tag ?? file) : file));
  const more = models.length > MOST_LISTED ? ` and ${models.length - MOST_LISTED} more` : '';
  const mend =
    models.length === 0
      ? 'Repositories with models for llama.cpp mostly have GGUF in their name.'
      : `There are: ${[...new Set(listed)].join(', ')}${more}.`;
  return new ForetokenError('hub_not_found', `There is no ${what} in ${wanted.repo}${where}. ${mend}`, {
    param: wanted.file === undefined ? 'hf-repo' : 'hf-file',
  });
}
