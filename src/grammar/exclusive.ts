/**
 * Whether one schema's texts can be told from another's: `oneOf` demands that exactly one branch holds, and a
 * grammar can only promise that at least one does. So `oneOf` is taken where the branches provably exclude
 * each other, which is what it is mostly used for (a union of types, objects told apart by a constant).
 */
import { isObject, isOfType, typesOf, valuesOf, type Schema } from './schema.js';
import type { Primitive } from './json.js';

/** Follows references and folds `allOf`; a schema with `anyOf` comes back as its branches. */
export type Unfold = (schema: unknown) => readonly Schema[];

const MOST_LEVELS = 4;

/** True when no text that the grammar writes for `a` is valid for `b`. */
export function excludes(a: unknown, b: unknown, unfold: Unfold, levels = MOST_LEVELS): boolean {
  if (levels === 0) return false;
  const right = unfold(b);
  return unfold(a).every((written) => right.every((other) => plainExcludes(written, other, unfold, levels)));
}

function plainExcludes(written: Schema, other: Schema, unfold: Unfold, levels: number): boolean {
  const types = typesOf(written, '#');
  const otherTypes = typesOf(other, '#');
  const values = valuesOf(written, '#');
  const otherValues = valuesOf(other, '#');
  if (values && otherValues) {
    const texts = new Set(otherValues.map((value) => JSON.stringify(value)));
    return values.every((value) => !texts.has(JSON.stringify(value)));
  }
  if (values && otherTypes) return values.every((value) => !otherTypes.some((type) => isOfType(value, type)));
  const kinds = types ?? [...new Set((values ?? []).map(typeOfValue))];
  const otherKinds = otherTypes ?? [...new Set((otherValues ?? []).map(typeOfValue))];
  if (kinds.length === 0 || otherKinds.length === 0) return false;
  const shared = kinds.filter((kind) => otherKinds.some((type) => overlap(kind, type)));
  if (shared.length === 0) return true;
  return shared.every((kind) => kind === 'object') && objectExcludes(written, other, unfold, levels);
}

function objectExcludes(written: Schema, other: Schema, unfold: Unfold, levels: number): boolean {
  const [properties, otherProperties] = [propertiesOf(written), propertiesOf(other)];
  const [required, otherRequired] = [requiredOf(written), requiredOf(other)];
  const open = written['additionalProperties'] !== undefined && written['additionalProperties'] !== false;
  if (!open && otherRequired.some((key) => !Object.hasOwn(properties, key) && !required.includes(key)))
    return true;
  if (other['additionalProperties'] === false && required.some((key) => !Object.hasOwn(otherProperties, key)))
    return true;
  return required.some(
    (key) =>
      Object.hasOwn(properties, key) &&
      Object.hasOwn(otherProperties, key) &&
      excludes(properties[key], otherProperties[key], unfold, levels - 1),
  );
}

const propertiesOf = (schema: Schema): Schema => (isObject(schema['properties']) ? schema['properties'] : {});
const requiredOf = (schema: Schema): readonly string[] => (schema['required'] ?? []) as readonly string[];

const overlap = (a: Primitive, b: Primitive): boolean =>
  a === b || (a === 'integer' && b === 'number') || (a === 'number' && b === 'integer');

function typeOfValue(value: unknown): Primitive {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value as Primitive;
}
