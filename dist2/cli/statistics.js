import { table } from './terminal.js';
const percent = (part, whole) => `${Math.round((100 * part) / whole)} %`;
/** Tokens a second from the first token to the last; undefined for an answer of one token. */
export const tokensPerSecond = ({ outputTokens, decodeMs }) => outputTokens > 1 && decodeMs > 0 ? ((outputTokens - 1) * 1000) / decodeMs : undefined;
const firstTokenMs = ({ queueMs, prefillMs }) => queueMs + prefillMs;
/** Tokens that a step commits on average, its own one included. */
const acceptanceLength = ({ outputTokens, decodeSteps }) => (outputTokens / decodeSteps).toFixed(2);
const ENDINGS = {
    length: 'stopped at the limit (--predict, or --ctx-size)',
    cancelled: 'cancelled',
};
/** One line: how much, how fast, and what guessing did for it. */
export function statisticsText(statistics, reason) {
    const { outputTokens, promptTokens, cachedTokens, draftTokens, acceptedTokens, decodeSteps } = statistics;
    const speed = tokensPerSecond(statistics);
    const parts = [
        `${outputTokens} tokens`,
        ...(speed === undefined ? [] : [`${speed.toFixed(1)} tokens/s`]),
        `first after ${firstTokenMs(statistics).toFixed(0)} ms`,
        `prompt ${promptTokens} tokens${cachedTokens > 0 ? `, ${cachedTokens} cached` : ''}`,
    ];
    if (draftTokens > 0) {
        parts.push(`${percent(acceptedTokens, draftTokens)} of ${draftTokens} guesses right`);
        if (decodeSteps > 0)
            parts.push(`${acceptanceLength(statistics)} tokens a step`);
    }
    const ending = ENDINGS[reason];
    if (ending !== undefined)
        parts.push(ending);
    return parts.join(' · ');
}
/** The same answer with speculation off and on, side by side. */
export function comparisonText(off, mode, on) {
    const row = (name, statistics) => [
        name,
        String(statistics.outputTokens),
        tokensPerSecond(statistics)?.toFixed(1) ?? '-',
        statistics.draftTokens === 0 ? '-' : percent(statistics.acceptedTokens, statistics.draftTokens),
        statistics.decodeSteps === 0 ? '-' : acceptanceLength(statistics),
    ];
    const [before, after] = [tokensPerSecond(off), tokensPerSecond(on)];
    const rows = [
        ['speculation', 'tokens', 'tokens/s', 'guesses right', 'tokens a step'],
        row('off', off),
        row(mode, on),
    ];
    const gain = before === undefined || after === undefined ? '' : `\nspeed: ${(after / before).toFixed(2)}x`;
    return `${table(rows)}${gain}`;
}
/** Index of the first character in which two texts differ; undefined when they are the same. */
export function firstDifference(a, b) {
    if (a === b)
        return undefined;
    let at = 0;
    while (a[at] === b[at])
        at++;
    return at;
}
//# sourceMappingURL=statistics.js.map