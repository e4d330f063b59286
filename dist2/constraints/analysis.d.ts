import type { GrammarRules } from './expression.js';
export interface GrammarAnalysis {
    /** [expression id] some finite text satisfies it. */
    readonly productive: Uint8Array;
    /** [expression id] the empty text satisfies it. */
    readonly nullable: Uint8Array;
}
/** @throws ForetokenError `invalid_grammar`, which names the rule */
export declare function analyse(rules: GrammarRules): GrammarAnalysis;
