import { ForetokenError } from '../base/errors.js';
import { newAnswerId } from './answer-id.js';
import { prepareChat } from './chat-answer.js';
import { show } from './fields.js';
import { answer } from './generation.js';
import { clientOf } from './guards.js';
import { requireModel } from './model-routes.js';
import { ResponseStore } from './response-store.js';
import { ResponsesFormat } from './responses-format.js';
import { readResponsesRequest } from './responses-request.js';
export function responsesRoutes(app, context) {
    const store = new ResponseStore();
    // Where keys are asked for, each finds its own answers only; else whoever knows an id, as with OpenAI's.
    const ownerOf = (request) => context.keys.asked ? clientOf(request, context.keys) : '';
    app.post('/v1/responses', async (request, reply) => {
        requireModel(context, request.body);
        const owner = ownerOf(request);
        const wanted = readResponsesRequest(request.body, context.limits, store, owner);
        const { prompt, generation } = await prepareChat(context, reply, wanted.chat, 'input');
        const id = newAnswerId('resp_');
        reply.header('x-request-id', id);
        const head = {
            id,
            created: Math.floor(Date.now() / 1000),
            model: context.modelId,
            store: wanted.store,
            echo: wanted.echo,
        };
        const format = new ResponsesFormat(head, context.table, (body, output) => {
            if (wanted.store)
                store.add({ id, owner, body, items: [...wanted.items, ...output], output });
        });
        return answer(context, reply, [prompt], generation, format);
    });
    app.get('/v1/responses/:id', (request) => {
        const stored = store.get(request.params.id, ownerOf(request));
        if (stored === undefined)
            throw unknown(request.params.id);
        return stored.body;
    });
    app.delete('/v1/responses/:id', (request) => {
        const { id } = request.params;
        if (!store.remove(id, ownerOf(request)))
            throw unknown(id);
        return { id, object: 'response', deleted: true };
    });
}
function unknown(id) {
    return new ForetokenError('not_found', `The response ${show(id)} is not kept (any more): the latest are, in memory, unless 'store' is false.`);
}
//# sourceMappingURL=responses-routes.js.map