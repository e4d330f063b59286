/** Reads the body of `POST /v1/chat/completions`. */
import { ForetokenError } from '../base/errors.js';
import type { ChatEnding, ChatMessage } from './codec.js';
import { Fields, invalid, isObject, show } from './fields.js';
import {
  generationFields,
  MAX_TOP_LOGPROBS,
  readGeneration,
  readTokenLimit,
  type GenerationOptions,
} from './generation-fields.js';
import { readToolCalls, readTools, toolVariables, type ToolRequest } from './tool-fields.js';
import type { ModelLimits } from './model-limits.js';

export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  /** Variables for the chat template besides the messages. */
  readonly templateVariables: Readonly<Record<string, unknown>>;
  /** What can be called; undefined: nothing. */
  readonly tools: ToolRequest | undefined;
  /** How the text that the model continues ends. */
  readonly ending: ChatEnding;
  readonly generation: GenerationOptions;
  /** What of the body was left out of account, in words. */
  readonly warnings: readonly string[];
}

const OLD_TOOLS = "this is the older form of OpenAI's API; send 'tools' instead.";

export const CHAT_FIELDS = generationFields([
  'messages',
  'max_completion_tokens',
  'top_logprobs',
  'chat_template_kwargs',
  'add_generation_prompt',
  'continue_final_message',
  'reasoning_effort',
  'verbosity',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'modalities',
]);
export const CHAT_UNSUPPORTED = {
  functions: OLD_TOOLS,
  function_call: OLD_TOOLS,
  audio: 'this server answers with text.',
  web_search_options: 'this server does not search the web.',
  moderation: 'this server does not moderate.',
} as const;

export function readChatRequest(body: unknown, limits: ModelLimits): ChatRequest {
  const fields = Fields.ofBody(body);
  const warnings = fields.nameUnknown(CHAT_FIELDS, CHAT_UNSUPPORTED, limits.strict);
  refuseOtherModalities(fields);
  const templateVariables = readTemplateVariables(fields);
  const tools = readTools(fields);
  return {
    messages: readMessages(fields.raw('messages')),
    templateVariables:
      tools === undefined
        ? templateVariables
        : { ...templateVariables, tools: toolVariables(tools.definitions) },
    tools,
    ending: readEnding(fields),
    generation: readGeneration(fields, limits, {
      maxTokens: readMaxTokens(fields),
      topLogprobs: readTopLogprobs(fields),
    }),
    warnings,
  };
}

/** OpenAI's fields for models that think or write at length are variables that a template may read. */
function readTemplateVariables(fields: Fields): Readonly<Record<string, unknown>> {
  const given = fields.raw('chat_template_kwargs') ?? {};
  if (!isObject(given)) throw invalid('chat_template_kwargs', 'an object', given);
  const variables: Record<string, unknown> = {};
  for (const name of ['reasoning_effort', 'verbosity']) {
    const value = fields.string(name);
    if (value !== undefined) variables[name] = value;
  }
  return { ...variables, ...given };
}

/** As vLLM: the beginning of an answer is added, unless the last message is to be continued. */
function readEnding(fields: Fields): ChatEnding {
  const added = fields.boolean('add_generation_prompt');
  const continued = fields.boolean('continue_final_message') ?? false;
  if (continued && added === true)
    throw new ForetokenError(
      'invalid_request',
      "'continue_final_message' and 'add_generation_prompt' contradict each other; give one of them.",
      { param: 'continue_final_message' },
    );
  return continued
    ? 'within the last message'
    : added === false
      ? 'after the last message'
      : 'before an answer';
}

function readMaxTokens(fields: Fields): number | undefined {
  const older = readTokenLimit(fields, 'max_tokens');
  const newer = readTokenLimit(fields, 'max_completion_tokens');
  if (older !== undefined && newer !== undefined && older !== newer)
    throw new ForetokenError(
      'invalid_request',
      `'max_tokens' (${older}) and 'max_completion_tokens' (${newer}) contradict each other; give the latter.`,
      { param: 'max_tokens' },
    );
  return newer ?? older;
}

