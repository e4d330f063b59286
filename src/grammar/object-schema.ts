/**
 * Objects of a schema: `properties`, `required`, `patternProperties`, `propertyNames`, `additionalProperties`,
 * and how many there may be.
 */
import { isObject } from '../base/shape.js';
import { accepts, ANY_TEXT, combine, ofTexts, type Automaton } from './automaton.js';
import { AutomatonFault } from './budget.js';
import type { Conversion, Place } from './conversion.js';
import { choice, sequence, type GbnfNode } from './gbnf.js';
import { QUOTE, useJsonRule } from './json.js';
import { ofLength } from './lengths.js';
import { member, objectNode, type FreeMembers, type Property } from './objects.js';
import { pointerInto, refuse, shown, typesOf, valuesOf, type Schema } from './schema.js';
import { fittingValues } from './constants.js';
import { stringLanguage, textNode } from './string-schema.js';
import { distinctItems, textKinds } from './unique.js';

/** Keys of one pattern and the schema of their values. */
interface KeyPattern {
  readonly pattern: string;
  readonly keys: Automaton | undefined;
  readonly schema: unknown;
}
const MOST_PATTERNS = 8;
const MOST_OVERLAPPING = 3;

export function objectSchemaNode(conversion: Conversion, schema: Schema, place: Place): GbnfNode {
  return new ObjectReader(conversion, schema, place).read();
}

class ObjectReader {
  private readonly declared: Schema;
  private readonly required: ReadonlySet<string>;
  private readonly patterns: readonly KeyPattern[];
  /** Names that `propertyNames` allows; undefined when it says nothing. */
  private readonly names: Automaton | undefined;
  /** Schema of other keys; undefined or false for none. */
  private readonly rest: unknown;

  constructor(
    private readonly conversion: Conversion,
    private readonly schema: Schema,
    private readonly place: Place,
  ) {
    const { path } = place;
    const rest = schema['additionalProperties'];
    if (rest !== undefined && typeof rest !== 'boolean' && !isObject(rest))
      refuse(path, '"additionalProperties" must be true, false or a schema');
    this.declared = (schema['properties'] ?? {}) as Schema;
    this.required = new Set((schema['required'] ?? []) as readonly string[]);
    const patterns = Object.entries((schema['patternProperties'] ?? {}) as Schema);
    if (patterns.length > MOST_PATTERNS)
      refuse(path, `"patternProperties" has more than ${MOST_PATTERNS} patterns`);
    this.patterns = patterns.map(([pattern, value]) => ({
      pattern,
      keys: stringLanguage(conversion, { pattern }, pointerInto(path, 'patternProperties', pattern)),
      schema: value,
    }));
    const names = schema['propertyNames'];
    this.names =
      names === undefined || names === true
        ? undefined
        : this.nameAutomaton(names, pointerInto(path, 'propertyNames'));
    const saysKeys = 'properties' in schema || patterns.length > 0;
    this.rest = rest ?? (saysKeys ? undefined : true);
  }

  read(): GbnfNode {
    const { conversion, schema, place } = this;
    const min = (schema['minProperties'] ?? 0) as number;
    const max = (schema['maxProperties'] ?? Infinity) as number;
    const plain = Object.keys(this.declared).length === 0 && this.patterns.length === 0 && !this.names;
    if (
      plain &&
      !('properties' in schema) &&
      this.required.size === 0 &&
      this.rest === true &&
      min === 0 &&
      max === Infinity
    )
      return useJsonRule(conversion.grammar, 'object');
    const properties = this.properties();
    const node = objectNode(conversion.grammar, place.hint, properties, this.free(), { min, max });
    if (!node) refuse(place.path, `no object it describes has ${min} to ${max} properties`);
    return node;
  }

  /** Declared properties, and required ones that are not declared. */
  private properties(): Property[] {
    const { path } = this.place;
    const found: Property[] = [];
    const add = (key: string, schemas: readonly unknown[], at: string): void => {
      const required = this.required.has(key);
      const allowed = (!this.names || accepts(this.names, key)) && !schemas.includes(false);
      if (!allowed && required)
        refuse(path, `"required" names ${shown(key)}, which "propertyNames" or a schema false forbids`);
      if (!allowed) return;
      const said = schemas.filter((one) => one !== true);
      const value = said.length === 0 ? true : said.length === 1 ? said[0] : { allOf: said };
      found.push({ key, value: this.below(value, key, at), required });
    };
    for (const [key, value] of Object.entries(this.declared))
      add(key, [value, ...this.matching(key)], pointerInto(path, 'properties', key));
    for (const key of this.required) {
      if (Object.hasOwn(this.declared, key)) continue;
      const matching = this.matching(key);
      if (this.rest === false && matching.length === 0)
        refuse(path, `"required" names ${shown(key)}, which is no property; declare it under "properties"`);
      add(
        key,
        matching.length > 0 ? matching : [this.rest ?? true],
        pointerInto(path, matching.length > 0 ? 'patternProperties' : 'additionalProperties'),
      );
    }
    return found;
  }

