/**
 * `not`, where a grammar can keep it: types, values and patterns are taken out of what the rest of the schema
 * allows. Anything else is refused.
 */
import { type Schema } from './schema.js';
/** The schema with its `not` done: types and values narrowed, the rest as `Exclusions` under `not`. */
export declare function withoutNegation(schema: Schema, path: string): Schema;
