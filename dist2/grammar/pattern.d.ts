/**
 * Patterns of a schema (ECMAScript regular expressions, read as with the `u` flag) as expressions of `regex.ts`.
 *
 * An end that is not anchored may be preceded or followed by anything. Anchors are characters of their own, so
 * they may stand anywhere; look-ahead outside groups is an intersection with what follows. Look-behind,
 * back-references and word boundaries are refused.
 */
import { AutomatonFault } from './budget.js';
import { type Regex, type Regexes } from './regex.js';
/** Why a pattern cannot be used, in words that follow "the pattern". */
export declare class PatternFault extends AutomatonFault {
}
/**
 * The texts in which a pattern is found, each between `START` and `END`; with `whole`, only those of which the
 * match is all.
 *
 * @throws PatternFault
 */
export declare function patternRegex(regexes: Regexes, pattern: string, whole?: boolean): Regex;
