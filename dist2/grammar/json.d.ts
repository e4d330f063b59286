import type { CodePoints } from './code-points.js';
import { GbnfGrammar, type GbnfNode } from './gbnf.js';
/** What is written in strings whose characters are limited: themselves, or a short escape. */
export declare const WRITABLE: CodePoints;
/** Between tokens of JSON: nothing, a blank, or a new line and its indentation. */
export declare const SPACE: GbnfNode;
export declare const QUOTE: GbnfNode;
export type Primitive = 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null';
/**
 * How the characters of a set are written inside a JSON string: each in one way, so that two texts are the same
 * string only when they are the same text.
 */
export declare function jsonCharacters(set: CodePoints): GbnfNode;
/** A grammar in which the names of JSON's own rules are kept for them. */
export declare const newJsonGrammar: () => GbnfGrammar;
/** Adds one of JSON's own rules, and those it needs, to a grammar. */
export declare function useJsonRule(grammar: GbnfGrammar, name: Primitive | 'space' | 'char' | 'value'): GbnfNode;
/** Any JSON object: `response_format: {type: "json_object"}`. */
export declare const JSON_OBJECT_GBNF: string;
