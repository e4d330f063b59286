/**
 * Two schemas that must both hold, as one (`allOf`, a `$ref` with keywords beside it, `anyOf` with keywords
 * beside it). Both are plain: without `allOf`, `anyOf`, `oneOf` and `$ref` of their own. Contradictions are
 * refused. Where JSON Schema would leave a door open that grammars close by default (properties that nobody
 * declared), the merged schema keeps it closed: what is written is valid for both.
 */
import { isObject, refuse, valuesOf, type Schema } from './schema.js';
import type { Primitive } from './json.js';

type Keyword = (a: never, b: never, path: string) => unknown;

const larger = (a: number, b: number): number => Math.max(a, b);
const smaller = (a: number, b: number): number => Math.min(a, b);
const both = (a: unknown, b: unknown): Schema => ({ allOf: [a, b] });

const KEYWORDS: Readonly<Record<string, Keyword>> = {
  type: mergeTypes,
  required: (a: readonly string[], b: readonly string[]) => [...new Set([...a, ...b])],
  minimum: larger,
  exclusiveMinimum: larger,
  minLength: larger,
  minItems: larger,
  maximum: smaller,
  exclusiveMaximum: smaller,
  maxLength: smaller,
  maxItems: smaller,
  items: both,
};

export function merge(a: Schema, b: Schema, path: string): Schema {
  const merged: Record<string, unknown> = { ...a };
  for (const [keyword, value] of Object.entries(b)) {
    const present = Object.hasOwn(merged, keyword);
    const together = KEYWORDS[keyword];
    if (present && together) merged[keyword] = together(merged[keyword] as never, value as never, path);
    else if (!present) merged[keyword] = value;
    else if (keyword === 'pattern' || keyword === 'format' || keyword === 'prefixItems')
      if (JSON.stringify(merged[keyword]) !== JSON.stringify(value))
        refuse(path, `two different "${keyword}" must hold together; write one that says both`);
  }
  mergeProperties(merged, a, b);
  const [valuesA, valuesB] = [valuesOf(a, path), valuesOf(b, path)];
  if (valuesA && valuesB) {
    delete merged['const'];
    const allowed = new Set(valuesB.map((value) => JSON.stringify(value)));
    const values = valuesA.filter((value) => allowed.has(JSON.stringify(value)));
    if (values.length === 0)
      refuse(path, 'the enum or const values that must hold together have none in common');
    merged['enum'] = values;
  }
  return merged;
}

function mergeTypes(a: unknown, b: unknown, path: string): unknown {
  const list = (types: unknown): Primitive[] => (Array.isArray(types) ? types : [types]) as Primitive[];
  const types = [...new Set([...list(a), ...list(b)])].filter((type) => {
    const allowedBy = (side: Primitive[]): boolean =>
      side.includes(type) || (type === 'integer' && side.includes('number'));
    return allowedBy(list(a)) && allowedBy(list(b));
  });
  if (types.length === 0)
    refuse(path, `types ${list(a).join(', ')} and ${list(b).join(', ')} cannot both hold`);
  return types;
}

/** Properties of either; those that the other side closes out are dropped, or must fit its `additionalProperties`. */
function mergeProperties(merged: Record<string, unknown>, a: Schema, b: Schema): void {
  const [ofA, ofB] = [a, b].map((side) => (isObject(side['properties']) ? side['properties'] : undefined));
  const [restA, restB] = [a['additionalProperties'], b['additionalProperties']];
  const properties = new Map<string, unknown>();
  const add = (key: string, own: unknown, other: Schema | undefined, rest: unknown): void => {
    if (other && Object.hasOwn(other, key)) properties.set(key, both(own, other[key]));
    else if (isObject(rest)) properties.set(key, both(own, rest));
    else if (rest !== false) properties.set(key, own);
  };
  for (const [key, own] of Object.entries(ofA ?? {})) add(key, own, ofB, restB);
  for (const [key, own] of Object.entries(ofB ?? {}))
    if (!ofA || !Object.hasOwn(ofA, key)) add(key, own, ofA, restA);
  if (ofA ?? ofB) merged['properties'] = Object.fromEntries(properties);

  const closed = (side: Schema | undefined, rest: unknown): boolean =>
    side !== undefined && rest === undefined;
  if (restA === false || restB === false) merged['additionalProperties'] = false;
  else if (closed(ofA, restA) || closed(ofB, restB)) delete merged['additionalProperties'];
  else if (isObject(restA) && isObject(restB)) merged['additionalProperties'] = both(restA, restB);
  else if (isObject(restA) || isObject(restB))
    merged['additionalProperties'] = isObject(restA) ? restA : restB;
}
