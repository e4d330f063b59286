/** Random texts of a grammar, for tests of what a grammar allows. */
import type { GbnfNode } from './gbnf.js';
type Rules = ReadonlyMap<string, GbnfNode>;
/** Least number of characters of each rule's texts. */
export declare function leastLengths(rules: Rules): ReadonlyMap<string, number>;
/**
 * A text that the rules allow, from `root`. Beyond about `usual` characters it takes the shortest way to the
 * end. Edges of character ranges and of counts come more often than their middle.
 *
 * @param next numbers in [0, 1)
 */
export declare function randomText(rules: Rules, least: ReadonlyMap<string, number>, next: () => number, usual?: number): string;
export {};
