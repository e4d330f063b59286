import { type Automaton } from './automaton.js';
import type { Conversion, Place } from './conversion.js';
import { type GbnfNode } from './gbnf.js';
import { type Schema } from './schema.js';
/** The strings that a schema allows, without regard to how JSON writes them; undefined when there are none. */
export declare function stringLanguage(conversion: Conversion, schema: Schema, path: string): Automaton | undefined;
/** The same where there must be some. */
export declare function stringAutomaton(conversion: Conversion, schema: Schema, path: string): Automaton;
export declare function stringNode(conversion: Conversion, schema: Schema, place: Place): GbnfNode;
/**
 * The inside of a JSON string. Each character is written in one way only, so that texts that differ are
 * different strings; control characters only where nothing else fits.
 */
export declare function textNode(conversion: Conversion, automaton: Automaton, hint: string, path: string): GbnfNode;
/** Tells whether a given string is one that a schema allows. */
export declare function textTest(conversion: Conversion, schema: Schema, path: string): (value: string) => boolean;
