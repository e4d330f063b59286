/** Reads the body of OpenAI's `POST /v1/responses` as a chat request. */
import { ForetokenError } from '../base/errors.js';
import { COMMON_FIELDS, ownTools, readTranslated, taken, type FieldNames } from './chat-body.js';
import type { ChatRequest } from './chat-request.js';
import { Fields, invalid, isObject, show } from './fields.js';
import type { ResponseStore } from './response-store.js';
import { chatTurns, type Item } from './responses-items.js';
import type { ModelLimits } from './model-limits.js';

const OWN_FIELDS = [
  'model',
  'input',
  'instructions',
  'max_output_tokens',
  'stream',
  'temperature',
  'top_p',
  'top_k',
  'top_logprobs',
  'stop',
  'text',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'previous_response_id',
  'store',
  'include',
  'reasoning',
  'background',
] as const;
/** These change no text. */
const IGNORED_FIELDS = [
  'metadata',
  'max_tool_calls',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'safety_identifier',
  'service_tier',
  'stream_options',
  'truncation',
  'user',
] as const;
export const RESPONSES_FIELDS = [...OWN_FIELDS, ...IGNORED_FIELDS, ...COMMON_FIELDS] as const;
export const RESPONSES_UNSUPPORTED = {
  conversation: 'this server keeps answers only; send previous_response_id, or the whole conversation.',
  prompt: 'this server keeps no prompts; write it into instructions and input.',
  context_management: 'this server shortens no conversation; send what fits.',
} as const;

const NAMES: FieldNames = [
  [/^max_completion_tokens/, 'max_output_tokens'],
  [/^response_format\.json_schema/, 'text.format'],
  [/^response_format/, 'text.format'],
  [/^(tools\[\d+\])\.function/, '$1'],
  [/^tool_choice\.(function|allowed_tools)/, 'tool_choice'],
  [/^reasoning_effort/, 'reasoning.effort'],
  [/^verbosity/, 'text.verbosity'],
];

export interface ResponsesRequest {
  readonly chat: ChatRequest;
  /** The conversation, without instructions. */
  readonly items: readonly Item[];
  /** Keep the answer for later requests. */
  readonly store: boolean;
  /** What the answer repeats of the request. */
  readonly echo: Readonly<Record<string, unknown>>;
}

/** @param owner whose answers may be referred to */
export function readResponsesRequest(
  body: unknown,
  limits: ModelLimits,
  store: ResponseStore,
  owner: string,
): ResponsesRequest {
  const fields = Fields.ofBody(body);
  const warnings = [...fields.nameUnknown(RESPONSES_FIELDS, RESPONSES_UNSUPPORTED, limits.strict)];
  if (fields.boolean('background') === true)
    throw new ForetokenError(
      'invalid_request',
      "'background' is not supported: an answer is given to the request that asks for it.",
      { param: 'background' },
    );
  const previous = readPrevious(fields, store, owner);
  const items = [...previous, ...readInput(fields, store, owner)];
  const instructions = fields.string('instructions');
  const include = fields.raw('include');
  const top = fields.number('top_logprobs', { integer: true, min: 0 }) ?? 0;
  const wantsLogprobs =
    top > 0 || (Array.isArray(include) && include.includes('message.output_text.logprobs'));
  const maxTokens = fields.raw('max_output_tokens');
  const format = readFormat(fields);
  const effort = fields.object('reasoning')?.raw('effort');
  const verbosity = fields.object('text')?.raw('verbosity');
  const chat = readTranslated(
    {
      ...taken(fields, ['stream', 'temperature', 'top_p', 'top_k', 'stop', ...COMMON_FIELDS]),
      messages: [
        ...(instructions === undefined ? [] : [{ role: 'system', content: instructions }]),
        ...chatTurns(items, previous.length),
      ],
      ...(maxTokens === undefined ? {} : { max_completion_tokens: maxTokens }),
      ...(wantsLogprobs ? { logprobs: true, top_logprobs: top } : {}),
      ...(effort === undefined ? {} : { reasoning_effort: effort }),
      ...(verbosity === undefined ? {} : { verbosity }),
      ...(format === undefined ? {} : { response_format: format }),
      ...readTools(fields, limits.strict, warnings),
    },
    NAMES,
    limits,
    warnings,
  );
  const { temperature, topP } = chat.generation.sampling;
  return {
    chat,
    items,
    store: fields.boolean('store') ?? true,
    echo: {
      instructions: instructions ?? null,
      max_output_tokens: maxTokens ?? null,
      metadata: fields.raw('metadata') ?? {},
      parallel_tool_calls: fields.boolean('parallel_tool_calls') ?? true,
      previous_response_id: fields.raw('previous_response_id') ?? null,
      reasoning: fields.raw('reasoning') ?? { effort: null, summary: null },
      temperature,
      text: { format: { type: 'text' }, ...(fields.raw('text') as object | undefined) },
      tool_choice: fields.raw('tool_choice') ?? 'auto',
      tools: fields.raw('tools') ?? [],
      top_logprobs: top,
      top_p: topP,
      truncation: 'disabled',
      user: fields.raw('user') ?? null,
    },
  };
}

