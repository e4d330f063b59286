/** What the planner asks and tells about acceptance, whoever knows it. */
import type { RequestAcceptance } from './acceptance-model.js';
/** What the planner asks and tells about one request. */
export type RequestRates = Pick<RequestAcceptance, 'expected' | 'probability' | 'survival' | 'optimismBonus' | 'observe' | 'observeGuess'>;
/** Whoever knows how likely guesses stand: an `AcceptanceModel` learns it, a simulation may know it. */
export interface AcceptanceSource {
    request(label: number, requestId: number): RequestRates;
}
