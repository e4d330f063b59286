import type { Primitive } from './json.js';
export type Schema = Readonly<Record<string, unknown>>;
/** Keywords that speak of one type only. */
export declare const KEYWORDS_OF_TYPE: ReadonlyMap<string, readonly Primitive[]>;
export declare const TYPES: readonly Primitive[];
/** Values of one keyword from several schemas that must hold together. */
export declare class Together {
    readonly all: readonly unknown[];
    constructor(all: readonly unknown[]);
}
export declare const partsOf: (value: unknown) => readonly unknown[];
export declare const together: (a: unknown, b: unknown) => unknown;
/** What `not` takes out, once it is known to say only this. */
export declare class Exclusions {
    readonly numbers: readonly number[];
    readonly texts: readonly string[];
    readonly patterns: readonly string[];
    constructor(numbers: readonly number[], texts: readonly string[], patterns: readonly string[]);
}
/** @throws ForetokenError `invalid_schema`: what is wrong at which JSON pointer. */
export declare function refuse(path: string, problem: string): never;
export declare const pointerInto: (path: string, ...keys: readonly (string | number)[]) => string;
/** One schema object in today's spelling, every keyword of it checked; those below it are left alone. */
export declare function read(schema: Schema, path: string): Schema;
/** A value of the schema in a message, cut. */
export declare function shown(value: unknown): string;
export declare const isObject: (value: unknown) => value is Schema;
/** `type` as a list; without `type`, the types of which the schema's keywords speak; undefined for any. */
export declare function typesOf(schema: Schema, path: string): readonly Primitive[] | undefined;
/** The values a schema allows by `enum` and `const`; undefined when it has neither. */
export declare function valuesOf(schema: Schema, path: string): readonly unknown[] | undefined;
export declare function isOfType(value: unknown, type: Primitive): boolean;
/** The type of a JSON value; integers are numbers. */
export declare function typeOfValue(value: unknown): Primitive;
/** The same text for equal values: keys of objects in order. */
export declare function canonical(value: unknown): string;
/** True when a schema says nothing about values. */
export declare const isUnconstrained: (schema: Schema) => boolean;
/** A list of schemas under a combining keyword. */
export declare function branchesOf(schema: Schema, keyword: 'allOf' | 'anyOf' | 'oneOf', path: string): readonly unknown[];
export declare function without(schema: Schema, ...keywords: readonly string[]): Schema;
/** What a `$ref` within the document points to. */
export declare function resolve(root: unknown, reference: unknown, path: string): unknown;
