/**
 * Whether one schema's texts can be told from another's: `oneOf` demands that exactly one branch holds, and a
 * grammar can only promise that at least one does. So `oneOf` is taken where the branches provably exclude
 * each other, which is what it is mostly used for (a union of types, objects told apart by a constant).
 */
import { isObject } from '../base/shape.js';
import { canonical, isOfType, refuse, typeOfValue, TYPES, typesOf, valuesOf, type Schema } from './schema.js';
import type { Primitive } from './json.js';

/** Follows references and folds `allOf`; a schema with `anyOf` comes back as its branches. */
export type Unfold = (schema: unknown, path: string) => readonly Schema[];

const MOST_LEVELS = 4;
/** Values and properties looked at, for a whole schema. */
const MOST_COMPARISONS = 1_000_000;

export class Exclusive {
  private readonly plain = new Map<unknown, readonly Schema[]>();
  private readonly texts = new Map<Schema, ReadonlySet<string>>();
  private left = MOST_COMPARISONS;

  constructor(private readonly unfold: Unfold) {}

  /** The first two branches of which a value that is written for one may be valid for the other. */
  overlapping(branches: readonly unknown[], path: string): readonly [number, number] | undefined {
    for (const [a, one] of branches.entries())
      for (const [b, other] of branches.entries())
        if (a !== b && one !== false && other !== false && !this.excludes(one, other, path))
          return [Math.min(a, b), Math.max(a, b)];
    return undefined;
  }

  /** True when no text that the grammar writes for `a` is valid for `b`. */
  private excludes(a: unknown, b: unknown, path: string, levels = MOST_LEVELS): boolean {
    if (levels === 0) return false;
    const right = this.unfolded(b, path);
    return this.unfolded(a, path).every((written) =>
      right.every((other) => this.plainExcludes(written, other, path, levels)),
    );
  }

  private unfolded(schema: unknown, path: string): readonly Schema[] {
    let plain = this.plain.get(schema);
    if (!plain) this.plain.set(schema, (plain = this.unfold(schema, path)));
    return plain;
  }

  private spend(steps: number, path: string): void {
    this.left -= steps;
    if (this.left < 0)
      refuse(
        path,
        `its "oneOf" takes more than ${MOST_COMPARISONS} comparisons; write "anyOf", or fewer branches`,
      );
  }

  private textsOf(schema: Schema, values: readonly unknown[]): ReadonlySet<string> {
    let texts = this.texts.get(schema);
    if (!texts) this.texts.set(schema, (texts = new Set(values.map(canonical))));
    return texts;
  }

  private plainExcludes(written: Schema, other: Schema, path: string, levels: number): boolean {
    this.spend(1, path);
    const types = typesOf(written, path);
    const otherTypes = typesOf(other, path);
    const values = valuesOf(written, path);
    const otherValues = valuesOf(other, path);
    if (values && otherValues) {
      const [texts, otherTexts] = [this.textsOf(written, values), this.textsOf(other, otherValues)];
      this.spend(texts.size, path);
      return [...texts].every((text) => !otherTexts.has(text));
    }
    if (values && otherTypes && 'type' in other) {
      this.spend(values.length, path);
      return values.every((value) => !otherTypes.some((type) => isOfType(value, type)));
    }
    const kinds = values ? [...new Set(values.map(typeOfValue))] : types;
    // Without a type of its own the other holds for values of which its keywords do not speak.
    const otherKinds = otherValues
      ? [...new Set(otherValues.map(typeOfValue))]
      : 'type' in other
        ? otherTypes
        : TYPES;
    if (!kinds || !otherKinds) return false;
    const shared = kinds.filter((kind) => otherKinds.some((type) => overlap(kind, type)));
    if (shared.length === 0) return true;
    return shared.every((kind) => kind === 'object') && this.objectExcludes(written, other, path, levels);
  }

  private objectExcludes(written: Schema, other: Schema, path: string, levels: number): boolean {
    const [properties, otherProperties] = [propertiesOf(written), propertiesOf(other)];
    const [required, otherRequired] = [requiredOf(written), requiredOf(other)];
    this.spend(required.length * (otherRequired.length + 1), path);
    if (
      isClosed(written) &&
      otherRequired.some((key) => !Object.hasOwn(properties, key) && !required.includes(key))
    )
      return true;
    if (
      other['additionalProperties'] === false &&
      !('patternProperties' in other) &&
      required.some((key) => !Object.hasOwn(otherProperties, key))
    )
      return true;
    return required.some(
      (key) =>
        Object.hasOwn(properties, key) &&
        Object.hasOwn(otherProperties, key) &&
        this.excludes(properties[key], otherProperties[key], path, levels - 1),
    );
  }
}

/** True when the grammar writes no keys but those that are declared or required. */
const isClosed = (schema: Schema): boolean => {
  const rest = schema['additionalProperties'];
  if ('patternProperties' in schema) return false;
  return rest === false || (rest === undefined && 'properties' in schema);
};
const propertiesOf = (schema: Schema): Schema => (isObject(schema['properties']) ? schema['properties'] : {});
const requiredOf = (schema: Schema): readonly string[] => (schema['required'] ?? []) as readonly string[];

const overlap = (a: Primitive, b: Primitive): boolean =>
  a === b || (a === 'integer' && b === 'number') || (a === 'number' && b === 'integer');
