/**
 * Two schemas that must both hold, as one (`allOf`, a `$ref` with keywords beside it, `anyOf` with keywords
 * beside it). Both are plain: without `allOf`, `anyOf`, `oneOf` and `$ref` of their own. Contradictions are
 * refused. Where JSON Schema would leave a door open that grammars close by default (properties that nobody
 * declared), the merged schema keeps it closed: what is written is valid for both.
 */
import { type Schema } from './schema.js';
export declare function merge(a: Schema, b: Schema, path: string): Schema;
