/** A prompt given back in front of its answer, and what its own tokens had for log-probabilities. */
import { ForetokenError } from '../base/errors.js';
import { charactersBegun, completionLogprobs, tokenText } from './logprobs.js';
/** Most log-probabilities of prompts in one answer: each is some 60 bytes of it. */
const MOST_ENTRIES = 1_000_000;
/**
 * @param encoded the prompt as it is computed
 * @param topLogprobs likeliest tokens at each place; -1 where no log-probabilities are asked for
 */
export async function echoOf(context, prompt, encoded, topLogprobs) {
    const text = typeof prompt === 'string' ? prompt : await context.codec.detokenize(prompt);
    if (topLogprobs < 0)
        return { text, tokens: [] };
    const tokenOf = async (token, index) => {
        const bytes = context.table.bytes(token);
        if (bytes.length > 0)
            return { text: tokenText(bytes), characters: charactersBegun(bytes) };
        const name = await context.codec.detokenize([token]);
        // What was only added in front stands nowhere in the text.
        return index === 0 && !text.startsWith(name)
            ? { text: '', characters: 0 }
            : { text: name, characters: charactersOf(name) };
    };
    return { text, tokens: await Promise.all(Array.from(encoded, tokenOf)) };
}
/** @throws ForetokenError `invalid_request` where the answer would be too large. */
export function requireScorable(prompts, topLogprobs) {
    const tokens = prompts.reduce((sum, prompt) => sum + prompt.length, 0);
    if (tokens * (topLogprobs + 1) <= MOST_ENTRIES)
        return;
    throw new ForetokenError('invalid_request', `Log-probabilities of ${tokens} prompt tokens with 'logprobs' ${topLogprobs} are more than the ${MOST_ENTRIES} ` +
        "that one answer may hold; send fewer prompts at a time, or a smaller 'logprobs'.", { param: 'logprobs' });
}
/**
 * `logprobs` of a prompt's tokens: the first has none, since nothing comes before it.
 * @param entries of the second token and those behind it
 */
export function echoLogprobs({ text, tokens }, entries, table) {
    // Some vocabularies put a space in front of a text, which is in the first token and not in the text.
    let place = Math.min(0, charactersOf(text) - tokens.reduce((sum, { characters }) => sum + characters, 0));
    const offsets = tokens.map(({ characters }) => {
        const start = Math.max(0, place);
        place += characters;
        return start;
    });
    const { token_logprobs, top_logprobs } = completionLogprobs(entries.map((logprob) => ({ logprob, start: 0, end: 0, offset: 0 })), table);
    return {
        tokens: tokens.map((token) => token.text),
        token_logprobs: [null, ...token_logprobs],
        top_logprobs: [null, ...top_logprobs],
        text_offset: offsets,
    };
}
/** The prompt's figures, and behind them those of what follows it. */
export function joinLogprobs(prompt, answer) {
    return {
        tokens: [...prompt.tokens, ...answer.tokens],
        token_logprobs: [...prompt.token_logprobs, ...answer.token_logprobs],
        top_logprobs: [...prompt.top_logprobs, ...answer.top_logprobs],
        text_offset: [...prompt.text_offset, ...answer.text_offset],
    };
}
export const charactersOf = (text) => charactersBegun(Buffer.from(text, 'utf8'));
//# sourceMappingURL=echo.js.map