/**
 * The two ways to look for the guesses that make a step worth most. In one pool of KV cells guesses are taken one
 * by one in the order of their survival. With a stream for each request, where unequal lengths are computed one
 * after another (`parts.ts`), all that guess guess equally many, and those that have fewer may be filled up.
 */
import { StepForecast } from './step-forecast.js';
import type { Forecast, PlanInput } from './types.js';
/** The more a step is worth, the higher. */
export type Score = (sum: Pick<Forecast, 'tokens' | 'ms'>) => number;
export interface Found {
    readonly sum: StepForecast;
    readonly score: number;
    /** Guesses taken, as their request and place among its guesses. */
    readonly taken: readonly {
        readonly request: number;
        readonly index: number;
    }[];
}
/** Whether guesses of unequal length cost a decode for each length; a request alone has nobody to differ from. */
export declare function splitsIntoUbatches({ unified, requests, }: {
    readonly unified: boolean;
    readonly requests: readonly unknown[];
}): boolean;
/** @param options [request] by which of its options it guesses, or -1 */
export declare function bestGuesses(input: PlanInput, options: readonly number[], score: Score): Found;
