/** `GET /v1/models`, `GET /v1/models/:id`, and the check of every request's `model`. */
import type { FastifyInstance } from 'fastify';
import { ForetokenError } from '../base/errors.js';
import type { ServerContext } from './context.js';
import { Fields, isObject } from './fields.js';

export function modelRoutes(app: FastifyInstance, context: ServerContext): void {
  app.get('/v1/models', () => ({ object: 'list', data: [describeModel(context)] }));

  app.get<{ Params: { id: string } }>('/v1/models/:id', (request) => {
    if (request.params.id !== context.modelId) throw unknownModel(context, request.params.id);
    return describeModel(context);
  });
}

/** A body may leave `model` out or say `default` for the first one served; a name that is not served is an error. */
export function requireModel(context: ServerContext, body: unknown): void {
  if (!isObject(body)) return;
  const model = Fields.ofBody(body).string('model');
  if (model !== undefined && model !== 'default' && model !== context.modelId)
    throw unknownModel(context, model);
}

function unknownModel(context: ServerContext, given: string): ForetokenError {
  return new ForetokenError(
    'model_not_found',
    `The model '${given.slice(0, 100)}' is not served here; this server has '${context.modelId}'.`,
    { param: 'model' },
  );
}

/** OpenAI's fields; `meta` as llama-server adds it. */
function describeModel(context: ServerContext): Readonly<Record<string, unknown>> {
  const { info } = context.engine;
  return {
    id: context.modelId,
    object: 'model',
    created: context.startedAt,
    owned_by: 'foretoken',
    // As vLLM's: tokens of a prompt and its answer together.
    max_model_len: info.sequenceCapacity,
    meta: {
      n_vocab: info.vocabularySize,
      n_ctx: info.sequenceCapacity,
      n_embd: info.embeddingWidth,
      has_draft: info.hasDraft,
    },
  };
}
