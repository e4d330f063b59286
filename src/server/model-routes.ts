/** `GET /v1/models`, `GET /v1/models/:id`, and the check of every request's `model`. */
import type { FastifyInstance } from 'fastify';
import { ForetokenError } from '../base/errors.js';
import type { EngineHandle } from '../engine/types.js';
import type { ServerContext } from './context.js';
import { Fields, isObject } from './fields.js';
import type { FurtherModels } from './further-models.js';

export function modelRoutes(app: FastifyInstance, context: ServerContext, further: FurtherModels): void {
  const list = (): Description[] => {
    const first = describeModel(context.modelId, context.startedAt, context.engine);
    const others = further.list();
    return others.length === 0
      ? [first]
      : [
          // As llama-server says it, where it serves several.
          { ...first, status: { value: 'loaded' } },
          ...others.map(({ id, state, engine }) => ({
            ...describeModel(id, context.startedAt, engine),
            status: { value: state },
          })),
        ];
  };
  app.get('/v1/models', () => ({ object: 'list', data: list() }));

  app.get<{ Params: { id: string } }>('/v1/models/:id', (request) => {
    const found = list().find(({ id }) => id === request.params.id);
    if (found === undefined) throw unknownModel(context, request.params.id);
    return found;
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

interface Description {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** OpenAI's fields; `meta` as llama-server adds it, of a model that is loaded. */
function describeModel(id: string, created: number, engine: EngineHandle | undefined): Description {
  const description = { id, object: 'model', created, owned_by: 'foretoken' };
  if (engine === undefined) return description;
  const { info } = engine;
  return {
    ...description,
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
