import type { Conversion, Place } from './conversion.js';
import { type GbnfNode } from './gbnf.js';
import { type Decimal } from './multiples.js';
import { type Bound } from './numbers.js';
import { type Schema } from './schema.js';
export interface NumberLimits {
    readonly kind: 'integer' | 'number';
    readonly low?: Bound | undefined;
    readonly high?: Bound | undefined;
    readonly step?: Decimal | undefined;
    /** Values left out. */
    readonly without: readonly number[];
}
/** What a schema says about its numbers. @throws ForetokenError `invalid_schema` */
export declare function readNumbers(type: 'integer' | 'number', schema: Schema, path: string): NumberLimits;
/** The numbers within limits; undefined when there are none. */
export declare function numberNode(conversion: Conversion, limits: NumberLimits, { path, hint }: Pick<Place, 'path' | 'hint'>): GbnfNode | undefined;
/** Whether a given number is within limits. */
export declare function holdsNumber({ kind, low, high, step, without }: NumberLimits, value: number): boolean;
