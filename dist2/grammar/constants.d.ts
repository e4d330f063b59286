import type { Conversion, Place } from './conversion.js';
import { type GbnfNode } from './gbnf.js';
import { type Schema } from './schema.js';
/** The values of a plain schema's `enum` or `const` that its other keywords allow. */
export declare function fittingValues(conversion: Conversion, schema: Schema, values: readonly unknown[], path: string): readonly unknown[];
/** Exactly these values, each as `JSON.stringify` writes it. */
export declare function valuesNode(conversion: Conversion, values: readonly unknown[], { path, hint }: Pick<Place, 'path' | 'hint'>): GbnfNode;
