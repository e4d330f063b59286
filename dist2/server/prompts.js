/** Tokens of what a request brings, refused before the engine sees them where they cannot fit. */
import { ForetokenError } from '../base/errors.js';
import { tooLongText } from './engine-words.js';
/** @param parseSpecial read names of special tokens in a text as these tokens */
export async function encodePrompt(context, prompt, param, gone, parseSpecial = false) {
    if (typeof prompt === 'string')
        refuseHopelessText(context, prompt.length, param);
    const tokens = typeof prompt === 'string'
        ? await context.codec.tokenize(prompt, true, parseSpecial, gone)
        : withOneBeginning(context, prompt);
    return requireFit(context, tokens, param);
}
/** A query and a document, for a model that ranks. */
export async function encodePair(context, query, document, param, gone) {
    refuseHopelessText(context, query.length + document.length, param);
    return requireFit(context, await context.codec.encodePair(query, document, gone), param);
}
/** @param param the field that holds the conversation */
export async function encodeConversation(context, request, gone, param = 'messages') {
    const characters = request.messages.reduce(charactersOf, 0);
    refuseHopelessText(context, characters, param);
    const { messages, templateVariables, ending } = request;
    const tokens = await context.codec.encodeChat(messages, templateVariables, gone, ending);
    return requireFit(context, tokens, param);
}
/** Tokens of a conversation, also of one that does not fit. */
export async function countConversation(context, { messages, templateVariables, ending }, gone) {
    return (await context.codec.encodeChat(messages, templateVariables, gone, ending)).length;
}
/**
 * A text with a gap behind it, as models know it that were trained to fill gaps: what stands before, what stands behind,
 * and then what fills it.
 */
export async function encodeInfill(context, prompt, suffix, gone, parseSpecial) {
    const { codec } = context;
    if (codec.infill === undefined)
        throw new ForetokenError('invalid_request', `'suffix' is not supported by the model '${context.modelId}', which has no tokens to fill gaps with; leave it out.`, { param: 'suffix' });
    const length = (typeof prompt === 'string' ? prompt.length : 0) + suffix.length;
    refuseHopelessText(context, length, 'suffix');
    const tokensOf = (text) => codec.tokenize(text, false, parseSpecial, gone);
    const before = typeof prompt === 'string' ? await tokensOf(prompt) : prompt;
    const behind = await tokensOf(suffix);
    const { infill, beginning } = codec;
    const start = beginning === undefined ? [] : [beginning];
    const tokens = [...start, infill.prefix, ...before, infill.suffix, ...behind, infill.middle];
    return requireFit(context, Int32Array.from(tokens), 'suffix');
}
/** Characters of what the template puts into the text, near enough. */
function charactersOf(total, { content, reasoning_content: reasoning, tool_calls: calls }) {
    const called = calls?.reduce((sum, call) => sum + call.function.arguments.length, 0) ?? 0;
    return total + content.length + (reasoning?.length ?? 0) + called;
}
/** Tokens as they came, but a beginning-of-text token that is there several times in a row only once. */
function withOneBeginning({ codec: { beginning } }, tokens) {
    let first = 0;
    while (beginning !== undefined && tokens[first] === beginning && tokens[first + 1] === beginning)
        first += 1;
    return Int32Array.from(first === 0 ? tokens : tokens.slice(first));
}
/**
 * Tokenising megabytes would stop every other stream for seconds, so a text that is too long even in the
 * longest of all tokens is refused uncounted. (A character is at least one byte.)
 */
function refuseHopelessText(context, characters, param) {
    const { sequenceCapacity } = context.limits;
    // The longest token is looked up only for texts that are long in any model.
    if (characters < sequenceCapacity * 16)
        return;
    const atLeast = Math.ceil(characters / context.table.longestBytes);
    if (atLeast >= sequenceCapacity)
        throw tooLong(context, `at least ${atLeast}`, param);
}
function requireFit(context, tokens, param) {
    if (tokens.length === 0)
        throw new ForetokenError('invalid_request', `'${param}' must hold at least one token; got an empty text.`, {
            param,
        });
    if (tokens.length >= context.limits.sequenceCapacity)
        throw tooLong(context, String(tokens.length), param);
    return tokens;
}
function tooLong(context, tokens, param) {
    return new ForetokenError('context_length_exceeded', tooLongText(context.engine.info, `'${param}'`, tokens), { param });
}
//# sourceMappingURL=prompts.js.map