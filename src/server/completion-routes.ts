/** `POST /v1/chat/completions` and `POST /v1/completions`. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { newAnswerId } from './answer-id.js';
import { ChatFormat, CompletionFormat, type AnswerHead } from './answer-format.js';
import { clientGone } from './client-gone.js';
import { prepareChat } from './chat-answer.js';
import { readChatRequest } from './chat-request.js';
import { readCompletionRequest } from './completion-request.js';
import type { ServerContext } from './context.js';
import { echoOf, requireScorable } from './echo.js';
import { answer } from './generation.js';
import { requireModel } from './model-routes.js';
import { encodeInfill, encodePrompt } from './prompts.js';
import { warnInHeader } from './warnings.js';

export function completionRoutes(app: FastifyInstance, context: ServerContext): void {
  app.post('/v1/chat/completions', async (request, reply) => {
    requireModel(context, request.body);
    const chat = readChatRequest(request.body, context.limits);
    const { prompt, generation, warnings } = await prepareChat(context, reply, chat);
    const format = new ChatFormat(
      answerHead(context, reply, 'chatcmpl'),
      context.table,
      chat.generation.usageTold,
      warnings,
    );
    return answer(context, reply, [prompt], generation, format);
  });

  app.post('/v1/completions', async (request, reply) => {
    requireModel(context, request.body);
    const completion = readCompletionRequest(request.body, context.limits);
    const { prompts, parseSpecial, echo, suffix, generation } = completion;
    warnInHeader(reply, completion.warnings);
    const gone = clientGone(reply);
    const encoded = await Promise.all(
      prompts.map((prompt) =>
        suffix === undefined
          ? encodePrompt(context, prompt, 'prompt', gone, parseSpecial)
          : encodeInfill(context, prompt, suffix, gone, parseSpecial),
      ),
    );
    if (generation.promptLogprobs) requireScorable(encoded, generation.topLogprobs);
    const told = generation.promptLogprobs ? generation.topLogprobs : -1;
    const echoes = echo
      ? await Promise.all(prompts.map((prompt, index) => echoOf(context, prompt, encoded[index]!, told)))
      : undefined;
    const format = new CompletionFormat(
      answerHead(context, reply, 'cmpl'),
      context.table,
      generation.usageTold,
      echoes,
    );
    const asked = encoded.map((tokens, index) => {
      const words = prompts[index];
      return { tokens, words: typeof words === 'string' ? words : undefined };
    });
    return answer(context, reply, asked, generation, format);
  });
}

/** The identity of an answer; also told in `x-request-id`, where clients look for it. */
function answerHead(context: ServerContext, reply: FastifyReply, prefix: string): AnswerHead {
  const id = newAnswerId(`${prefix}-`);
  reply.header('x-request-id', id);
  return {
    id,
    created: Math.floor(Date.now() / 1000),
    model: context.modelId,
    system_fingerprint: context.systemFingerprint,
  };
}
