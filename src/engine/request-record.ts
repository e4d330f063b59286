/**
 * What a request did, told once when it ends, however it ends. Statistics, logs and the store of earlier outputs read
 * this record and nothing else; what a client is told of its request is part of it.
 */
import { sum } from '../base/statistics.js';
import type { DraftId } from '../base/draft-id.js';
import type { PlainError } from '../base/errors.js';
import { guessTotals, type GuessCounts } from './guess-counts.js';
import type { AllowedSpeculation, NeverSpeculated } from './speculation-mode.js';

/**
 * How a request ended: `finished` by the model's end-of-generation token, `stopped` by a stop text, `length`
 * by its limit or the context's, `cancelled` by the client, `error`.
 */
export type FinishReason = 'finished' | 'stopped' | 'length' | 'cancelled' | 'error';

/** Why no guess was verified for a request. */
export type NotSpeculated =
  | NeverSpeculated
  | 'it ended before its first token'
  | 'no room for guesses'
  | 'no guesses were looked for, since they did not pay lately'
  | 'no proposer had a guess'
  | 'no proposer pays';

/** Counts of one request; times in milliseconds on the engine's monotonic clock. */
export interface RequestStatistics {
  readonly promptTokens: number;
  /** Prompt tokens that were in the KV cache already. */
  readonly cachedTokens: number;
  readonly outputTokens: number;
  /** Waiting before the first step that computed anything for it. */
  readonly queueMs: number;
  /** From first computation to first token. */
  readonly prefillMs: number;
  /** From first to last token. */
  readonly decodeMs: number;
  /** Steps in which at least one token was drafted for it. */
  readonly drafts: number;
  readonly draftTokens: number;
  readonly acceptedTokens: number;
  /** [k] = number of drafts of which exactly k tokens were accepted. */
  readonly acceptanceHistogram: readonly number[];
  /** Verification steps including those without a draft: outputTokens / steps = mean acceptance length. */
  readonly decodeSteps: number;
  readonly preemptions: number;
}

export interface RequestRecord {
  readonly id: number;
  /** What kind of work it was. */
  readonly label: number;
  readonly reason: FinishReason;
  readonly error?: PlainError | undefined;
  /**
   * Prompt and output, one after the other: the first `statistics.promptTokens` are the prompt. Outside the engine
   * thread only where somebody asked for tokens; undefined, too, of a request that was refused.
   */
  readonly tokens: Int32Array | undefined;
  /** What was allowed. */
  readonly speculation: Pick<AllowedSpeculation, 'mode' | 'proposers'>;
  /** The draft model that it had; undefined where it never got one. */
  readonly draft: DraftId | undefined;
  /** Where another token was written than those guessed there: counted from the output's beginning, ascending. */
  readonly refusedAt: readonly number[];
  /** On the engine's monotonic clock; undefined of a request that was refused. */
  readonly arrivedMs: number | undefined;
  /** Guesses verified and accepted, by who made them and by position. */
  readonly guesses: Readonly<GuessCounts>;
  /** Undefined when a guess was verified for it. */
  readonly notSpeculated: NotSpeculated | undefined;
  /** `no proposer pays`: the most that guesses promised in any step, goodput over that without them less 1. */
  readonly bestGain: number | undefined;
  readonly statistics: RequestStatistics;
}

/** @param counts what a request has counted so far */
export function statisticsOf(
  counts: Omit<RequestStatistics, 'drafts' | 'draftTokens' | 'acceptedTokens'>,
  guesses: Readonly<GuessCounts>,
): RequestStatistics {
  const { draftTokens, acceptedTokens } = guessTotals(guesses);
  return { ...counts, drafts: sum(counts.acceptanceHistogram), draftTokens, acceptedTokens };
}

/** The reason in words, with its figure. */
export function notSpeculatedText({
  notSpeculated,
  bestGain,
}: Pick<RequestRecord, 'notSpeculated' | 'bestGain'>): string | undefined {
  if (notSpeculated === undefined || bestGain === undefined) return notSpeculated;
  return `${notSpeculated}: best gain ${(100 * bestGain).toFixed(1)} %`;
}

/** The record of a request that ended in an error before anything was done for it. */
export function recordOfRefused(id: number, error: PlainError, label = 0, promptTokens = 0): RequestRecord {
  return {
    id,
    label,
    reason: 'error',
    error,
    tokens: undefined,
    speculation: { mode: 'off', proposers: [] },
    draft: undefined,
    refusedAt: [],
    arrivedMs: undefined,
    guesses: {},
    notSpeculated: 'it ended before its first token',
    bestGain: undefined,
    statistics: statisticsOf(
      {
        ...{ promptTokens, cachedTokens: 0, outputTokens: 0, queueMs: 0, prefillMs: 0, decodeMs: 0 },
        ...{ acceptanceHistogram: [], decodeSteps: 0, preemptions: 0 },
      },
      {},
    ),
  };
}
