import { RateTable, type Rates } from './rate-table.js';
import type { GuessSource } from '../speculation/proposal.js';
/** One source, by position before drafting and by signal after it. */
interface Views<Table extends Rates = RateTable> {
    readonly byPosition: Table;
    readonly bySignal: Table;
}
/** What is known of one kind of work. */
declare class LabelRates {
    #private;
    /** [source] */
    readonly views: readonly Views[];
    constructor(parents: readonly Views[]);
    /**
     * Decayed observations of a source. They fade while others are observed, too: what was given up long ago may be
     * worth another try (discounted counts of Garivier and Moulines, "Upper-Confidence Bound Policies for Switching
     * Bandit Problems", 2011).
     */
    weight(source: number): number;
    /** A guess was verified. */
    count(source: number): void;
}
export declare class AcceptanceModel {
    #private;
    constructor();
    /**
     * What the planner asks and tells about one request, for as long as it runs.
     * @param label >= 0, the kind of work; any number of them.
     */
    request(label: number): RequestAcceptance;
}
export declare class RequestAcceptance {
    #private;
    /** Made by `AcceptanceModel.request`. */
    constructor(rates: LabelRates, sources: readonly Views[]);
    /**
     * P(the guess at `position` is accepted | all before it are), before it is drafted. For `alternative`:
     * P(the second choice is accepted | the first is not, and all before it are).
     * @param position from 0, the next token
     * @param optimism log-odds added, as `optimismBonus` gives
     */
    expected(source: GuessSource, position: number, optimism?: number): number;
    /** The same of a guess that was drafted, in the light of its signal (`Proposal.signals`). */
    probability(source: GuessSource, position: number, signal: number): number;
    /**
     * [k] = P(the first k + 1 guesses are all accepted), before they are drafted.
     * @param optimism log-odds added to each, as `optimismBonus` gives
     */
    survival(source: GuessSource, length: number, optimism?: number): number[];
    /**
     * Upper confidence bound: log-odds that a planner may add to what is expected of a source, one standard deviation of
     * the label's estimate; 1 when nothing is known. Observations are discounted (Garivier and Moulines, "On
     * Upper-Confidence Bound Policies for Switching Bandit Problems", ALT 2011), so it rises while a source is not used.
     */
    optimismBonus(source: GuessSource): number;
    /**
     * What verification showed of a chain of guesses from position 0: the first `accepted` were accepted, and
     * when `rejected`, the next one was not. Those behind were not reached, and nothing is known of them.
     * @param signals [guess] of the whole chain
     */
    observe(source: GuessSource, signals: readonly number[], accepted: number, rejected: boolean): void;
    /**
     * What it showed of one guess, all before which were accepted: for chains of several sources and for trees. An
     * `alternative` is observed only where the first choice was wrong.
     */
    observeGuess(source: GuessSource, position: number, signal: number, accepted: boolean): void;
}
export {};
