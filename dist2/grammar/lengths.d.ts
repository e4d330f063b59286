/**
 * Automata and the lengths of their texts, in characters: `minLength` and `maxLength` beside a pattern.
 */
import { type Automaton } from './automaton.js';
import { type Budget } from './budget.js';
export declare const shortest: (automaton: Automaton) => number;
/** Characters of the longest text; Infinity where texts have no bound. */
export declare function longest(automaton: Automaton): number;
/** The texts of `min` to `max` characters; undefined when there are none. */
export declare function ofLength(automaton: Automaton, min: number, max: number, budget: Budget): Automaton | undefined;
