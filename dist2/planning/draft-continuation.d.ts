/**
 * How far the draft model goes on, decided anew after each depth: what has been guessed tells more than the plan
 * knew. One decode of the draft serves all who draft, so its cost is weighed against what it promises to all of
 * them together, and each request only bears what it costs beside the others.
 */
import { type CostTable } from '../costs/cost-table.js';
import type { DraftTask } from '../speculation/proposer.js';
import type { RequestRates } from '../acceptance/acceptance-source.js';
export interface DraftTerms {
    readonly costs: CostTable;
    /** Tokens that a millisecond must bring. */
    readonly price: number;
    /** Requests that draft. */
    readonly drafting: number;
}
/**
 * What further guesses of a request are worth, given how sure its newest one is: tokens less what their time must
 * bring, the draft's decodes themselves left out. Asked once after each guess.
 * @param most guesses in a row
 * @param context tokens of its text
 * @param others tokens that are planned in the batch beside its guesses
 */
export declare function worthOf(terms: DraftTerms, rates: RequestRates, most: number, context: number, others: number): NonNullable<DraftTask['worth']>;
/** Whether one more decode of the draft pays for those who would go on: perhaps not by itself, but with some after it. */
export declare function paysTogether(terms: DraftTerms): NonNullable<DraftTask['pays']>;
