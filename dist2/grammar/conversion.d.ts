/** What the parts of the converter need of each other. */
import type { Budget } from './budget.js';
import type { GbnfGrammar, GbnfNode } from './gbnf.js';
import type { Schema } from './schema.js';
/** Where in the schema something is converted, and what its rules are called. */
export interface Place {
    /** JSON pointer. */
    readonly path: string;
    readonly level: number;
    /** Begins the names of rules. */
    readonly hint: string;
}
export interface Conversion {
    readonly grammar: GbnfGrammar;
    /** For all automata of the schema together. */
    readonly budget: Budget;
    /** What was made once and fits again, by a key that says what it is. */
    readonly made: Map<string, unknown>;
    /** The grammar of any schema. */
    node(schema: unknown, place: Place): GbnfNode;
    /** Plain schemas of which one must hold: without references and combining keywords. */
    alternatives(schema: unknown, path: string): readonly Schema[];
    /** The grammar of values of one type of a plain schema. */
    typed(type: string, schema: Schema, place: Place): GbnfNode;
    /** Makes a rule of a node and remembers where it comes from. */
    place(node: GbnfNode, place: Place): GbnfNode;
}
