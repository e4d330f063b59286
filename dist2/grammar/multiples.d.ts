/**
 * `multipleOf`: the decimal texts of a range that are multiples of a step, as an automaton that remembers the
 * remainder of the digits so far. A step with a fraction is scaled to whole numbers first. Where that takes too
 * many states (steps such as 86,400) the multiples nearest to zero are listed.
 */
import { type Automaton } from './automaton.js';
import { type Budget } from './budget.js';
import { type Bound } from './numbers.js';
/** `units` / 10^`places`, exactly. */
export interface Decimal {
    readonly units: bigint;
    readonly places: number;
}
/** The decimal digits of a number above zero; undefined when they are too many. */
export declare function decimalOf(value: number): Decimal | undefined;
/** The step of the numbers that are multiples of both. */
export declare function commonStep(a: Decimal, b: Decimal): Decimal;
/** Whether a number, by its decimal digits, is a multiple. */
export declare function isMultiple(value: number, step: Decimal): boolean;
/** The multiples of `step` in a range; undefined when there are none. */
export declare function multiples(kind: 'integer' | 'number', low: Bound | undefined, high: Bound | undefined, step: Decimal, budget: Budget): Automaton | undefined;
