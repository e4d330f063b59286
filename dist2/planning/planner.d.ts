import type { PlanInput, Forecast, GoodputPlan } from './types.js';
export declare function planGuesses(input: PlanInput): GoodputPlan;
/** What a step would come to with given choices, for comparing a plan with others. */
export declare function forecastOf(input: PlanInput, { choices, padTo }: Pick<GoodputPlan, 'choices' | 'padTo'>): Forecast;
/** The guesses of a request after drafting. */
export interface Drafted {
    readonly sequence: number;
    readonly context: number;
    /** [node] probability that the guess and all before it stand; no node's is above its parent's. */
    readonly survival: readonly number[];
    /** Verified as they are. */
    readonly fixed: boolean;
}
/** Of the drafted guesses those to verify. */
export interface Kept {
    /** [request][node] */
    readonly nodes: readonly (readonly boolean[])[];
    /** Requests with fewer guesses are filled up to so many; 0 for not. */
    readonly padTo: number;
}
/** What of the drafted guesses to verify, now that it is known how sure each is and drafting has been paid. */
export declare function selectGuesses(input: Omit<PlanInput, 'requests'> & {
    readonly price: number;
    readonly spentMs: number;
}, drafted: readonly Drafted[]): Kept;
