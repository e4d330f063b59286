/**
 * The head of a GGUF file that lies on the hub or any web server, fetched by ranges: some megabytes of many gigabytes. What
 * is fetched grows only as the reader asks for more.
 */
import { ForetokenError } from '../base/errors.js';
import type { ByteSource } from '../gguf/head-reader.js';
import { readGgufFrom } from '../gguf/reader.js';
import type { GgufFile } from '../gguf/types.js';
import { fileAddress } from './download.js';
import { PATIENCE, Passing, persistently, pieces, request, type Patience } from './http.js';
import { chooseFile, ggufName, isPlainPath, modelFiles, partsOf, type ModelName } from './names.js';
import { readRepository } from './repository.js';
import type { HubSettings } from './settings.js';

/** Most heads are smaller; large vocabularies take some megabytes more. */
const FIRST_BYTES = 2 ** 20;
/** As the reader's own bound on heads. */
const MOST_BYTES = 2 ** 28;
/** Of a split model. */
const MOST_PARTS = 500;

export interface RemoteOptions {
  readonly patience?: Patience;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The heads of a model on the hub, all parts of it, and what it is called.
 * @throws ForetokenError `hub_not_found`, `hub_denied`, `hub_unreachable`, `invalid_gguf`
 */
export async function hubHeads(
  settings: HubSettings,
  wanted: ModelName & { readonly file?: string | undefined },
  { patience = PATIENCE, signal }: RemoteOptions = {},
): Promise<{ readonly name: string; readonly parts: readonly [GgufFile, ...GgufFile[]] }> {
  const { repo, commit, files } = await readRepository(settings, wanted.repo, { patience, signal });
  const names = files.map(({ path }) => path);
  const first =
    wanted.file === undefined
      ? chooseFile(names, wanted.quant)
      : names.find((name) => name === wanted.file && isPlainPath(name));
  const parts = first === undefined ? [] : partsOf(first, names);
  if (first === undefined || parts.length !== (ggufName(first)?.parts ?? 1) || parts.length > MOST_PARTS)
    throw new ForetokenError(
      'hub_not_found',
      `There is no complete ${wanted.file ?? wanted.quant ?? 'GGUF file'} in ${repo}. There are: ${modelFiles(names).slice(0, 20).join(', ') || 'none'}.`,
      { param: 'hf-repo' },
    );
  const heads: GgufFile[] = [];
  for (const part of parts) {
    const bytes = files.find(({ path }) => path === part)!.bytes;
    heads.push(
      await remoteHead(settings, fileAddress(settings, repo, commit, part), part, {
        patience,
        signal,
        bytes,
      }),
    );
  }
  return { name: `${repo}/${first}`, parts: heads as [GgufFile, ...GgufFile[]] };
}

/**
 * The head of the file at a web address.
 * @throws ForetokenError as `hubHeads`
 */
export async function remoteHead(
  settings: HubSettings,
  address: string,
  name: string,
  { patience = PATIENCE, signal, bytes }: RemoteOptions & { readonly bytes?: number } = {},
): Promise<GgufFile> {
  let fetched = Buffer.alloc(0);
  let total = bytes;
  for (let wanted = FIRST_BYTES; ; wanted *= 2) {
    const upTo = Math.min(wanted, total ?? wanted, MOST_BYTES);
    const range = await persistently(
      patience,
      name,
      () => fetchRange(settings, address, name, fetched.length, upTo, { patience, signal }),
      undefined,
      signal,
    );
    fetched = Buffer.concat([range.from === 0 ? Buffer.alloc(0) : fetched, range.bytes]);
    total ??= range.total ?? fetched.length;
    try {
      return readGgufFrom(beginningOf(name, fetched, total));
    } catch (error) {
      if (!(error instanceof MoreWanted)) throw error;
      if (fetched.length >= Math.min(total, MOST_BYTES))
        throw new ForetokenError('invalid_gguf', `${name} ends within its head; it is damaged.`);
    }
  }
}

/** The reader has come to the end of what has been fetched. */
class MoreWanted extends Error {}

function beginningOf(name: string, known: Buffer, bytes: number): ByteSource {
  return {
    name,
    bytes,
    read(buffer, at, length, position) {
      const part = known.subarray(position, position + length);
      if (part.length === 0) throw new MoreWanted();
      buffer.set(part, at);
      return part.length;
    },
    close: () => undefined,
  };
}

interface FetchedRange {
  readonly from: number;
  readonly bytes: Buffer;
  readonly total: number | undefined;
}

async function fetchRange(
  settings: HubSettings,
  address: string,
  name: string,
  from: number,
  to: number,
  { patience, signal }: { readonly patience: Patience; readonly signal: AbortSignal | undefined },
): Promise<FetchedRange> {
  const headers = { range: `bytes=${from}-${to - 1}` };
  const response = await request(settings, address, `file ${name}`, { headers, patience, signal });
  const [, start, of] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '') ?? [];
  const ranged = response.status === 206;
  if (ranged && Number(start) !== from) {
    await response.body?.cancel();
    throw new Passing('another part came than was asked for');
  }
  // A server without ranges sends everything from the beginning; the rest is left unread.
  const most = ranged ? to - from : to;
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces(response, patience.stallMs)) {
    parts.push(piece);
    length += piece.length;
    if (length >= most) break;
  }
  const bytes = Buffer.concat(parts).subarray(0, most);
  const given = Number(response.headers.get('content-length') ?? NaN);
  const total = ranged ? (of === '*' ? undefined : Number(of)) : Number.isFinite(given) ? given : undefined;
  if (bytes.length < most && (total === undefined || (ranged ? from : 0) + bytes.length < total))
    throw new Passing(`the connection ended after ${bytes.length} bytes`);
  return { from: ranged ? from : 0, bytes, total };
}
