import type { SimRequest, Workload } from './workload.js';
export declare class DraftTruth {
    #private;
    constructor(workload: Workload);
    /** Applies the shifts that are due. @param done share of the workload's output tokens, 0 to 1 */
    progress(done: number): void;
    /** P(the draft's guess stands | all guesses before it stood). @param depth 0 for the first guess of a step */
    probability({ label, oddsOffset }: SimRequest, depth: number): number;
    /** The same, for one who has seen the margin, too (Bayes' rule). */
    posterior(request: SimRequest, depth: number, margin: number): number;
    /** P(the draft's second choice stands | its first does not). */
    secondProbability({ label }: SimRequest): number;
    /** What the draft says for a position: a function of request, position and depth, whoever asks. */
    guess(request: SimRequest, position: number, depth: number): {
        agrees: boolean;
        margin: number;
        secondAgrees: boolean;
    };
}