function readTopLogprobs(fields: Fields): number {
  const wanted = fields.boolean('logprobs') ?? false;
  const top = fields.number('top_logprobs', { integer: true, min: 0, max: MAX_TOP_LOGPROBS });
  if (top !== undefined && !wanted)
    throw new ForetokenError('invalid_request', "'top_logprobs' is allowed only with 'logprobs': true.", {
      param: 'top_logprobs',
    });
  return wanted ? (top ?? 0) : -1;
}

function refuseOtherModalities(fields: Fields): void {
  const modalities = fields.raw('modalities');
  if (modalities === undefined) return;
  if (Array.isArray(modalities) && modalities.length === 1 && modalities[0] === 'text') return;
  throw invalid('modalities', `["text"]`, modalities);
}

const ROLES = ['system', 'developer', 'user', 'assistant', 'tool'] as const;
const MESSAGE_FIELDS = [
  'role',
  'content',
  'name',
  'tool_call_id',
  'reasoning_content',
  'tool_calls',
  // Clients send an earlier answer back as they got it.
  'refusal',
  'annotations',
];
const MESSAGE_UNSUPPORTED = { function_call: OLD_TOOLS, audio: 'this server reads text.' } as const;

function readMessages(value: unknown): ChatMessage[] {
  if (!Array.isArray(value) || value.length === 0)
    throw invalid('messages', 'an array of at least one message', value);
  return value.map((message: unknown, index) => readMessage(message, `messages[${index}]`));
}

function readMessage(value: unknown, path: string): ChatMessage {
  const fields = Fields.ofObject(value, path);
  fields.refuseUnknown(MESSAGE_FIELDS, MESSAGE_UNSUPPORTED);
  const role = fields.oneOf('role', ROLES);
  if (role === undefined)
    throw invalid(`${path}.role`, `one of ${ROLES.map((name) => `'${name}'`).join(', ')}`, undefined);
  const calls = readToolCalls(fields);
  if (calls !== undefined && role !== 'assistant')
    throw new ForetokenError(
      'invalid_request',
      `'${path}.tool_calls' belongs to the assistant's messages only.`,
      {
        param: `${path}.tool_calls`,
      },
    );
  const name = fields.string('name');
  const callId = fields.string('tool_call_id');
  const reasoning = fields.string('reasoning_content');
  return {
    // OpenAI's newer word for the same thing; templates know only the older one.
    role: role === 'developer' ? 'system' : role,
    content:
      role === 'assistant' ? readAnswer(fields, path) : readContent(fields.raw('content'), `${path}.content`),
    ...(name === undefined ? {} : { name }),
    ...(callId === undefined ? {} : { tool_call_id: callId }),
    ...(reasoning === undefined ? {} : { reasoning_content: reasoning }),
    ...(calls === undefined ? {} : { tool_calls: calls }),
  };
}

/** What an assistant said: clients send null beside calls, and where it refused. */
function readAnswer(fields: Fields, path: string): string {
  const content = fields.raw('content');
  const refusal = fields.string('refusal');
  if (content === undefined || (Array.isArray(content) && content.length === 0)) return refusal ?? '';
  return readContent(content, `${path}.content`);
}

/** A string, or text parts, which are put on lines of their own as llama-server and vLLM do. */
function readContent(value: unknown, path: string): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value) || value.length === 0)
    throw invalid(path, 'a string or an array of text parts', value);
  return value.map((part: unknown, index) => readPart(part, `${path}[${index}]`)).join('\n');
}

function readPart(value: unknown, path: string): string {
  const part = Fields.ofObject(value, path);
  const type = part.raw('type');
  // An earlier refusal, sent back as it came.
  const refusal = type === 'refusal' ? part.string('refusal') : undefined;
  if (refusal !== undefined) return refusal;
  if (type !== 'text')
    throw new ForetokenError(
      'invalid_request',
      `'${path}.type' must be 'text', since this server reads text only; got ${show(type)}.`,
      { param: `${path}.type` },
    );
  return part.requiredString('text');
}
