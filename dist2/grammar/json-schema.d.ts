import { type GbnfGrammar, type GbnfNode } from './gbnf.js';
export { JSON_OBJECT_GBNF } from './json.js';
/** @throws ForetokenError `invalid_schema`, naming the JSON pointer at fault. */
export declare function jsonSchemaToGbnf(schema: unknown): string;
/** The same as data. */
export declare const jsonSchemaRules: (schema: unknown) => ReadonlyMap<string, GbnfNode>;
/** A schema whose values become a rule of a grammar. */
export declare class AddedSchema {
    #private;
    readonly schema: unknown;
    /** @param ruleName reserved in the grammar already */
    constructor(grammar: GbnfGrammar, schema: unknown, ruleName: string);
    /** @throws ForetokenError `invalid_schema`, naming the JSON pointer at fault, and GrammarFault */
    convert(): void;
    /** Where in the schema a rule of the grammar comes from. */
    placeOf(ruleName: string): string | undefined;
    /** A fault of the grammar as one of this schema. @throws ForetokenError `invalid_schema` */
    explaining<T>(run: () => T): T;
}
