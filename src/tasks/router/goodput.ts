/**
 * What a draft promises for a request that runs alone: expected tokens of a step over its time, for the best number of
 * guesses (Leviathan et al., "Fast inference from transformers via speculative decoding", ICML 2023, section 3.5; here
 * the first guess has an acceptance of its own, and verifying costs what this machine was measured to take).
 */
export interface RoutingCosts {
  /** Milliseconds of the target for one token, and for eight in one decode. */
  readonly oneTokenMs: number;
  readonly eightTokensMs: number;
  /** [draft that is loaded] one token on this machine. */
  readonly draftTokenMs?: Readonly<Record<string, number>>;
}

/** Probability that a guess is accepted, all before it having been: of the first, and of those behind it. */
export interface AcceptanceRates {
  readonly first: number;
  readonly later: number;
}

export const MOST_GUESSES = 8;

const targetMs = ({ oneTokenMs, eightTokensMs }: RoutingCosts, tokens: number): number =>
  oneTokenMs + ((tokens - 1) * (eightTokensMs - oneTokenMs)) / 7;

/** Tokens a millisecond with so many guesses a step. @param draftMs of one token of the draft */
export function goodputOf(
  rates: AcceptanceRates,
  draftMs: number,
  costs: RoutingCosts,
  guesses: number,
): number {
  let tokens = 1;
  let survival = rates.first;
  for (let guess = 0; guess < guesses; guess++, survival *= rates.later) tokens += survival;
  return tokens / (targetMs(costs, 1 + guesses) + guesses * draftMs);
}

export function bestLength(rates: AcceptanceRates, draftMs: number, costs: RoutingCosts): number {
  let best = 0;
  for (let guesses = 1; guesses <= MOST_GUESSES; guesses++)
    if (goodputOf(rates, draftMs, costs, guesses) > goodputOf(rates, draftMs, costs, best)) best = guesses;
  return best;
}

/** Tokens a millisecond with the number of guesses that promises most, which may be none. */
export const bestGoodput = (rates: AcceptanceRates, draftMs: number, costs: RoutingCosts): number =>
  goodputOf(rates, draftMs, costs, bestLength(rates, draftMs, costs));
