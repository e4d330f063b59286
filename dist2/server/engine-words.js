/**
 * What the engine says, in the words of who asks over HTTP: the field of the request that is at fault, and the flags
 * that give more room. The engine itself knows neither; its errors name the fields of its own requests.
 */
import { ForetokenError } from '../base/errors.js';
/** Where the names differ. */
const FIELDS = {
    maxTokens: 'max_tokens',
    'sampling.logitBias': 'logit_bias',
};
const HINTS = {
    context_length_exceeded: 'Start the server with a larger --ctx-size for longer ones.',
    queue_full: 'A larger --queue-limit lets more wait, a larger --parallel lets more run.',
    decode_failed: 'A smaller --ctx-size needs less memory.',
};
export function inWordsOfTheApi(error) {
    const { code, message, param } = error;
    const hint = HINTS[code];
    return new ForetokenError(code, hint === undefined ? message : `${message} ${hint}`, {
        param: param === undefined ? undefined : (FIELDS[param] ?? param),
    });
}
/**
 * Why a text is too long and what can be done: what the server gives each request, and what the model was trained for.
 * @param tokens how many the text has, in words
 */
export function tooLongText(info, what, tokens) {
    const { sequenceCapacity, contextTrain, parallel } = info;
    const more = contextTrain > sequenceCapacity
        ? `or give it more: the model was trained for ${contextTrain}, which --ctx-size ${contextTrain * parallel} gives ` +
            (parallel === 1 ? 'it.' : `each of ${parallel} requests at the same time.`)
        : 'since that is what the model was trained for.';
    return (`${what} has ${tokens} tokens, and a request may hold ${sequenceCapacity} here, answer included (--ctx-size). ` +
        `Shorten it, ${more}`);
}
//# sourceMappingURL=engine-words.js.map