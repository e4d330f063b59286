/**
 * Two schemas that must both hold, as one (`allOf`, a `$ref` with keywords beside it, `anyOf` with keywords
 * beside it). Both are plain: without `allOf`, `anyOf`, `oneOf` and `$ref` of their own. Contradictions are
 * refused. Where JSON Schema would leave a door open that grammars close by default (properties that nobody
 * declared), the merged schema keeps it closed: what is written is valid for both.
 */
import { isObject } from '../base/shape.js';
import { canonical, refuse, together, valuesOf, type Schema } from './schema.js';
import type { Primitive } from './json.js';

type Keyword = (a: never, b: never, path: string) => unknown;

const larger = (a: number, b: number): number => Math.max(a, b);
const smaller = (a: number, b: number): number => Math.min(a, b);
const both = (a: unknown, b: unknown): unknown =>
  a === true ? b : b === true ? a : a === false || b === false ? false : { allOf: [a, b] };

const KEYWORDS: ReadonlyMap<string, Keyword> = new Map<string, Keyword>([
  ['type', mergeTypes],
  ['required', (a: readonly string[], b: readonly string[]) => [...new Set([...a, ...b])]],
  ['minimum', larger],
  ['exclusiveMinimum', larger],
  ['minLength', larger],
  ['minItems', larger],
  ['minProperties', larger],
  ['maximum', smaller],
  ['exclusiveMaximum', smaller],
  ['maxLength', smaller],
  ['maxItems', smaller],
  ['maxProperties', smaller],
  ['uniqueItems', (a: boolean, b: boolean) => a || b],
  ['propertyNames', both],
  ['multipleOf', together],
  ['pattern', together],
  ['format', together],
  ['not', together],
]);

export function merge(a: Schema, b: Schema, path: string): Schema {
  const merged: Record<string, unknown> = { ...a };
  for (const [keyword, value] of Object.entries(b)) {
    const combine = KEYWORDS.get(keyword);
    if (!Object.hasOwn(merged, keyword)) merged[keyword] = value;
    else if (combine) merged[keyword] = combine(merged[keyword] as never, value as never, path);
  }
  mergeProperties(merged, a, b);
  mergeItems(merged, a, b);
  const [valuesA, valuesB] = [valuesOf(a, path), valuesOf(b, path)];
  if (valuesA && valuesB) {
    delete merged['const'];
    const allowed = new Set(valuesB.map(canonical));
    const values = valuesA.filter((value) => allowed.has(canonical(value)));
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

const schemasOf = (side: Schema, keyword: string): Schema | undefined =>
  isObject(side[keyword]) ? side[keyword] : undefined;

/**
 * Properties and patterns of either; what the other side closes out is dropped, or must fit its
 * `additionalProperties` even where one of its patterns would let it off: that is more than is asked.
 */
function mergeProperties(merged: Record<string, unknown>, a: Schema, b: Schema): void {
  const [restA, restB] = [a['additionalProperties'], b['additionalProperties']];
  for (const keyword of ['properties', 'patternProperties']) {
    const [ofA, ofB] = [schemasOf(a, keyword), schemasOf(b, keyword)];
    const together = new Map<string, unknown>();
    const add = (key: string, own: unknown, other: Schema | undefined, rest: unknown): void => {
      if (other && Object.hasOwn(other, key)) together.set(key, both(own, other[key]));
      else if (isObject(rest)) together.set(key, both(own, rest));
      else if (rest !== false) together.set(key, own);
      // A pattern that is closed out still holds for properties that are declared.
      else if (keyword === 'patternProperties') together.set(key, false);
    };
    for (const [key, own] of Object.entries(ofA ?? {})) add(key, own, ofB, restB);
    for (const [key, own] of Object.entries(ofB ?? {}))
      if (!ofA || !Object.hasOwn(ofA, key)) add(key, own, ofA, restA);
    if (ofA ?? ofB) merged[keyword] = Object.fromEntries(together);
  }
  const closed = (side: Schema, rest: unknown): boolean =>
    (schemasOf(side, 'properties') ?? schemasOf(side, 'patternProperties')) !== undefined &&
    rest === undefined;
  if (restA === false || restB === false) merged['additionalProperties'] = false;
  else if (closed(a, restA) || closed(b, restB)) delete merged['additionalProperties'];
  else if (isObject(restA) && isObject(restB)) merged['additionalProperties'] = both(restA, restB);
  else if (isObject(restA) || isObject(restB))
    merged['additionalProperties'] = isObject(restA) ? restA : restB;
}

/** Item by item: where one list has ended, its `items` speak of what the other still names. */
function mergeItems(merged: Record<string, unknown>, a: Schema, b: Schema): void {
  const prefix = (side: Schema): readonly unknown[] => (side['prefixItems'] ?? []) as readonly unknown[];
  const [first, second] = [prefix(a), prefix(b)];
  const length = Math.max(first.length, second.length);
  const at = (side: Schema, items: readonly unknown[], index: number): unknown =>
    index < items.length ? items[index] : (side['items'] ?? true);
  if (length > 0)
    merged['prefixItems'] = Array.from({ length }, (_, index) =>
      both(at(a, first, index), at(b, second, index)),
    );
  if ('items' in a && 'items' in b) merged['items'] = both(a['items'], b['items']);
}
