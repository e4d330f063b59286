/**
 * An automaton as rules of a grammar: one rule for each state where ways part or meet, straight lines as plain
 * sequences, a state that leads to itself as `x*`, equal steps counted. At every character one way at most is
 * open, which is what makes a matcher quick.
 */
import type { Automaton } from './automaton.js';
import { type GbnfGrammar, type GbnfNode } from './gbnf.js';
import { type CodePoints } from './code-points.js';
export declare function automatonNode(grammar: GbnfGrammar, hint: string, automaton: Automaton, 
/** How a character of a set is written. */
written: (set: CodePoints) => GbnfNode): GbnfNode;