  private matching(key: string): unknown[] {
    return this.patterns.filter(({ keys }) => keys && accepts(keys, key)).map(({ schema }) => schema);
  }

  private below(value: unknown, key: string, path: string): GbnfNode {
    const { conversion, place } = this;
    return conversion.node(value, { path, level: place.level + 1, hint: `${place.hint}-${key}` });
  }

  /** Keys that are not declared, by which of the patterns they match. */
  private free(): FreeMembers | undefined {
    const { conversion, place } = this;
    const open = this.rest !== undefined && this.rest !== false;
    if (this.patterns.length === 0 && !open) return undefined;
    const classes: { keys: Automaton; value: GbnfNode }[] = [];
    const add = (matched: readonly KeyPattern[]): void => {
      const schemas = matched.length > 0 ? matched.map(({ schema }) => schema) : [this.rest];
      if (schemas.includes(false) || (matched.length === 0 && !open)) return;
      const keys = this.paid('patternProperties', () => this.keysMatching(matched));
      if (!keys) return;
      const said = schemas.filter((one) => one !== true);
      const value = said.length === 0 ? true : said.length === 1 ? said[0] : { allOf: said };
      const at =
        matched.length > 0
          ? pointerInto(place.path, 'patternProperties', matched[0]!.pattern)
          : pointerInto(place.path, 'additionalProperties');
      classes.push({ keys, value: this.below(value, 'value', at) });
    };
    for (const matched of this.combinations()) add(matched);
    if (classes.length === 0) return undefined;
    const pairs = classes.map(({ keys, value }) => {
      const key = textNode(conversion, keys, `${place.hint}-key`, place.path);
      return conversion.grammar.named(`${place.hint}-free`, member(sequence(QUOTE, key, QUOTE), value));
    });
    const several = (count: number): GbnfNode => {
      const keyPlace = { ...place, hint: `${place.hint}-key` };
      const kinds = classes.flatMap(({ keys, value }) =>
        textKinds(conversion, keys, count, keyPlace).map((key) => member(sequence(QUOTE, key, QUOTE), value)),
      );
      return distinctItems(conversion, kinds, count, count, keyPlace);
    };
    return { pair: conversion.grammar.named(`${place.hint}-free`, choice(...pairs)), several };
  }

  /** Sets of patterns of which a key may match exactly these; of many patterns only those of none or one. */
  private combinations(): readonly (readonly KeyPattern[])[] {
    const { patterns } = this;
    if (patterns.length > MOST_OVERLAPPING) return [...patterns.map((pattern) => [pattern]), []];
    const sets = Array.from({ length: 1 << patterns.length }, (_, mask) =>
      patterns.filter((_pattern, index) => mask & (1 << index)),
    );
    return sets.toReversed();
  }

  private keysMatching(matched: readonly KeyPattern[]): Automaton | undefined {
    const { budget } = this.conversion;
    // The empty key helps nobody, and models write it when they know no other.
    let keys = this.names ?? ofLength(ANY_TEXT, 1, Infinity, budget);
    for (const pattern of this.patterns) {
      if (!pattern.keys && !matched.includes(pattern)) continue;
      keys &&= combine(keys, pattern.keys, matched.includes(pattern) ? 'both' : 'first', budget);
    }
    const taken = ofTexts([...Object.keys(this.declared), ...this.required], budget);
    return keys && combine(keys, taken, 'first', budget);
  }

  /** The strings of a schema of names: one of its alternatives holds. */
  private nameAutomaton(schema: unknown, path: string): Automaton {
    const { conversion } = this;
    let names: Automaton | undefined;
    for (const plain of schema === false ? [] : conversion.alternatives(schema, path)) {
      const values = valuesOf(plain, path);
      const types = 'type' in plain ? typesOf(plain, path)! : ['string'];
      if (!types.includes('string')) continue;
      const one = this.paid('propertyNames', () =>
        values
          ? ofTexts(
              fittingValues(conversion, plain, values, path).filter((value) => typeof value === 'string'),
              conversion.budget,
            )
          : stringLanguage(conversion, plain, path),
      );
      if (one)
        names = names
          ? this.paid('propertyNames', () => combine(names!, one, 'either', conversion.budget))
          : one;
    }
    if (!names) refuse(path, 'it allows no name of a property');
    return names;
  }

  private paid<T>(keyword: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof AutomatonFault) refuse(this.place.path, `"${keyword}" ${error.message}`);
      throw error;
    }
  }
}
