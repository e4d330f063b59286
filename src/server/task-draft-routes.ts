/** `POST /admin/drafts/reload`: takes up what `foretoken adapt` has made, now. */
import type { FastifyInstance } from 'fastify';
import { ForetokenError } from '../base/errors.js';
import { Fields } from './fields.js';
import type { TaskDrafts } from './task-drafts.js';

export function taskDraftRoutes(app: FastifyInstance, drafts: TaskDrafts | undefined): void {
  app.post('/admin/drafts/reload', async (request) => {
    if (request.body !== undefined && request.body !== null) Fields.ofBody(request.body).refuseUnknown([]);
    if (drafts === undefined)
      throw new ForetokenError(
        'not_supported',
        'This server takes no drafts from a folder of tasks; start it with --tasks-dir.',
      );
    return { object: 'drafts.reload', ...(await drafts.reload()) };
  });
}
