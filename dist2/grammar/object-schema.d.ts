import type { Conversion, Place } from './conversion.js';
import { type GbnfNode } from './gbnf.js';
import { type Schema } from './schema.js';
export declare function objectSchemaNode(conversion: Conversion, schema: Schema, place: Place): GbnfNode;
