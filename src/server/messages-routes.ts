/** Anthropic's API: `POST /v1/messages` and `POST /v1/messages/count_tokens`. */
import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { chatGeneration } from './chat-answer.js';
import { clientGone } from './client-gone.js';
import type { ServerContext } from './context.js';
import { answer } from './generation.js';
import { MessagesFormat } from './messages-format.js';
import { readMessagesRequest } from './messages-request.js';
import { requireModel } from './model-routes.js';
import { countConversation, encodeConversation } from './prompts.js';
import { fallbackWarnings, warnInHeader } from './warnings.js';

export function messagesRoutes(app: FastifyInstance, context: ServerContext): void {
  app.post('/v1/messages', async (request, reply) => {
    requireModel(context, request.body);
    const chat = readMessagesRequest(request.body, context.limits);
    const gone = clientGone(reply);
    const prompt = await encodeConversation(context, chat, gone);
    const generation = await chatGeneration(context, chat, prompt, gone);
    warnInHeader(reply, [...fallbackWarnings(context), ...chat.warnings]);
    const id = `msg_${randomUUID().replaceAll('-', '')}`;
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
