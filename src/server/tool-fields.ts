/**
 * Tools in requests: the definitions that a chat template may read, the calls and results of earlier turns.
 * What the model answers is text; calls in it are not parsed.
 */
import { ForetokenError } from '../base/errors.js';
import type { ToolCall } from './codec.js';
import { Fields, invalid } from './fields.js';

export const TOOL_CALLS_UNREAD =
  'calls in the answer are not parsed yet, so none can be asked for; leave the field out, or say auto or none.';
const MAX_TOOLS = 128;
const NAME = /^[\w.-]{1,128}$/;

/** The definitions that the template is given; undefined where there are none, or `tool_choice` is `none`. */
export function readTools(fields: Fields): readonly Readonly<Record<string, unknown>>[] | undefined {
  const choice = fields.raw('tool_choice');
  if (choice !== undefined && choice !== 'none' && choice !== 'auto')
    throw new ForetokenError('invalid_request', `'tool_choice' is not supported: ${TOOL_CALLS_UNREAD}`, {
      param: 'tool_choice',
    });
  const value = fields.raw('tools');
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.length > MAX_TOOLS)
    throw invalid('tools', `an array of up to ${MAX_TOOLS} tools`, value);
  const tools = value.map((tool: unknown, index) => readTool(tool, `tools[${index}]`));
  return tools.length === 0 || choice === 'none' ? undefined : tools;
}

function readTool(value: unknown, path: string): Readonly<Record<string, unknown>> {
  const tool = Fields.ofObject(value, path);
  tool.refuseUnknown(['type', 'function']);
  requireFunctionType(tool);
  const definition = tool.object('function');
  if (definition === undefined) throw invalid(`${path}.function`, 'an object', undefined);
  definition.refuseUnknown(['name', 'description', 'parameters', 'strict']);
  const name = readName(definition);
  const description = definition.string('description');
  const parameters = definition.object('parameters');
  definition.boolean('strict');
  return {
    type: 'function',
    function: {
      name,
      ...(description === undefined ? {} : { description }),
      ...(parameters === undefined ? {} : { parameters: definition.raw('parameters') }),
    },
  };
}

/** The calls of an assistant's earlier turn. */
export function readToolCalls(fields: Fields): readonly ToolCall[] | undefined {
  const value = fields.raw('tool_calls');
  if (value === undefined) return undefined;
  const path = fields.path('tool_calls');
  if (!Array.isArray(value) || value.length > MAX_TOOLS)
    throw invalid(path, `an array of up to ${MAX_TOOLS} calls`, value);
  const calls = value.map((call: unknown, index) => readToolCall(call, `${path}[${index}]`));
  return calls.length === 0 ? undefined : calls;
}

function readToolCall(value: unknown, path: string): ToolCall {
  const call = Fields.ofObject(value, path);
  // Streams number their calls, and clients send them back as they came.
  call.refuseUnknown(['id', 'type', 'function', 'index']);
  requireFunctionType(call);
  const called = call.object('function');
  if (called === undefined) throw invalid(`${path}.function`, 'an object', undefined);
  called.refuseUnknown(['name', 'arguments']);
  const id = call.string('id');
  return {
    ...(id === undefined ? {} : { id }),
    type: 'function',
    function: { name: readName(called), arguments: called.string('arguments') ?? '{}' },
  };
}

function requireFunctionType(fields: Fields): void {
  fields.oneOf('type', ['function']);
}

function readName(fields: Fields): string {
  const name = fields.string('name');
  if (name === undefined || !NAME.test(name))
    throw invalid(fields.path('name'), 'a name of up to 128 letters, digits, _, . and -', name);
  return name;
}
