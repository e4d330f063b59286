/**
 * JSON Schema as it is written: which keywords there are, what each needs, and `allOf` and `$ref` folded
 * into one plain schema. Nothing is ignored silently: a keyword that cannot be kept is refused by name.
 */
import { ForetokenError } from '../base/errors.js';
import { nearest } from '../base/nearest.js';
import type { Primitive } from './json.js';

export type Schema = Readonly<Record<string, unknown>>;

const ANNOTATIONS = new Set([
  '$schema',
  '$id',
  '$comment',
  '$defs',
  'definitions',
  'title',
  'description',
  'default',
  'example',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  'discriminator',
]);
/** Keywords that speak of one type only. */
export const KEYWORDS_OF_TYPE: Readonly<Record<string, readonly Primitive[]>> = {
  minLength: ['string'],
  maxLength: ['string'],
  pattern: ['string'],
  format: ['string'],
  minimum: ['number', 'integer'],
  maximum: ['number', 'integer'],
  exclusiveMinimum: ['number', 'integer'],
  exclusiveMaximum: ['number', 'integer'],
  multipleOf: ['number', 'integer'],
  properties: ['object'],
  required: ['object'],
  additionalProperties: ['object'],
  unevaluatedProperties: ['object'],
  items: ['array'],
  prefixItems: ['array'],
  minItems: ['array'],
  maxItems: ['array'],
  uniqueItems: ['array'],
};
const COMBINING = ['type', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', '$ref'];
const TYPES: readonly Primitive[] = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'];
const ADVICE: Readonly<Record<string, string>> = {
  not: 'say what is allowed instead',
  if: 'write the cases as anyOf',
  then: 'write the cases as anyOf',
  else: 'write the cases as anyOf',
  dependentSchemas: 'write the cases as anyOf',
  dependentRequired: 'write the cases as anyOf',
  patternProperties: 'name the properties, or use additionalProperties with a schema',
  propertyNames: 'name the properties, or use additionalProperties with a schema',
  nullable: 'write the type as ["…", "null"]',
  contains: 'describe the items with items or prefixItems',
  additionalItems: 'use items beside prefixItems',
  $anchor: 'refer to schemas as #/$defs/name',
  $dynamicRef: 'refer to schemas as #/$defs/name',
};

/** @throws ForetokenError `invalid_schema`: what is wrong at which JSON pointer. */
export function refuse(path: string, problem: string): never {
  throw new ForetokenError(
    'invalid_schema',
    `The JSON schema cannot be used: at ${path}, ${problem}${problem.endsWith('?') ? '' : '.'}`,
  );
}

export const pointerInto = (path: string, ...keys: readonly (string | number)[]): string =>
  keys.reduce<string>((at, key) => `${at}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`, path);

/** Checks every keyword of one schema object, not of those below it. */
export function checkKeywords(schema: Schema, path: string): void {
  const types = schema['type'] === undefined ? undefined : typesOf(schema, path);
  for (const [keyword, value] of Object.entries(schema)) {
    if (ANNOTATIONS.has(keyword) || keyword.startsWith('x-') || COMBINING.includes(keyword)) continue;
    const applies = KEYWORDS_OF_TYPE[keyword];
    if (!applies) {
      const advice = ADVICE[keyword];
      const known = [...COMBINING, ...Object.keys(KEYWORDS_OF_TYPE), ...ANNOTATIONS];
      const like = advice === undefined ? nearest(keyword, known) : undefined;
      refuse(
        path,
        `"${keyword}" is not supported; ` +
          (advice ?? (like === undefined ? 'remove it' : `did you mean "${like}"?`)),
      );
    }
    if (types && !applies.some((type) => types.includes(type)))
      refuse(path, `"${keyword}" says nothing about type ${types.join(', ')}; remove it or change the type`);
    checkValue(keyword, value, path);
  }
}

function checkValue(keyword: string, value: unknown, path: string): void {
  const whole = Number.isSafeInteger(value) && (value as number) >= 0;
  const bad = (expected: string): never =>
    refuse(path, `"${keyword}" must be ${expected}, not ${JSON.stringify(value)}`);
  if (/^(min|max)(Length|Items)$/.test(keyword) && !whole) bad('a whole number from 0');
  if (/^(exclusive)?(Min|min|Max|max)imum$/.test(keyword) && typeof value !== 'number') bad('a number');
  if ((keyword === 'pattern' || keyword === 'format') && typeof value !== 'string') bad('a text');
  if (keyword === 'properties' && !isObject(value)) bad('an object of schemas');
  if (keyword === 'prefixItems' && !Array.isArray(value)) bad('a list of schemas');
  if (keyword === 'items' && Array.isArray(value)) bad('a schema (a list of schemas is "prefixItems")');
  if (keyword === 'required' && !(Array.isArray(value) && value.every((key) => typeof key === 'string')))
    bad('a list of property names');
  if (keyword === 'uniqueItems' && value !== false)
    refuse(path, '"uniqueItems" is not supported; a grammar does not remember what it wrote; remove it');
  if (keyword === 'unevaluatedProperties' && value !== false)
    refuse(path, '"unevaluatedProperties" is supported only as false; use additionalProperties');
  if (keyword === 'multipleOf' && value !== 1)
    refuse(path, '"multipleOf" is supported only as 1; use type integer, minimum and maximum, or enum');
}

export const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `type` as a list; without `type`, the types of which the schema's keywords speak; undefined for any. */
export function typesOf(schema: Schema, path: string): readonly Primitive[] | undefined {
  const { type } = schema;
  if (type === undefined) {
    const implied = Object.keys(schema).flatMap((keyword) => KEYWORDS_OF_TYPE[keyword]?.[0] ?? []);
    return implied.length > 0 ? [...new Set(implied)] : undefined;
  }
  const types: unknown[] = Array.isArray(type) ? type : [type];
  if (types.length === 0) refuse(path, '"type" is an empty list; name at least one type');
  for (const name of types) {
    if (typeof name === 'string' && (TYPES as readonly string[]).includes(name)) continue;
    const like = typeof name === 'string' ? nearest(name, TYPES) : undefined;
    refuse(
      path,
      `${JSON.stringify(name)} is no type; ` +
        (like === undefined ? `use one of ${TYPES.join(', ')}` : `did you mean "${like}"?`),
    );
  }
  return [...new Set(types as Primitive[])];
}

/** The values a schema allows by `enum` and `const`; undefined when it has neither. */
export function valuesOf(schema: Schema, path: string): readonly unknown[] | undefined {
  const { enum: list } = schema;
  if (list !== undefined && (!Array.isArray(list) || list.length === 0))
    refuse(path, '"enum" must be a list of at least one value');
  if (!('const' in schema)) return list as readonly unknown[] | undefined;
  const constant = JSON.stringify(schema['const']);
  if (list !== undefined && !(list as unknown[]).some((value) => JSON.stringify(value) === constant))
    refuse(path, '"const" is not among the values of "enum"');
  return [schema['const']];
}

export function isOfType(value: unknown, type: Primitive): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}

