/**
 * What a request did, told once when it ends, however it ends. Statistics, logs and the store of earlier outputs read
 * this record and nothing else; what a client is told of its request is part of it.
 */
import { sum } from '../base/statistics.js';
import { guessTotals } from './guess-counts.js';
export function statisticsOf({ guesses, ...counts }) {
    const { draftTokens, acceptedTokens } = guessTotals(guesses);
    return { ...counts, drafts: sum(counts.acceptanceHistogram), draftTokens, acceptedTokens };
}
/** The reason in words, with its figure. */
export function notSpeculatedText({ notSpeculated, bestGain, }) {
    if (notSpeculated === undefined || bestGain === undefined)
        return notSpeculated;
    return `${notSpeculated}: best gain ${(100 * bestGain).toFixed(1)} %`;
}
/** The record of a request that ended in an error before anything was done for it. */
export function recordOfRefused(id, error, label = 0, promptTokens = 0) {
    return {
        id,
        label,
        reason: 'error',
        error,
        tokens: undefined,
        speculation: { mode: 'off', proposers: [] },
        arrivedMs: undefined,
        guesses: {},
        notSpeculated: 'it ended before its first token',
        bestGain: undefined,
        statistics: statisticsOf({
            promptTokens,
            cachedTokens: 0,
            outputTokens: 0,
            queueMs: 0,
            prefillMs: 0,
            decodeMs: 0,
            acceptanceHistogram: [],
            guesses: {},
            decodeSteps: 0,
            preemptions: 0,
        }),
    };
}
//# sourceMappingURL=request-record.js.map