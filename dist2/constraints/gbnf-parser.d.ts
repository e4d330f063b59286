import type { GrammarRules } from './expression.js';
/** @throws ForetokenError `invalid_grammar`, with line, column and rule */
export declare function parseGbnf(text: string): GrammarRules;