/** True when a schema says nothing about values. */
export const isUnconstrained = (schema: Schema): boolean =>
  Object.keys(schema).every((keyword) => ANNOTATIONS.has(keyword) || keyword.startsWith('x-'));

/** A list of schemas under a combining keyword. */
export function branchesOf(
  schema: Schema,
  keyword: 'allOf' | 'anyOf' | 'oneOf',
  path: string,
): readonly unknown[] {
  const branches = schema[keyword];
  if (!Array.isArray(branches) || branches.length === 0)
    refuse(path, `"${keyword}" must be a list of at least one schema`);
  return branches as readonly unknown[];
}

export function without(schema: Schema, ...keywords: readonly string[]): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !keywords.includes(keyword)));
}

/** What a `$ref` within the document points to. */
export function resolve(root: unknown, reference: unknown, path: string): unknown {
  if (typeof reference !== 'string' || !(reference === '#' || reference.startsWith('#/')))
    refuse(
      path,
      `"$ref" ${JSON.stringify(reference)} leads outside the schema; put the schema under #/$defs and refer to it there`,
    );
  let target = root;
  for (const part of reference.split('/').slice(1)) {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    const inside = Array.isArray(target) ? /^\d+$/.test(key) : isObject(target);
    target = inside && Object.hasOwn(target as object, key) ? (target as Schema)[key] : undefined;
    if (target === undefined) refuse(path, `"$ref" ${JSON.stringify(reference)} leads to nothing`);
  }
  return target;
}
