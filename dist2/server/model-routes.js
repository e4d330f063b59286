import { ForetokenError } from '../base/errors.js';
import { Fields, isObject } from './fields.js';
/** As many names are told to who asks for a model that is not served, and so much of each. */
const MOST_NAMES = 10;
const MOST_LETTERS = 100;
export function modelRoutes(app, context) {
    const list = () => {
        const models = context.served();
        return models.map(({ id, state, engine }) => ({
            ...describeModel(id, context.startedAt, engine),
            // As llama-server says it, where it serves several.
            ...(models.length > 1 && { status: { value: state } }),
        }));
    };
    app.get('/v1/models', () => ({ object: 'list', data: list() }));
    app.get('/v1/models/:id', (request) => {
        const found = list().find(({ id }) => id === request.params.id);
        if (found === undefined)
            throw unknownModel(context, request.params.id);
        return found;
    });
}
/** A body may leave `model` out or say `default` for the first one served; a name that is not served is an error. */
export function requireModel(context, body) {
    if (!isObject(body))
        return;
    const model = Fields.ofBody(body).string('model');
    if (model !== undefined && model !== 'default' && model !== context.modelId)
        throw unknownModel(context, model);
}
function unknownModel({ served }, given) {
    const names = served().map(({ id }) => `'${id.slice(0, MOST_LETTERS)}'`);
    const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more (GET /v1/models)` : '';
    return new ForetokenError('model_not_found', `The model '${given.slice(0, MOST_LETTERS)}' is not served here; this server has ` +
        `${names.slice(0, MOST_NAMES).join(', ')}${more}.`, { param: 'model' });
}
/** OpenAI's fields; `meta` as llama-server adds it, of a model that is loaded. */
function describeModel(id, created, engine) {
    const description = { id, object: 'model', created, owned_by: 'foretoken' };
    if (engine === undefined)
        return description;
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
//# sourceMappingURL=model-routes.js.map