/**
 * What the bodies of other APIs have in common on their way to a chat request: they are written anew as the body of
 * `POST /v1/chat/completions` and read by its reader, so that every rule holds once for all.
 */
import { ForetokenError } from '../base/errors.js';
import { readChatRequest } from './chat-request.js';
import { Fields, invalid, show } from './fields.js';
import { EXTENSION_FIELDS } from './generation-fields.js';
/** Fields of ours that every API takes, as they are. */
export const COMMON_FIELDS = [...EXTENSION_FIELDS, 'chat_template_kwargs'];
/** Those of `names` that the body has. */
export function taken(fields, names) {
    return Object.fromEntries(names.map((name) => [name, fields.raw(name)]).filter(([, value]) => value !== undefined));
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
export function ownTools(fields, own, translate, strict, warnings) {
    const given = fields.raw('tools');
    if (given === undefined)
        return undefined;
    if (!Array.isArray(given))
        throw invalid('tools', 'an array of tools', given);
    return given.flatMap((value, index) => {
        const tool = Fields.ofObject(value, `tools[${index}]`);
        const warning = foreignTool(tool, own, strict);
        if (warning === undefined)
            return [translate(tool)];
        warnings.push(warning);
        return [];
    });
}
/** What to warn of; undefined for functions of the client's own. */
function foreignTool(tool, own, strict) {
    const type = tool.raw('type');
    if (own.includes(type))
        return undefined;
    const told = `'${tool.path('type')}' is ${show(type)}, and this server has no tools of its own`;
    if (strict)
        throw new ForetokenError('invalid_request', `${told}; leave the tool out.`, { param: tool.path('type') });
    return `Tool ignored: ${told}.`;
}
/**
 * @param body of a chat completion
 * @param warnings of fields that were not translated
 */
export function readTranslated(body, names, limits, warnings) {
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
    }
    catch (thrown) {
        throw thrown instanceof ForetokenError ? translated(thrown, names) : thrown;
    }
}
function renamed(param, names) {
    return names.reduce((name, [place, own]) => name.replace(place, own), param);
}
function translated(error, names) {
    const { param } = error;
    if (param === undefined)
        return error;
    const own = renamed(param, names);
    return new ForetokenError(error.code, error.message.replaceAll(`'${param}`, `'${own}`), {
        param: own,
        cause: error,
    });
}
//# sourceMappingURL=chat-body.js.map