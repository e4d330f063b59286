import { type CompiledGrammar } from './network.js';
/** @throws ForetokenError `invalid_grammar` */
export declare function compileGbnf(text: string): CompiledGrammar;
