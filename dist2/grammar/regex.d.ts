/**
 * Regular expressions as data, and the automaton's edges that leave one: Brzozowski's derivatives, by classes
 * of characters rather than one by one (S. Owens, J. Reppy, A. Turon, "Regular-expression derivatives
 * re-examined", 2009). Counted repetition, intersection and complement are nodes of their own, so `x{0,3000}`
 * is one small node, and look-ahead is an intersection.
 *
 * Equal expressions are one object (they are interned by content), so their derivatives meet again and the
 * automaton ends. Edges are disjoint: what comes out is deterministic.
 */
import type { Budget } from './budget.js';
import type { CodePoints } from './code-points.js';
/** Stand for the beginning and the end of a text, so that anchors are characters like others. */
export declare const START = 1114112;
export declare const END = 1114113;
interface Common {
    readonly id: number;
    /** True when the empty text matches. */
    readonly nullable: boolean;
}
export type Regex = Common & ({
    readonly kind: 'none' | 'empty';
} | {
    readonly kind: 'set';
    readonly set: CodePoints;
} | {
    readonly kind: 'concat';
    readonly first: Regex;
    readonly rest: Regex;
} | {
    readonly kind: 'or' | 'and';
    readonly parts: readonly Regex[];
} | {
    readonly kind: 'not';
    readonly part: Regex;
} | {
    readonly kind: 'repeat';
    readonly part: Regex;
    readonly min: number;
    readonly max: number;
});
export interface RegexEdge {
    readonly set: CodePoints;
    readonly to: Regex;
}
export declare class Regexes {
    readonly budget: Budget;
    private readonly byContent;
    private readonly edgesById;
    readonly none: Regex;
    readonly empty: Regex;
    /** Any text, with or without the marks of its ends. */
    readonly everything: Regex;
    readonly anyText: Regex;
    constructor(budget: Budget);
    private intern;
    set(set: CodePoints): Regex;
    concat(first: Regex, rest: Regex): Regex;
    or(parts: readonly Regex[]): Regex;
    and(parts: readonly Regex[]): Regex;
    not(part: Regex): Regex;
    repeat(part: Regex, min: number, max: number): Regex;
    text(value: string): Regex;
    /** Flat, sorted, each once, without the neutral one. */
    private members;
    /** Where each character leads from here; characters of no edge lead nowhere. */
    edges(regex: Regex): readonly RegexEdge[];
    private leaving;
    private then;
    /** Edges with one target as one; those that lead to nothing left out. */
    private joined;
    /** Several lists of edges as one: where sets overlap, either target may go on. */
    private overlay;
}
export {};
