/**
 * `uniqueItems` and numbers of properties: kinds of values of which no two can be equal.
 *
 * A grammar does not remember what it wrote, but it can tell values apart by construction: each value of an
 * enum is a kind, strings are of one kind by their first characters, numbers by the range they lie in; of
 * objects and lists there is one kind. Of each kind one item is written, in the order of the kinds (or in any
 * order where they are few). So sets of words come sorted by their first letter, one for each.
 */
import { type Automaton } from './automaton.js';
import type { Conversion, Place } from './conversion.js';
import { type GbnfNode } from './gbnf.js';
/** Kinds of values of a schema, at least `wanted` where that many can be told apart. */
export declare function kindsOf(conversion: Conversion, schema: unknown, wanted: number, place: Place): GbnfNode[];
/** The texts of an automaton in kinds that begin differently; each is the inside of a JSON string. */
export declare function textKinds(conversion: Conversion, all: Automaton, wanted: number, place: Place): readonly GbnfNode[];
/** A list of `min` to `max` items, no two of one kind. */
export declare function distinctItems(conversion: Conversion, kinds: readonly GbnfNode[], min: number, max: number, place: Place): GbnfNode;
