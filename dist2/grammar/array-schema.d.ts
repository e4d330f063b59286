/** Lists of a schema: tuples (`prefixItems`), any number of equal items, and sets (`uniqueItems`). */
import type { Conversion, Place } from './conversion.js';
import { type GbnfNode } from './gbnf.js';
import { type Schema } from './schema.js';
export declare function arrayNode(conversion: Conversion, schema: Schema, place: Place): GbnfNode;
