/** What a step comes to: expected tokens and milliseconds, as it grows by one guess after another. */
import { type CostTable } from '../costs/cost-table.js';
import { type SequenceShare } from '../costs/ubatches.js';
import type { Forecast, PlanInput, PlanOption } from './types.js';
export declare class StepForecast {
    #private;
    /** Expected to be committed. */
    tokens: number;
    /** [request] guesses. */
    readonly lengths: number[];
    /** Where this is above 0, requests with fewer guesses verify as many tokens all the same, so that all are equal. */
    padTo: number;
    constructor(input: PlanInput, options: readonly number[]);
    /** One guess more for a request, which stands together with all before it with probability `survival`. */
    add(request: number, survival: number): void;
    get ms(): number;
    forecast(): Forecast;
}
/** What of a long catch-up a step must earn, milliseconds. */
export declare function longCatchUpMs(costs: CostTable, catchUp: PlanOption['catchUp'], share: PlanOption['catchUpShare']): number;
export declare function tokensOf(shares: readonly SequenceShare[]): number;
