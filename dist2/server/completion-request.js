/** Reads the bodies of `POST /v1/completions` and `POST /v1/embeddings`, which take texts or tokens. */
import { ForetokenError } from '../base/errors.js';
import { Fields, invalid, requireTokens, show } from './fields.js';
import { generationFields, MAX_CHOICES, MAX_TOP_LOGPROBS, readGeneration, } from './generation-fields.js';
/** What OpenAI generates where nothing is said. */
const DEFAULT_MAX_TOKENS = 16;
const MAX_INPUTS = 2048;
export const COMPLETION_FIELDS = generationFields(['prompt', 'parse_special', 'echo', 'best_of', 'suffix']);
export const COMPLETION_UNSUPPORTED = {
    messages: 'conversations go to /v1/chat/completions; this route takes a prompt.',
};
export function readCompletionRequest(body, limits) {
    const fields = Fields.ofBody(body);
    const warnings = fields.nameUnknown(COMPLETION_FIELDS, COMPLETION_UNSUPPORTED, limits.strict);
    const echo = fields.boolean('echo') ?? false;
    const logprobs = fields.number('logprobs', { integer: true, min: 0, max: MAX_TOP_LOGPROBS });
    const generation = readGeneration(fields, limits, {
        maxTokens: fields.number('max_tokens', { integer: true, min: 0 }) ?? DEFAULT_MAX_TOKENS,
        topLogprobs: logprobs ?? -1,
        promptLogprobs: echo && logprobs !== undefined,
        bestOf: fields.number('best_of', { integer: true, min: 1, max: MAX_CHOICES }),
    });
    if (generation.promptLogprobs && generation.bestOf > 1)
        throw new ForetokenError('invalid_request', `'echo' with 'logprobs' is answered with one choice for each prompt; got 'n' ${generation.n}.`, { param: 'n' });
    // Some clients send an empty one where they mean none.
    const suffix = fields.string('suffix') || undefined;
    if (suffix !== undefined && generation.promptLogprobs)
        throw new ForetokenError('invalid_request', "'echo' with 'logprobs' is not supported with 'suffix'.", {
            param: 'suffix',
        });
    const prompts = readPrompts(fields.raw('prompt'), 'prompt', limits.vocabularySize);
    if (prompts.length * generation.bestOf > MAX_CHOICES)
        throw new ForetokenError('invalid_request', `${prompts.length} prompts with ${generation.bestOf} choices each make more than ${MAX_CHOICES} choices; send fewer at a time.`, { param: 'prompt' });
    return {
        prompts,
        parseSpecial: fields.boolean('parse_special') ?? false,
        echo,
        suffix,
        generation,
        warnings,
    };
}
export const EMBEDDING_FIELDS = ['model', 'input', 'encoding_format', 'dimensions', 'user'];
export function readEmbeddingRequest(body, limits, embeddingWidth) {
    const fields = Fields.ofBody(body);
    const warnings = fields.nameUnknown(EMBEDDING_FIELDS, {}, limits.strict);
    return {
        dimensions: fields.number('dimensions', { integer: true, min: 1, max: embeddingWidth }) ?? embeddingWidth,
        warnings,
        inputs: readPrompts(fields.raw('input'), 'input', limits.vocabularySize),
        encoding: fields.oneOf('encoding_format', ['float', 'base64']) ?? 'float',
    };
}
/** One text, texts, one token array, token arrays. */
function readPrompts(value, path, vocabularySize) {
    if (typeof value === 'string')
        return [value];
    const allowed = 'a string, an array of strings, an array of token ids or an array of such arrays';
    if (!Array.isArray(value) || value.length === 0)
        throw invalid(path, allowed, value);
    const items = value;
    if (typeof items[0] === 'number')
        return [requireTokens(items, path, vocabularySize)];
    if (items.length > MAX_INPUTS)
        throw invalid(path, `an array of up to ${MAX_INPUTS} entries`, value);
    return items.map((item, index) => {
        if (typeof item === 'string')
            return item;
        if (Array.isArray(item))
            return requireTokens(item, `${path}[${index}]`, vocabularySize);
        throw invalid(path, `${allowed}; entry ${index} is ${show(item)}`, value);
    });
}
//# sourceMappingURL=completion-request.js.map