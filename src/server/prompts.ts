/** Tokens of what a request brings, refused before the engine sees them where they cannot fit. */
import { ForetokenError } from '../base/errors.js';
import type { ChatRequest } from './chat-request.js';
import type { Prompt } from './completion-request.js';
import type { ServerContext } from './context.js';

export async function encodePrompt(
  context: ServerContext,
  prompt: Prompt,
  param: string,
  gone: AbortSignal,
): Promise<Int32Array> {
  if (typeof prompt === 'string') refuseHopelessText(context, prompt.length, param);
  const tokens =
    typeof prompt === 'string'
      ? await context.codec.tokenize(prompt, true, true, gone)
      : Int32Array.from(prompt);
  return requireFit(context, tokens, param);
}

export async function encodeConversation(
  context: ServerContext,
  request: ChatRequest,
  gone: AbortSignal,
): Promise<Int32Array> {
  const characters = request.messages.reduce((total, message) => total + message.content.length, 0);
  refuseHopelessText(context, characters, 'messages');
  const tokens = await context.codec.encodeChat(request.messages, request.templateVariables, gone);
  return requireFit(context, tokens, 'messages');
}

/**
 * Tokenising megabytes would stop every other stream for seconds, so a text that is too long even in the
 * longest of all tokens is refused uncounted. (A character is at least one byte.)
 */
function refuseHopelessText(context: ServerContext, characters: number, param: string): void {
  const { sequenceCapacity } = context.limits;
  // The longest token is looked up only for texts that are long in any model.
  if (characters < sequenceCapacity * 16) return;
  const atLeast = Math.ceil(characters / context.table.longestBytes);
  if (atLeast >= sequenceCapacity) throw tooLong(context, `at least ${atLeast}`, param);
}

function requireFit(context: ServerContext, tokens: Int32Array, param: string): Int32Array {
  if (tokens.length === 0)
    throw new ForetokenError(
      'invalid_request',
      `'${param}' must hold at least one token; got an empty text.`,
      {
        param,
      },
    );
  if (tokens.length >= context.limits.sequenceCapacity) throw tooLong(context, String(tokens.length), param);
  return tokens;
}

function tooLong(context: ServerContext, tokens: string, param: string): ForetokenError {
  return new ForetokenError(
    'context_length_exceeded',
    `This model's context holds ${context.limits.sequenceCapacity} tokens, answer included; '${param}' has ${tokens}. ` +
      'Shorten it, or start the server with a larger context.',
    { param },
  );
}
