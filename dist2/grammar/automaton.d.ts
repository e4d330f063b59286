/**
 * Deterministic automata over code points: the texts that a pattern, a format or a list of words allows, and
 * what holds for several of them at once.
 *
 * Every state of an automaton is reached and can still end, so a language without a text has no automaton
 * (`undefined`). Everything is paid for out of a budget.
 */
import { type Budget } from './budget.js';
import type { CodePoints } from './code-points.js';
import { type Regex, type Regexes } from './regex.js';
export interface Edge {
    readonly set: CodePoints;
    readonly to: number;
}
export interface State {
    readonly accepts: boolean;
    /** Disjoint. */
    readonly edges: readonly Edge[];
}
/** The first state is where texts begin. */
export type Automaton = readonly State[];
/** Any text. */
export declare const ANY_TEXT: Automaton;
/** Builds an automaton from what each state is (`key`) and where it leads. */
export declare function explore<T>(start: T, key: (state: T) => string | number, expand: (state: T) => {
    readonly accepts: boolean;
    readonly edges: readonly (readonly [CodePoints, T])[];
}, budget: Budget, most?: number): Automaton | undefined;
/** The texts of an expression, which must begin with `START` and end with `END` or have neither. */
export declare function ofRegex(regexes: Regexes, regex: Regex, anchored: boolean): Automaton | undefined;
/** Exactly these texts: a trie whose equal ends are one. Linear in their characters. */
export declare function ofTexts(texts: Iterable<string>, budget: Budget): Automaton | undefined;
/** `both`: texts of both; `first`: of the first and not of the second; `either`. */
export declare function combine(a: Automaton, b: Automaton | undefined, of: 'both' | 'first' | 'either', budget: Budget): Automaton | undefined;
/** Only those texts that hold no other characters than these. */
export declare const within: (automaton: Automaton, set: CodePoints) => Automaton | undefined;
/** What may follow at a state. */
export declare const startingAt: (automaton: Automaton, at: number, budget: Budget) => Automaton;
export declare function accepts(automaton: Automaton, value: string): boolean;
/** Without the states that cannot end, and those that are not reached; edges to one state as one. */
export declare function trim(states: readonly State[]): Automaton | undefined;
/**
 * Equal states as one (Moore's refinement). Two states whose edges are cut differently may be left apart,
 * which costs rules and changes nothing.
 */
export declare function minimise(automaton: Automaton, budget: Budget): Automaton;
