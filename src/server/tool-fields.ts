/** Tools in requests: what can be called, whether it must be, and the calls of earlier turns. */
import { ForetokenError } from '../base/errors.js';
import type { ToolCall } from './codec.js';
import { Fields, invalid } from './fields.js';

const MAX_TOOLS = 128;
const NAME = /^[\w.-]{1,128}$/;

/** A function that the model may call. */
export interface FunctionTool {
  readonly name: string;
  readonly description?: string;
  /** JSON schema of its arguments, as it came. */
  readonly parameters?: unknown;
  /** The request's field that holds the schema, for errors. */
  readonly param: string;
}

export interface ToolRequest {
  /** What the model is told of. */
  readonly definitions: readonly FunctionTool[];
  /** `{ name }`: this one must be called. */
  readonly choice: 'auto' | 'required' | { readonly name: string };
  /** Several calls in one answer. */
  readonly parallel: boolean;
}

/** Undefined where nothing can be called: there are no tools, or `tool_choice` is `none`. */
export function readTools(fields: Fields): ToolRequest | undefined {
  const value = fields.raw('tools');
  if (value !== undefined && (!Array.isArray(value) || value.length > MAX_TOOLS))
    throw invalid('tools', `an array of up to ${MAX_TOOLS} tools`, value);
  const definitions = ((value ?? []) as readonly unknown[]).map((tool, index) =>
    readTool(tool, `tools[${index}]`),
  );
  const parallel = fields.boolean('parallel_tool_calls') ?? true;
  const { choice, allowed } = readToolChoice(fields);
  allowed?.forEach((name) => {
    if (!definitions.some((definition) => definition.name === name)) throw notAmongTools(name);
  });
  const chosen = definitions.filter(({ name }) => allowed?.has(name) !== false);
  return chosenTools(chosen, choice, parallel);
}

const notAmongTools = (name: string): ForetokenError =>
  new ForetokenError('invalid_request', `'tool_choice' names '${name}', which 'tools' does not hold.`, {
    param: 'tool_choice',
  });

/** @throws ForetokenError `invalid_request` for names given twice, and for a choice that there is not */
function chosenTools(
  definitions: readonly FunctionTool[],
  choice: 'none' | ToolRequest['choice'],
  parallel: boolean,
): ToolRequest | undefined {
  const names = new Set<string>();
  definitions.forEach(({ name, param }) => {
    if (names.has(name))
      throw new ForetokenError('invalid_request', `'${param}' is of a second function named '${name}'.`, {
        param: 'tools',
      });
    names.add(name);
  });
  if (choice !== 'none' && choice !== 'auto' && names.size === 0)
    throw new ForetokenError(
      'invalid_request',
      `'tool_choice' asks for a call, but 'tools' holds no function.`,
      {
        param: 'tool_choice',
      },
    );
  if (typeof choice === 'object' && !names.has(choice.name)) throw notAmongTools(choice.name);
  return choice === 'none' || names.size === 0 ? undefined : { definitions, choice, parallel };
}

/** The definitions as chat templates read them: OpenAI's shape. */
export function toolVariables(definitions: readonly FunctionTool[]): readonly unknown[] {
  return definitions.map(({ name, description, parameters }) => ({
    type: 'function',
    function: {
      name,
      ...(description === undefined ? {} : { description }),
      ...(parameters === undefined ? {} : { parameters }),
    },
  }));
}

/** `allowed`: only these of the tools may be called. */
function readToolChoice(fields: Fields): {
  readonly choice: 'none' | ToolRequest['choice'];
  readonly allowed?: ReadonlySet<string>;
} {
  const choice = fields.raw('tool_choice');
  if (choice === undefined) return { choice: 'auto' };
  if (choice === 'none' || choice === 'auto' || choice === 'required') return { choice } as const;
  if (typeof choice === 'string')
    throw invalid('tool_choice', "'none', 'auto', 'required' or an object that names functions", choice);
  const named = Fields.ofObject(choice, 'tool_choice');
  if (named.oneOf('type', ['function', 'allowed_tools']) === 'allowed_tools') {
    const some = named.object('allowed_tools');
    const tools = some?.raw('tools');
    if (!Array.isArray(tools) || tools.length === 0 || tools.length > MAX_TOOLS)
      throw invalid('tool_choice.allowed_tools.tools', `an array of 1 to ${MAX_TOOLS} tools`, tools);
    const names = tools.map((tool: unknown, index) =>
      calledName(Fields.ofObject(tool, `tool_choice.allowed_tools.tools[${index}]`)),
    );
    return { choice: some?.oneOf('mode', ['auto', 'required'] as const) ?? 'auto', allowed: new Set(names) };
  }
  return { choice: { name: calledName(named) } };
}

/** Of `{"type": "function", "function": {"name"}}`. */
function calledName(reference: Fields): string {
  requireFunctionType(reference);
  const called = reference.object('function');
  if (called === undefined) throw invalid(reference.path('function'), 'an object', undefined);
  return readName(called);
}

function readTool(value: unknown, path: string): FunctionTool {
  const tool = Fields.ofObject(value, path);
  tool.refuseUnknown(['type', 'function']);
  requireFunctionType(tool);
  const definition = tool.object('function');
  if (definition === undefined) throw invalid(`${path}.function`, 'an object', undefined);
  definition.refuseUnknown(['name', 'description', 'parameters', 'strict']);
  definition.boolean('strict');
  definition.object('parameters');
  const description = definition.string('description');
  const parameters = definition.raw('parameters');
  return {
    name: readName(definition),
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined ? {} : { parameters }),
    param: `${path}.function.parameters`,
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
