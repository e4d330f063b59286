/** A step's plan with all that it was made from, so that it can be logged, computed again and explained. */
import type { GoodputPlan, PlanInput } from './types.js';
export interface PlanRecord {
    /** Counts the steps of the engine. */
    readonly step: number;
    readonly input: PlanInput;
    readonly plan: GoodputPlan;
    /** [request, as in the input] what was drafted of its guesses, and what of that was verified. */
    readonly guesses: readonly {
        readonly source: string | undefined;
        readonly drafted: number;
        readonly verified: number;
        /** [node] probability that a drafted guess and all before it stand, as it is known after drafting. */
        readonly survival: readonly number[];
    }[];
    /** What came of it; milliseconds of the whole step, and what its batch was predicted to take, if that was done. */
    readonly outcome: {
        readonly predictedMs?: number | undefined;
        readonly ms: number;
        readonly committed: number;
    };
}
/** Whether a value from outside is a record: everything that `explainStep` reads is there. */
export declare function isPlanRecord(value: unknown): value is PlanRecord;
