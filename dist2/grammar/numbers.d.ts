/**
 * Ranges of numbers as grammars: every decimal text whose value lies between two bounds, digit by digit.
 *
 * Integers compare by length and then digit by digit; fractions digit by digit alone. So a range splits into
 * "the same as the lower bound so far", "strictly between" (any digits follow) and "the same as the upper
 * bound so far". Exponents are not written where there are bounds.
 */
import { type GbnfNode } from './gbnf.js';
export interface Bound {
    readonly value: number;
    readonly exclusive: boolean;
}
/** True for bounds that can be written out exactly, digit by digit. */
export declare function isExpressible(value: number): boolean;
/**
 * A bound that can be written out and lets nothing through that the given one does not: rounded inwards, and
 * no further out than integers are exact. Undefined when nothing is left on that side.
 */
export declare function tightened(bound: Bound, side: 'low' | 'high'): Bound | undefined;
/**
 * All integers, or all decimal numbers, between two bounds (undefined: no bound on that side); undefined when
 * there are none.
 */
export declare function numberRange(kind: 'integer' | 'number', minimum: Bound | undefined, maximum: Bound | undefined): GbnfNode | undefined;
