/**
 * `not`, where a grammar can keep it: types, values and patterns are taken out of what the rest of the schema
 * allows. Anything else is refused.
 */
import { isObject } from '../base/shape.js';
import {
  canonical,
  Exclusions,
  isUnconstrained,
  partsOf,
  read,
  refuse,
  typeOfValue,
  TYPES,
  typesOf,
  valuesOf,
  without,
  type Schema,
} from './schema.js';
import type { Primitive } from './json.js';

/** The schema with its `not` done: types and values narrowed, the rest as `Exclusions` under `not`. */
export function withoutNegation(schema: Schema, path: string): Schema {
  const parts = partsOf(schema['not']);
  if (parts.length === 0 || schema['not'] instanceof Exclusions) return schema;
  let types = new Set<Primitive>(typesOf(schema, path) ?? TYPES.filter((type) => type !== 'integer'));
  const out: unknown[] = [];
  const patterns: string[] = [];
  for (const part of parts) {
    const negated = isObject(part) ? read(part, path) : undefined;
    if (!negated) refuse(path, '"not" must be a schema; say what is allowed instead');
    const named = 'type' in negated ? typesOf(negated, path)! : undefined;
    const values = valuesOf(negated, path);
    const rest = without(negated, 'type', 'enum', 'const', 'pattern');
    if (
      !isUnconstrained(rest) ||
      (!named && !values && !('pattern' in negated)) ||
      (values && 'pattern' in negated)
    )
      refuse(
        path,
        '"not" is supported with "type", "enum", "const" or "pattern"; say what is allowed instead',
      );
    if ('pattern' in negated) {
      patterns.push(...(partsOf(negated['pattern']) as string[]));
      // A pattern lets through what is no string, unless the type is named: then `not` forbids that.
      types = new Set([...types].filter((type) => type === 'string' || (named && !named.includes(type))));
    } else if (values) {
      // With a type beside them, values of other types are not meant: to leave them out too is no harm.
      out.push(...values);
    } else if (named) {
      types = new Set([...types].filter((type) => !named.some((gone) => overlaps(type, gone))));
    }
  }
  const texts = new Set(out.map(canonical));
  const gone = new Set(out.map(typeOfValue));
  const values = valuesOf(schema, path)?.filter((value) => !texts.has(canonical(value)));
  // Lists and objects are not told apart by value, and null and the booleans are few.
  for (const type of ['array', 'object', 'null'] as const) if (!values && gone.has(type)) types.delete(type);
  if (values?.length === 0 || types.size === 0) refuse(path, '"not" leaves nothing that is allowed');
  const narrowed: Record<string, unknown> = { ...without(schema, 'const', 'enum'), type: [...types] };
  if (values) narrowed['enum'] = values;
  else if (types.has('boolean') && gone.has('boolean')) {
    const left = [true, false].filter((value) => !texts.has(String(value)));
    if (left.length === 0) types.delete('boolean');
    else if (types.size === 1) narrowed['enum'] = left;
    else types.delete('boolean');
    if (types.size === 0) refuse(path, '"not" leaves nothing that is allowed');
    narrowed['type'] = [...types];
  }
  narrowed['not'] = new Exclusions(
    out.filter((value) => typeof value === 'number'),
    out.filter((value) => typeof value === 'string'),
    patterns,
  );
  return narrowed;
}

/** Numbers hold the integers: to leave one out, the other has to go as well. */
const overlaps = (type: Primitive, gone: Primitive): boolean =>
  type === gone || (type === 'number' && gone === 'integer') || (type === 'integer' && gone === 'number');
