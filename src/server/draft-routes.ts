/**
 * `GET /v1/drafts`, `POST /v1/drafts`, `DELETE /v1/drafts/{id}`: the draft models beside the first model, loaded and
 * unloaded while requests run. Files come from one folder that the operator has named, and from nowhere else.
 */
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { asDraftId } from '../base/draft-id.js';
import { ForetokenError, type ErrorCode } from '../base/errors.js';
import type { DraftStatus } from '../engine/types.js';
import type { ServerContext } from './context.js';
import { Fields, invalid } from './fields.js';

/** How long a deletion waits for requests that have the draft before it answers that this goes on. */
const WAIT_MS = 1000;
const LONGEST_PATH = 1024;
/** What is wrong with the file that was named, not with the server. */
const OF_THE_FILE: readonly ErrorCode[] = [
  'file_not_found',
  'invalid_gguf',
  'unsupported_architecture',
  'vocabulary_mismatch',
];

export function draftRoutes(
  app: FastifyInstance,
  { engine }: Pick<ServerContext, 'engine'>,
  folder: string | undefined,
): void {
  app.get('/v1/drafts', async () => ({ object: 'list', data: (await engine.drafts()).map(describe) }));

  app.post('/v1/drafts', async (request, reply) => {
    const allowed = requireFolder(folder);
    const fields = Fields.ofBody(request.body);
    fields.refuseUnknown(['id', 'file']);
    const id = asDraftId(fields.requiredString('id'));
    const file = await fileInside(allowed, fields.requiredString('file'));
    try {
      const status = await engine.loadDraft({ id, file });
      return await reply.code(201).send(describe(status));
    } catch (thrown) {
      const error = ForetokenError.from(thrown);
      if (!OF_THE_FILE.includes(error.code)) throw error;
      throw new ForetokenError('draft_unusable', error.message, { param: 'file', cause: error });
    }
  });

  app.delete<{ Params: { id: string } }>('/v1/drafts/:id', async (request, reply) => {
    requireFolder(folder);
    const id = asDraftId(request.params.id);
    const going = engine.unloadDraft(id).then(() => true);
    let timeout: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timeout = setTimeout(() => {
        resolve(false);
      }, WAIT_MS);
    });
    try {
      const gone = await Promise.race([going, late]);
      return await reply.code(gone ? 200 : 202).send({ id, object: 'draft', deleted: gone });
    } finally {
      clearTimeout(timeout);
      // What becomes of it later is seen in the list.
      going.catch(() => undefined);
    }
  });
}

function describe({ isDefault, ...status }: DraftStatus): object {
  return { ...status, object: 'draft', default: isDefault };
}

function requireFolder(folder: string | undefined): string {
  if (folder !== undefined) return folder;
  throw new ForetokenError(
    'not_supported',
    'This server loads no drafts by request; start it with --drafts-dir and a folder of draft models.',
  );
}

/**
 * The file that a request names, in or below the folder, links resolved.
 * @throws ForetokenError `invalid_request` when it lies elsewhere, `draft_unusable` when it is not there
 */
async function fileInside(folder: string, given: string): Promise<string> {
  if (given.length > LONGEST_PATH || given.includes('\0'))
    throw invalid('file', `a path of at most ${LONGEST_PATH} characters`, given.slice(0, 100));
  const root = await realpath(folder).catch(() => path.resolve(folder));
  const elsewhere = invalid('file', 'the path of a file in the folder of drafts', given);
  const named = path.resolve(root, given);
  const isInside = (file: string): boolean =>
    file.startsWith(root.endsWith(path.sep) ? root : root + path.sep);
  // Before the disk is asked: nobody learns what lies elsewhere.
  if (!isInside(named)) throw elsewhere;
  let file: string;
  try {
    file = await realpath(named);
    if (!isInside(file)) throw elsewhere;
    if (!(await stat(file)).isFile()) throw new Error('it is no file');
  } catch (error) {
    if (error instanceof ForetokenError) throw error;
    throw new ForetokenError('draft_unusable', `There is no file '${given}' in the folder of drafts.`, {
      param: 'file',
    });
  }
  return file;
}
