/**
 * What the bodies of other APIs have in common on their way to a chat request: they are written anew as the body of
 * `POST /v1/chat/completions` and read by its reader, so that every rule holds once for all.
 */
import { ForetokenError } from '../base/errors.js';
import { readChatRequest, type ChatRequest } from './chat-request.js';
import type { Fields } from './fields.js';
import type { ModelLimits } from './generation-fields.js';

/** Fields of ours that every API takes, as they are. */
export const COMMON_FIELDS = [
  'min_p',
  'presence_penalty',
  'frequency_penalty',
  'repeat_penalty',
  'repetition_penalty',
  'repeat_last_n',
  'logit_bias',
  'seed',
  'ignore_eos',
  'grammar',
  'speculation',
  'chat_template_kwargs',
] as const;

/** Those of `names` that the body has. */
export function taken(fields: Fields, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names.map((name) => [name, fields.raw(name)] as const).filter(([, value]) => value !== undefined),
  );
}

/**
 * @param body of a chat completion
 * @param names [field of that body] = the field it was made of, for errors
 */
export function readTranslated(
  body: Readonly<Record<string, unknown>>,
  names: Readonly<Record<string, string>>,
  limits: ModelLimits,
): ChatRequest {
  try {
    const chat = readChatRequest(body, limits);
    // Both APIs tell their usage in every stream.
    return { ...chat, generation: { ...chat.generation, usageTold: 'always' } };
  } catch (thrown) {
    throw thrown instanceof ForetokenError ? renamed(thrown, names) : thrown;
  }
}

function renamed(error: ForetokenError, names: Readonly<Record<string, string>>): ForetokenError {
  const { param } = error;
  const [known, name] = Object.entries(names).find(([field]) => param?.startsWith(field) === true) ?? [];
  if (param === undefined || known === undefined || name === undefined) return error;
  const own = name + param.slice(known.length);
  return new ForetokenError(error.code, error.message.replaceAll(`'${param}'`, `'${own}'`), {
    param: own,
    cause: error,
  });
}
