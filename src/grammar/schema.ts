/**
 * JSON Schema as it is written: which keywords there are, what each needs, and the spellings of other drafts
 * and of OpenAPI turned into one. Nothing is ignored silently: a keyword that cannot be kept is refused by name.
 */
import { ForetokenError } from '../base/errors.js';
import { nearest } from '../base/nearest.js';
import { isObject } from '../base/shape.js';
import { FORMATS, INTEGER_FORMATS } from './formats.js';
import type { Primitive } from './json.js';

export type Schema = Readonly<Record<string, unknown>>;

const ANNOTATIONS = new Set([
  '$schema',
  '$id',
  'id',
  '$comment',
  '$vocabulary',
  '$defs',
  'definitions',
  'title',
  'description',
  'markdownDescription',
  'default',
  'example',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  'discriminator',
  'contentEncoding',
  'contentMediaType',
  'contentSchema',
  'externalDocs',
  'xml',
  'enumNames',
  'enumDescriptions',
  'propertyOrdering',
  'errorMessage',
]);
const NUMBERS: readonly Primitive[] = ['number', 'integer'];
/** Keywords that speak of one type only. */
export const KEYWORDS_OF_TYPE: ReadonlyMap<string, readonly Primitive[]> = new Map([
  ['minLength', ['string']],
  ['maxLength', ['string']],
  ['pattern', ['string']],
  ['format', ['string']],
  ['minimum', NUMBERS],
  ['maximum', NUMBERS],
  ['exclusiveMinimum', NUMBERS],
  ['exclusiveMaximum', NUMBERS],
  ['multipleOf', NUMBERS],
  ['properties', ['object']],
  ['patternProperties', ['object']],
  ['propertyNames', ['object']],
  ['required', ['object']],
  ['additionalProperties', ['object']],
  ['unevaluatedProperties', ['object']],
  ['minProperties', ['object']],
  ['maxProperties', ['object']],
  ['items', ['array']],
  ['prefixItems', ['array']],
  ['unevaluatedItems', ['array']],
  ['minItems', ['array']],
  ['maxItems', ['array']],
  ['uniqueItems', ['array']],
]);
const COMBINING = ['type', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', '$ref', 'not'];
export const TYPES: readonly Primitive[] = [
  'object',
  'array',
  'string',
  'number',
  'integer',
  'boolean',
  'null',
];
const ADVICE: ReadonlyMap<string, string> = new Map([
  ['if', 'write the cases as anyOf'],
  ['then', 'write the cases as anyOf'],
  ['else', 'write the cases as anyOf'],
  ['dependentSchemas', 'write the cases as anyOf'],
  ['dependentRequired', 'write the cases as anyOf'],
  ['dependencies', 'write the cases as anyOf'],
  ['contains', 'describe the items with items or prefixItems'],
  ['additionalItems', 'use items beside prefixItems'],
  ['$anchor', 'refer to schemas as #/$defs/name'],
  ['$dynamicRef', 'refer to schemas as #/$defs/name'],
]);

/** Values of one keyword from several schemas that must hold together. */
export class Together {
  constructor(readonly all: readonly unknown[]) {}
}
export const partsOf = (value: unknown): readonly unknown[] =>
  value === undefined ? [] : value instanceof Together ? value.all : [value];
export const together = (a: unknown, b: unknown): unknown => new Together([...partsOf(a), ...partsOf(b)]);

/** What `not` takes out, once it is known to say only this. */
export class Exclusions {
  constructor(
    readonly numbers: readonly number[],
    readonly texts: readonly string[],
    readonly patterns: readonly string[],
  ) {}
}

/** @throws ForetokenError `invalid_schema`: what is wrong at which JSON pointer. */
export function refuse(path: string, problem: string): never {
  throw new ForetokenError(
    'invalid_schema',
    `The JSON schema cannot be used: at ${path}, ${problem}${problem.endsWith('?') ? '' : '.'}`,
  );
}

export const pointerInto = (path: string, ...keys: readonly (string | number)[]): string =>
  keys.reduce<string>((at, key) => `${at}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`, path);

const isNote = (keyword: string): boolean => ANNOTATIONS.has(keyword) || keyword.startsWith('x-');

/** One schema object in today's spelling, every keyword of it checked; those below it are left alone. */
export function read(schema: Schema, path: string): Schema {
  const plain = modern(schema, path);
  const types = plain['type'] === undefined ? undefined : typesOf(plain, path);
  for (const [keyword, value] of Object.entries(plain)) {
    if (isNote(keyword) || COMBINING.includes(keyword)) continue;
    const applies = KEYWORDS_OF_TYPE.get(keyword);
    if (!applies) {
      const advice = ADVICE.get(keyword);
      const known = [...COMBINING, ...KEYWORDS_OF_TYPE.keys(), ...ANNOTATIONS];
      const like = advice === undefined ? nearest(keyword, known) : undefined;
      refuse(
        path,
        `"${keyword.slice(0, 100)}" is not supported; ` +
          (advice ?? (like === undefined ? 'remove it' : `did you mean "${like}"?`)),
      );
    }
    if (types && !applies.some((type) => types.includes(type)))
      refuse(path, `"${keyword}" says nothing about type ${types.join(', ')}; remove it or change the type`);
    checkValue(keyword, value, path);
  }
  return plain;
}

/**
 * OpenAPI 3.0's `nullable` and true/false `exclusiveMinimum`, older drafts' lists of `items`, and formats, which
 * become bounds of integers, stay as patterns of strings, or say nothing.
 */
function modern(schema: Schema, path: string): Schema {
  let plain: Record<string, unknown> = without(schema, 'nullable', 'format');
  const { nullable, format } = schema;
  if (nullable !== undefined && typeof nullable !== 'boolean')
    refuse(path, `"nullable" must be true or false, not ${shown(nullable)}`);
  if (nullable === true && plain['type'] !== undefined) plain['type'] = [...typesOf(plain, path)!, 'null'];
  for (const [bound, exclusive] of [
    ['minimum', 'exclusiveMinimum'],
    ['maximum', 'exclusiveMaximum'],
  ] as const) {
    const flag = plain[exclusive];
    if (flag === true && typeof plain[bound] === 'number')
      plain = { ...without(plain, bound), [exclusive]: plain[bound] };
    else if (flag === false) plain = { ...without(plain, exclusive) };
  }
  if (Array.isArray(plain['items']) && plain['prefixItems'] === undefined) {
    plain['prefixItems'] = plain['items'];
    delete plain['items'];
    if (plain['additionalItems'] !== undefined) plain['items'] = plain['additionalItems'];
  }
  if (!('prefixItems' in plain) || Array.isArray(schema['items'])) delete plain['additionalItems'];
  if (format !== undefined) readFormat(plain, format, path);
  return plain;
}

function readFormat(plain: Record<string, unknown>, format: unknown, path: string): void {
  if (!partsOf(format).every((name) => typeof name === 'string'))
    refuse(path, `"format" must be a text, not ${shown(format)}`);
  const types = plain['type'] === undefined ? undefined : typesOf(plain, path);
  const kept = partsOf(format).filter((name) => FORMATS.has(name as string));
  if (kept.length > 0 && (types?.includes('string') ?? true))
    plain['format'] = kept.length === 1 ? kept[0] : new Together(kept);
  for (const name of partsOf(format) as readonly string[]) {
    const range = INTEGER_FORMATS.get(name);
    if (!range || (types && !types.some((type) => NUMBERS.includes(type)))) continue;
    const { minimum, maximum } = plain;
    if (minimum === undefined || typeof minimum === 'number')
      plain['minimum'] = Math.max(minimum ?? -Infinity, range[0]);
    if (maximum === undefined || typeof maximum === 'number')
      plain['maximum'] = Math.min(maximum ?? Infinity, range[1]);
    if (!types || types.includes('number')) plain['multipleOf'] = addedStep(plain['multipleOf']);
  }
}

const addedStep = (step: unknown): unknown => (step === undefined || step === 1 ? 1 : together(step, 1));

const MOST_SHOWN = 100;
/** A value of the schema in a message, cut. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) return String(value);
  return text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN)}…`;
}

function checkValue(keyword: string, value: unknown, path: string): void {
  const whole = Number.isSafeInteger(value) && (value as number) >= 0;
  const bad = (expected: string): never =>
    refuse(path, `"${keyword}" must be ${expected}, not ${shown(value)}`);
  const all = (test: (part: unknown) => boolean): boolean => partsOf(value).every(test);
  if (/^(min|max)(Length|Items|Properties)$/.test(keyword) && !whole) bad('a whole number from 0');
  if (/^(exclusive)?(Min|min|Max|max)imum$/.test(keyword) && typeof value !== 'number') bad('a number');
  if (keyword === 'pattern' && !all((part) => typeof part === 'string')) bad('a text');
  if (/^(properties|patternProperties)$/.test(keyword) && !isObject(value)) bad('an object of schemas');
  if (keyword === 'propertyNames' && typeof value !== 'boolean' && !isObject(value)) bad('a schema');
  if (keyword === 'prefixItems' && !Array.isArray(value)) bad('a list of schemas');
  if (keyword === 'items' && Array.isArray(value)) bad('a schema (a list of schemas is "prefixItems")');
  if (keyword === 'required' && !(Array.isArray(value) && value.every((key) => typeof key === 'string')))
    bad('a list of property names');
  if (keyword === 'uniqueItems' && typeof value !== 'boolean') bad('true or false');
  if (/^unevaluated/.test(keyword) && value !== false)
    refuse(path, `"${keyword}" is supported only as false; use additionalProperties or items`);
  if (keyword === 'multipleOf' && !all((part) => typeof part === 'number' && part > 0))
    bad('a number above 0');
}

/** `type` as a list; without `type`, the types of which the schema's keywords speak; undefined for any. */
export function typesOf(schema: Schema, path: string): readonly Primitive[] | undefined {
  const { type } = schema;
  if (type === undefined) {
    const implied = Object.keys(schema).flatMap((keyword) => KEYWORDS_OF_TYPE.get(keyword)?.[0] ?? []);
    return implied.length > 0 ? [...new Set(implied)] : undefined;
  }
  const types: unknown[] = Array.isArray(type) ? type : [type];
  if (types.length === 0) refuse(path, '"type" is an empty list; name at least one type');
  const wrong = types.find((name) => !(TYPES as readonly unknown[]).includes(name));
  if (wrong !== undefined) {
    const like = typeof wrong === 'string' ? nearest(wrong, TYPES) : undefined;
    refuse(
      path,
      `${shown(wrong)} is no type; ` +
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
  const constant = canonical(schema['const']);
  if (list !== undefined && !(list as unknown[]).some((value) => canonical(value) === constant))
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

/** The type of a JSON value; integers are numbers. */
export function typeOfValue(value: unknown): Primitive {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value as Primitive;
}

/** The same text for equal values: keys of objects in order. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join()}}`;
}

/** True when a schema says nothing about values. */
export const isUnconstrained = (schema: Schema): boolean => Object.keys(schema).every(isNote);

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
      `"$ref" ${shown(reference)} leads outside the schema; put the schema under #/$defs and refer to it there`,
    );
  let target = root;
  for (const part of reference.split('/').slice(1)) {
    const key = unescaped(part).replaceAll('~1', '/').replaceAll('~0', '~');
    const inside = Array.isArray(target) ? /^\d+$/.test(key) : isObject(target);
    target = inside && Object.hasOwn(target as object, key) ? (target as Schema)[key] : undefined;
    if (target === undefined) refuse(path, `"$ref" ${shown(reference)} leads to nothing`);
  }
  return target;
}

function unescaped(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
