/**
 * The parts of the guessing policy that can be switched off one by one (`EngineOptions.speculation.without`), so that
 * each can be shown to earn its place: `foretoken simulate --ablate`.
 */
export const MECHANISMS = [
  /** Tries a draft that is not expected to pay, for a small share of the time. */
  'exploration',
  /** Upper confidence bound on what is expected of a draft. */
  'optimism',
  /** Does not look for guesses in steps after many in which none paid. */
  'search backoff',
  /** Ends a draft when it no longer pays, instead of after as many guesses as planned. */
  'continuation',
  /** Verifies of what was drafted only what pays. */
  'selection',
  /** Learns what decodes cost while it runs. */
  'cost learning',
] as const;
export type Mechanism = (typeof MECHANISMS)[number];
