/** What an answer cost: OpenAI's `usage`, llama-server's `timings`, vLLM's figures of speculation. */
import { sum } from '../base/statistics.js';
import type { Exactness, RequestStatistics } from '../engine/types.js';

export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details: { readonly cached_tokens: number };
}

/** The counts alone, for chunks on the way. */
export type UsageSoFar = Omit<Usage, 'prompt_tokens_details'>;

/** A finished choice's statistics and which prompt it belongs to. */
export interface Spent {
  readonly promptIndex: number;
  readonly statistics: RequestStatistics;
}

/**
 * A prompt counts once, however many choices continue it; it counts as cached as far as none of them had to
 * compute it.
 */
export function usageOf(spent: readonly Spent[]): Usage {
  const prompts = new Map<number, { tokens: number; cached: number }>();
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

export interface Timings {
  readonly cache_n: number;
  readonly prompt_n: number;
  readonly prompt_ms: number;
  readonly prompt_per_token_ms: number;
  readonly prompt_per_second: number;
  readonly predicted_n: number;
  readonly predicted_ms: number;
  readonly predicted_per_token_ms: number;
  readonly predicted_per_second: number;
  readonly draft_n?: number;
  readonly draft_n_accepted?: number;
}

/**
 * As llama-server computes them: the first token is the prompt's, so rates of prediction count one less.
 * Several choices run side by side: their tokens add up, the time is that of the longest.
 */
export function timingsOf(spent: readonly Spent[]): Timings {
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

export interface SpeculationFigures {
  /** Tokens a drafted step commits, its bonus token included; 1 where nothing was drafted. */
  readonly mean_acceptance_length: number;
  /** Accepted of the drafted tokens; null where nothing was drafted. */
  readonly draft_acceptance_rate: number | null;
  /** [k] = drafts of which exactly k tokens were accepted. */
  readonly acceptance_histogram: readonly number[];
  readonly num_drafts: number;
  readonly num_draft_tokens: number;
  readonly num_accepted_tokens: number;
}

export function speculationOf(spent: readonly Spent[]): SpeculationFigures {
  const all = spent.map(({ statistics }) => statistics);
  const drafts = sum(all, (one) => one.drafts);
  const drafted = sum(all, (one) => one.draftTokens);
  const accepted = sum(all, (one) => one.acceptedTokens);
  const histogram: number[] = [];
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

/** The additions to OpenAI's answer, the same for a whole answer and for the last chunk of a stream. */
export interface Additions {
  readonly exactness: Exactness;
  readonly timings: Timings;
  readonly metrics: { readonly speculative_decoding: SpeculationFigures };
}

export function additionsOf(spent: readonly Spent[], exactness: Exactness): Additions {
  return {
    exactness,
    timings: timingsOf(spent),
    metrics: { speculative_decoding: speculationOf(spent) },
  };
}

const ratio = (over: number, under: number): number => (under > 0 ? over / under : 0);

/** What a stream says of its usage: nothing, at its end, or with every chunk. */
export type UsageTold = 'never' | 'at the end' | 'always';
