/** The fields, named as vLLM's, that say when a text may end and with what: `min_tokens`, `stop_token_ids` and the like. */
import { ForetokenError } from '../base/errors.js';
import { invalid, requireTokens } from './fields.js';
const MAX_STOP_TOKENS = 128;
/** @param maxTokens most tokens of an answer; undefined: as many as fit */
export function readEndings(fields, limits, maxTokens) {
    const minTokens = fields.number('min_tokens', { integer: true, min: 0 }) ?? 0;
    if (maxTokens !== undefined && minTokens > maxTokens)
        throw new ForetokenError('invalid_request', `'min_tokens' (${minTokens}) is more than the most tokens asked for (${maxTokens}).`, { param: 'min_tokens' });
    // Names of special tokens are never part of a text here.
    if (fields.boolean('skip_special_tokens') === false)
        throw new ForetokenError('invalid_request', "'skip_special_tokens' can only be true here: special tokens are never part of an answer's text.", { param: 'skip_special_tokens' });
    return {
        minTokens,
        stopTokens: readStopTokens(fields, limits.vocabularySize),
        includeStop: fields.boolean('include_stop_str_in_output') ?? false,
    };
}
function readStopTokens(fields, vocabularySize) {
    const value = fields.raw('stop_token_ids');
    if (value === undefined)
        return [];
    if (!Array.isArray(value) || value.length > MAX_STOP_TOKENS)
        throw invalid('stop_token_ids', `an array of up to ${MAX_STOP_TOKENS} token ids`, value);
    return requireTokens(value, 'stop_token_ids', vocabularySize);
}
//# sourceMappingURL=ending-fields.js.map