function readPrevious(fields: Fields, store: ResponseStore, owner: string): readonly Item[] {
  const id = fields.string('previous_response_id');
  if (id === undefined) return [];
  const previous = store.get(id, owner);
  if (previous !== undefined) return previous.items;
  throw new ForetokenError(
    'invalid_request',
    `'previous_response_id' ${show(id)} is not known (any more): answers are kept in memory, the latest only, and ` +
      "unless 'store' is false. Send the whole conversation as 'input'.",
    { param: 'previous_response_id' },
  );
}

function readInput(fields: Fields, store: ResponseStore, owner: string): readonly Item[] {
  const input = fields.raw('input');
  if (typeof input === 'string') return [{ role: 'user', content: input }];
  if (!Array.isArray(input) || input.length === 0)
    throw invalid('input', 'a text or an array of at least one item', input);
  return input.map((item: unknown, index) => {
    if (!isObject(item)) throw invalid(`input[${index}]`, 'an object', item);
    if (item['type'] !== 'item_reference') return item;
    const known = store.item(String(item['id']), owner);
    if (known !== undefined) return known;
    throw new ForetokenError(
      'invalid_request',
      `'input[${index}].id' refers to ${show(item['id'])}, which is not kept (any more); send the item itself.`,
      { param: `input[${index}].id` },
    );
  });
}

function readFormat(fields: Fields): unknown {
  const format = fields.object('text')?.object('format');
  if (format === undefined) return undefined;
  const type = format.oneOf('type', ['text', 'json_object', 'json_schema']);
  if (type !== 'json_schema') return { type };
  return { type, json_schema: taken(format, ['name', 'description', 'schema', 'strict']) };
}

/** @param warnings told of tools that are left out */
function readTools(fields: Fields, strict: boolean, warnings: string[]): Readonly<Record<string, unknown>> {
  const tools = ownTools(fields, ['function'], readTool, strict, warnings);
  const choice = readToolChoice(fields);
  return {
    ...(tools === undefined ? {} : { tools }),
    ...(choice === undefined ? {} : { tool_choice: choice }),
    ...taken(fields, ['parallel_tool_calls']),
  };
}

function readTool(tool: Fields) {
  const definition: Record<string, unknown> = taken(tool, ['name', 'description', 'parameters', 'strict']);
  return { type: 'function', function: definition };
}

/** As the chat route has it. */
function readToolChoice(fields: Fields): unknown {
  const choice = fields.raw('tool_choice');
  if (!isObject(choice)) return choice;
  const named = Fields.ofObject(choice, 'tool_choice');
  if (named.oneOf('type', ['function', 'allowed_tools']) === 'function') return functionNamed(named);
  const tools = named.raw('tools');
  if (!Array.isArray(tools)) throw invalid('tool_choice.tools', 'an array of tools', tools);
  const functions = tools
    .map((tool: unknown, index) => Fields.ofObject(tool, `tool_choice.tools[${index}]`))
    .filter((tool) => tool.raw('type') === 'function');
  return {
    type: 'allowed_tools',
    allowed_tools: { ...taken(named, ['mode']), tools: functions.map(functionNamed) },
  };
}

const functionNamed = (fields: Fields) => ({ type: 'function', function: { name: fields.string('name') } });
