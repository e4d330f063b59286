/**
 * The members of an object as a grammar: declared properties in declared order (as OpenAI's strict mode
 * writes them), optional ones left out at will, commas only between members, and free keys last.
 */
import { type GbnfGrammar, type GbnfNode } from './gbnf.js';
export interface Property {
    readonly key: string;
    readonly value: GbnfNode;
    readonly required: boolean;
}
/** Members beyond the declared ones. */
export interface FreeMembers {
    /** Key and value. */
    readonly pair: GbnfNode;
    /** So many of them, two or more, with keys that differ. */
    readonly several: (count: number) => GbnfNode;
}
/** How many members there are. */
export interface Count {
    readonly min: number;
    readonly max: number;
}
export declare const member: (key: GbnfNode, value: GbnfNode) => GbnfNode;
/** Undefined when no object has so many members. */
export declare function objectNode(grammar: GbnfGrammar, hint: string, properties: readonly Property[], free: FreeMembers | undefined, { min, max }?: Count): GbnfNode | undefined;
