/** What the planner asks and tells about acceptance, whoever knows it. */
import type { KnownDraft, RequestAcceptance } from './acceptance-model.js';

/** What the planner asks and tells about one request. */
export type RequestRates = Pick<
  RequestAcceptance,
  'expected' | 'probability' | 'survival' | 'optimismBonus' | 'observe' | 'observeGuess'
>;

/** Whoever knows how likely guesses are accepted: an `AcceptanceModel` learns it, a simulation may know it. */
export interface AcceptanceSource {
  /** @param draft that guesses for the request; undefined: none */
  request(label: number, requestId: number, draft?: KnownDraft): RequestRates;
}
