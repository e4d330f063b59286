/** What an answer cost: OpenAI's `usage`, llama-server's `timings`, vLLM's figures of speculation. */
import { sum } from '../base/statistics.js';
/**
 * A prompt counts once, however many choices continue it; it counts as cached as far as none of them had to
 * compute it.
 */
export function usageOf(spent) {
    const prompts = new Map();
    let completionTokens = 0;
    for (const { promptIndex, statistics } of spent) {
        completionTokens += statistics.outputTokens;
        const cached = Math.min(statistics.cachedTokens, prompts.get(promptIndex)?.cached ?? Infinity);
        prompts.set(promptIndex, { tokens: statistics.promptTokens, cached });
    }
    const promptTokens = sum([...prompts.values()], (prompt) => prompt.tokens);
    return {
        prompt_tokens: promptTokens,
        completion_tokens: completionTokens,
        total_tokens: promptTokens + completionTokens,
        prompt_tokens_details: { cached_tokens: sum([...prompts.values()], (prompt) => prompt.cached) },
    };
}
/**
 * As llama-server computes them: the first token is the prompt's, so rates of prediction count one less.
 * Several choices run side by side: their tokens add up, the time is that of the longest.
 */
export function timingsOf(spent) {
    const all = spent.map(({ statistics }) => statistics);
    const cached = sum(all, (one) => one.cachedTokens);
    const prompt = sum(all, (one) => one.promptTokens) - cached;
    const promptMs = Math.max(0, ...all.map((one) => one.prefillMs));
    const predicted = sum(all, (one) => one.outputTokens);
    const predictedMs = Math.max(0, ...all.map((one) => one.decodeMs));
    const steps = sum(all, (one) => Math.max(0, one.outputTokens - 1));
    const drafted = sum(all, (one) => one.draftTokens);
    return {
        cache_n: cached,
        prompt_n: prompt,
        prompt_ms: promptMs,
        prompt_per_token_ms: ratio(promptMs, prompt),
        prompt_per_second: ratio(1000 * prompt, promptMs),
        predicted_n: predicted,
        predicted_ms: predictedMs,
        predicted_per_token_ms: ratio(predictedMs, steps),
        predicted_per_second: ratio(1000 * steps, predictedMs),
        ...(drafted === 0 ? {} : { draft_n: drafted, draft_n_accepted: sum(all, (one) => one.acceptedTokens) }),
    };
}
export function speculationOf(spent) {
    const all = spent.map(({ statistics }) => statistics);
    const drafts = sum(all, (one) => one.drafts);
    const drafted = sum(all, (one) => one.draftTokens);
    const accepted = sum(all, (one) => one.acceptedTokens);
    const histogram = [];
    for (const one of all)
        one.acceptanceHistogram.forEach((count, length) => {
            histogram[length] = (histogram[length] ?? 0) + count;
        });
    return {
        mean_acceptance_length: 1 + ratio(accepted, drafts),
        draft_acceptance_rate: drafted === 0 ? null : accepted / drafted,
        acceptance_histogram: histogram,
        num_drafts: drafts,
        num_draft_tokens: drafted,
        num_accepted_tokens: accepted,
    };
}
export function additionsOf(spent, exactness) {
    return {
        exactness,
        timings: timingsOf(spent),
        metrics: { speculative_decoding: speculationOf(spent) },
    };
}
const ratio = (over, under) => (under > 0 ? over / under : 0);
//# sourceMappingURL=usage.js.map