import type { PlanInput } from './types.js';
export declare class Exploration {
    #private;
    /** A step has taken this long. */
    earn(stepMs: number): void;
    /** The draft is in use: nothing to explore. */
    rest(): void;
    /**
     * The requests to probe in this step, as indices into the input; mostly none. A decode of the draft for several
     * costs little more than for one and teaches as much about each.
     * @param catchUpOf tokens that a probe of a request computes before its first guess
     */
    choose({ requests, costs }: PlanInput, catchUpOf: (request: number) => number): readonly number[];
}
