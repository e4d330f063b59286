/**
 * What the bodies of other APIs have in common on their way to a chat request: they are written anew as the body of
 * `POST /v1/chat/completions` and read by its reader, so that every rule holds once for all.
 */
import { ForetokenError } from '../base/errors.js';
import { readChatRequest, type ChatRequest } from './chat-request.js';
import { Fields, invalid, show } from './fields.js';
import { EXTENSION_FIELDS } from './generation-fields.js';
import type { ModelLimits } from './model-limits.js';

/** Fields of ours that every API takes, as they are. */
export const COMMON_FIELDS = [...EXTENSION_FIELDS, 'chat_template_kwargs'] as const;

/** Those of `names` that the body has. */
export function taken(fields: Fields, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names.map((name) => [name, fields.raw(name)] as const).filter(([, value]) => value !== undefined),
  );
}

/**
 * The tools of a body, as a chat completion has them. Those of a type that only another's servers have are left out,
 * with a warning: clients send them to whoever they talk to.
 * @param own types of functions of the client's own
 * @param translate writes one of these anew
 * @param strict refuse the others
 * @param warnings told of those that are left out
 * @returns undefined where the body has no such field
 */
export function ownTools<Tool>(
  fields: Fields,
  own: readonly unknown[],
  translate: (tool: Fields) => Tool,
  strict: boolean,
  warnings: string[],
): Tool[] | undefined {
  const given = fields.raw('tools');
  if (given === undefined) return undefined;
  if (!Array.isArray(given)) throw invalid('tools', 'an array of tools', given);
  return given.flatMap((value: unknown, index) => {
    const tool = Fields.ofObject(value, `tools[${index}]`);
    const warning = foreignTool(tool, own, strict);
    if (warning === undefined) return [translate(tool)];
    warnings.push(warning);
    return [];
  });
}

/** What to warn of; undefined for functions of the client's own. */
function foreignTool(tool: Fields, own: readonly unknown[], strict: boolean): string | undefined {
  const type = tool.raw('type');
  if (own.includes(type)) return undefined;
  const told = `'${tool.path('type')}' is ${show(type)}, and this server has no tools of its own`;
  if (strict)
    throw new ForetokenError('invalid_request', `${told}; leave the tool out.`, { param: tool.path('type') });
  return `Tool ignored: ${told}.`;
}

/** [place in the body of a chat completion, what it is called where it came from], for errors. */
export type FieldNames = readonly (readonly [RegExp, string])[];

/**
 * @param body of a chat completion
 * @param warnings of fields that were not translated
 */
export function readTranslated(
  body: Readonly<Record<string, unknown>>,
  names: FieldNames,
  limits: ModelLimits,
  warnings: readonly string[],
): ChatRequest {
  try {
    const { tools, generation, ...chat } = readChatRequest(body, limits);
    const { grammar } = generation;
    return {
      ...chat,
      warnings,
      generation: {
        ...generation,
        // Both APIs tell their usage in every stream.
        usageTold: 'always',
        // Schemas are read later.
        grammar: grammar?.kind === 'schema' ? { ...grammar, param: renamed(grammar.param, names) } : grammar,
      },
      tools: tools && {
        ...tools,
        definitions: tools.definitions.map((tool) => ({ ...tool, param: renamed(tool.param, names) })),
      },
    };
  } catch (thrown) {
    throw thrown instanceof ForetokenError ? translated(thrown, names) : thrown;
  }
}

function renamed(param: string, names: FieldNames): string {
  return names.reduce((name, [place, own]) => name.replace(place, own), param);
}

function translated(error: ForetokenError, names: FieldNames): ForetokenError {
  const { param } = error;
  if (param === undefined) return error;
  const own = renamed(param, names);
  return new ForetokenError(error.code, error.message.replaceAll(`'${param}`, `'${own}`), {
    param: own,
    cause: error,
  });
}
