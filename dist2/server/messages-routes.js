import { newAnswerId } from './answer-id.js';
import { prepareChat } from './chat-answer.js';
import { clientGone } from './client-gone.js';
import { answer } from './generation.js';
import { MessagesFormat } from './messages-format.js';
import { readMessagesRequest } from './messages-request.js';
import { requireModel } from './model-routes.js';
import { countConversation } from './prompts.js';
export function messagesRoutes(app, context) {
    app.post('/v1/messages', async (request, reply) => {
        requireModel(context, request.body);
        const chat = readMessagesRequest(request.body, context.limits);
        const { prompt, generation } = await prepareChat(context, reply, chat);
        const id = newAnswerId('msg_');
        reply.header('request-id', id);
        const format = new MessagesFormat({ id, model: context.modelId }, chat.generation.stop);
        return answer(context, reply, [prompt], generation, format);
    });
    app.post('/v1/messages/count_tokens', async (request, reply) => {
        requireModel(context, request.body);
        const chat = readMessagesRequest(request.body, context.limits);
        return { input_tokens: await countConversation(context, chat, clientGone(reply)) };
    });
}
//# sourceMappingURL=messages-routes.js.map