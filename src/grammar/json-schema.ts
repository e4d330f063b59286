/**
 * JSON Schema to GBNF, so that a model can write only what a schema allows.
 *
 * One rule governs all of it: whatever the grammar accepts is valid under the schema. The opposite need not
 * hold: properties come in declared order, undeclared ones only where `additionalProperties` asks for them,
 * tuples are written whole unless `minItems` says otherwise, numbers have at most 16 digits. A keyword for
 * which the rule cannot be kept is refused with its place in the schema.
 */
import { ForetokenError } from '../base/errors.js';
import { excludes } from './exclusive.js';
import { FORMATS } from './formats.js';
import { choice, EMPTY, GrammarFault, rule, sequence, text, type GbnfNode } from './gbnf.js';
import { newJsonGrammar, QUOTE, SPACE, useJsonRule, type Primitive } from './json.js';
import { merge } from './merge.js';
import { isExpressible, numberRange, type Bound } from './numbers.js';
import { objectNode, type Property } from './objects.js';
import { PatternFault, patternNode } from './pattern.js';
import * as read from './schema.js';
import { pointerInto, refuse, type Schema } from './schema.js';

export { JSON_OBJECT_GBNF } from './json.js';

const MOST_LEVELS = 64;
const MOST_SCHEMAS = 5_000;
const MOST_BRANCHES = 256;
const MOST_VALUES = 5_000;

/** @throws ForetokenError `invalid_schema`, naming the JSON pointer at fault. */
export function jsonSchemaToGbnf(schema: unknown): string {
  return new Converter(schema).convert();
}

/** `$ref`, `allOf` and `anyOf` done away with: a plain schema, or branches of which one must hold. */
type Flat = { readonly plain: Schema } | { readonly branches: readonly unknown[] };

class Converter {
  private readonly grammar = newJsonGrammar();
  /** Rule of each `$ref` target, present while it is being built, so that recursion finds it. */
  private readonly references = new Map<string, string>([['#', 'root']]);
  /** Where each rule comes from, for faults that show only in the finished grammar. */
  private readonly places = new Map<string, string>([['root', '#']]);
  private schemas = 0;
  private values = 0;

  constructor(private readonly root: unknown) {}

  convert(): string {
    try {
      useJsonRule(this.grammar, 'space');
      this.grammar.define('root', this.node(this.root, '#', 0, 'root'));
      return this.grammar.render();
    } catch (error) {
      if (error instanceof GrammarFault) {
        const at = this.places.get(error.rule) ?? '#';
        throw new ForetokenError(
          'invalid_schema',
          `The JSON schema cannot be used: at ${at}, ${error.message}.`,
          {
            cause: error,
          },
        );
      }
      throw error;
    }
  }

  /** The grammar of any schema; `hint` begins the names of its rules. */
  private node(schema: unknown, path: string, level: number, hint: string): GbnfNode {
    if (schema === true) return useJsonRule(this.grammar, 'value');
    if (schema === false) refuse(path, 'the schema false allows nothing; leave the property or branch out');
    if (!read.isObject(schema)) refuse(path, `a schema must be an object, not ${JSON.stringify(schema)}`);
    this.schemas += 1;
    if (this.schemas > MOST_SCHEMAS)
      refuse(path, `it holds more than ${MOST_SCHEMAS} schemas; make it smaller`);
    if (level > MOST_LEVELS)
      refuse(
        path,
        `it is nested more than ${MOST_LEVELS} levels deep; make it flatter, or use $ref for recursion`,
      );
    read.checkKeywords(schema, path);
    // A lone allOf is how some generators attach a description to a $ref; recursion passes through it too.
    if (this.isOnly(schema, 'allOf') && read.branchesOf(schema, 'allOf', path).length === 1)
      return this.node((schema['allOf'] as unknown[])[0], pointerInto(path, 'allOf', 0), level + 1, hint);
    if (this.isOnly(schema, '$ref')) return this.reference(schema['$ref'], path, level);

    if ('oneOf' in schema) this.checkExclusive(schema, path);
    const flat = this.flatten(schema, path, level);
    if ('branches' in flat) {
      const keyword = 'oneOf' in schema ? 'oneOf' : 'anyOf' in schema ? 'anyOf' : 'allOf';
      const nodes = flat.branches.map((branch, index) =>
        this.node(branch, pointerInto(path, keyword, index), level + 1, hint),
      );
      return this.place(`${hint}-any`, choice(...nodes), path);
    }
    return this.plain(flat.plain, path, level, hint);
  }

  private place(hint: string, node: GbnfNode, path: string): GbnfNode {
    const named = this.grammar.named(hint, node);
    if (named.kind === 'rule' && !this.places.has(named.name)) this.places.set(named.name, path);
    return named;
  }

  private isOnly(schema: Schema, keyword: string): boolean {
    return keyword in schema && read.isUnconstrained(read.without(schema, keyword));
  }

  private reference(reference: unknown, path: string, level: number): GbnfNode {
    const target = read.resolve(this.root, reference, path);
    const pointer = reference as string;
    const known = this.references.get(pointer);
    if (known !== undefined) return rule(known);
    const name = this.grammar.reserve(pointer.split('/').at(-1)!);
    this.references.set(pointer, name);
    this.places.set(name, pointer);
    this.grammar.define(name, this.node(target, pointer, level + 1, name));
    return rule(name);
  }

  private flatten(schema: Schema, path: string, level: number): Flat {
    if (level > MOST_LEVELS)
      refuse(
        path,
        'allOf, anyOf or $ref with other keywords beside it repeats without an end; use a plain $ref there',
      );
    let plain = read.without(schema, '$ref', 'allOf', 'anyOf', 'oneOf');
    const alternatives: (readonly unknown[])[] = [];
    const fold = (part: unknown, at: string): void => {
      const flat = this.flattenPart(part, at, level + 1);
      if ('branches' in flat) alternatives.push(flat.branches);
      else plain = merge(plain, flat.plain, path);
    };
    if ('$ref' in schema) fold(read.resolve(this.root, schema['$ref'], path), schema['$ref'] as string);
    if ('allOf' in schema)
      read.branchesOf(schema, 'allOf', path).forEach((part, index) => {
        fold(part, pointerInto(path, 'allOf', index));
      });
    for (const keyword of ['anyOf', 'oneOf'] as const)
      if (keyword in schema) alternatives.push(read.branchesOf(schema, keyword, path));

    if (alternatives.length === 0) return { plain };
    if (alternatives.length === 1 && read.isUnconstrained(plain)) return { branches: alternatives[0]! };
    // Each way to choose one branch of every alternative, together with what holds for all of them.
    let branches: Schema[] = [plain];
    for (const options of alternatives) {
      if (branches.length * options.length > MOST_BRANCHES)
        refuse(path, `its anyOf and allOf combine to more than ${MOST_BRANCHES} cases; make them fewer`);
      branches = branches.flatMap((chosen) => options.map((option) => ({ allOf: [chosen, option] })));
    }
    return { branches };
  }

  private flattenPart(part: unknown, path: string, level: number): Flat {
    if (part === true) return { plain: {} };
    if (!read.isObject(part)) refuse(path, 'a schema must be an object here');
    read.checkKeywords(part, path);
    if ('oneOf' in part) this.checkExclusive(part, path);
    return this.flatten(part, path, level);
  }

  private checkExclusive(schema: Schema, path: string): void {
    const branches = read.branchesOf(schema, 'oneOf', path);
    if (branches.length > MOST_BRANCHES) refuse(path, `"oneOf" has more than ${MOST_BRANCHES} branches`);
    let budget = MOST_SCHEMAS;
    const unfold = (part: unknown): readonly Schema[] => {
      if (--budget < 0 || !read.isObject(part)) return [{}];
      const flat = this.flattenPart(part, path, 1);
      return 'plain' in flat ? [flat.plain] : flat.branches.flatMap(unfold);
    };
    for (const [a, one] of branches.entries())
      for (const [b, other] of branches.entries())
        if (a !== b && !excludes(one, other, unfold))
          refuse(
            path,
            `branches ${Math.min(a, b)} and ${Math.max(a, b)} of "oneOf" may hold for the same value; ` +
              'tell them apart by type or by a required constant, or write "anyOf"',
          );
  }

  private plain(schema: Schema, path: string, level: number, hint: string): GbnfNode {
    const types = read.typesOf(schema, path);
    const values = read.valuesOf(schema, path);
    if (values) return this.constants(schema, values, types, path);
    if (!types) return useJsonRule(this.grammar, 'value');
    return choice(...types.map((type) => this.typed(type, schema, path, level, hint)));
  }

  private constants(
    schema: Schema,
    values: readonly unknown[],
    types: readonly Primitive[] | undefined,
    path: string,
  ): GbnfNode {
    for (const keyword of Object.keys(read.KEYWORDS_OF_TYPE))
      if (keyword in schema)
        refuse(path, `"${keyword}" beside "enum" or "const" is not supported; list only the values that fit`);
    const typed = 'type' in schema ? types : undefined;
    const fitting = values.filter((value) => !typed || typed.some((type) => read.isOfType(value, type)));
    if (fitting.length === 0) refuse(path, 'no value of "enum" or "const" is of the given type');
    this.values += fitting.length;
    if (this.values > MOST_VALUES) refuse(path, `its enums hold more than ${MOST_VALUES} values`);
    return choice(...fitting.map((value) => text(JSON.stringify(value))));
  }

  private typed(type: Primitive, schema: Schema, path: string, level: number, hint: string): GbnfNode {
    switch (type) {
      case 'object':
        return this.place(hint, this.object(schema, path, level, hint), path);
      case 'array':
        return this.place(hint, this.array(schema, path, level, hint), path);
      case 'string':
        return this.string(schema, path, hint);
      case 'number':
      case 'integer':
        return this.number(schema['multipleOf'] === 1 ? 'integer' : type, schema, path, hint);
      case 'boolean':
      case 'null':
        return useJsonRule(this.grammar, type);
    }
  }

  private object(schema: Schema, path: string, level: number, hint: string): GbnfNode {
    const declared = (schema['properties'] ?? {}) as Schema;
    const required = (schema['required'] ?? []) as readonly string[];
    const rest = schema['additionalProperties'];
    if (rest !== undefined && typeof rest !== 'boolean' && !read.isObject(rest))
      refuse(path, '"additionalProperties" must be true, false or a schema');
    if (!('properties' in schema) && required.length === 0 && (rest === undefined || rest === true))
      return useJsonRule(this.grammar, 'object');

    const below = (value: unknown, key: string, ...at: string[]): GbnfNode =>
      this.node(value, pointerInto(path, ...at), level + 1, `${hint}-${key}`);
    const properties: Property[] = [];
    const forbidden: string[] = [];
    for (const [key, value] of Object.entries(declared)) {
      const isRequired = required.includes(key);
      if (value === false && !isRequired) {
        forbidden.push(key);
        continue;
      }
      properties.push({ key, value: below(value, key, 'properties', key), required: isRequired });
    }
    for (const key of new Set(required)) {
      if (Object.hasOwn(declared, key)) continue;
      if (rest === false)
        refuse(
          path,
          `"required" names ${JSON.stringify(key)}, which is no property; declare it under "properties"`,
        );
      properties.push({ key, value: below(rest ?? true, key, 'additionalProperties'), required: true });
    }
    const free =
      rest === undefined || rest === false ? undefined : below(rest, 'value', 'additionalProperties');
    return objectNode(this.grammar, hint, properties, free, forbidden);
  }

  private array(schema: Schema, path: string, level: number, hint: string): GbnfNode {
    const prefix = (schema['prefixItems'] ?? []) as readonly unknown[];
    const { items } = schema;
    const open = items === undefined ? prefix.length === 0 : items !== false;
    const most = Math.min((schema['maxItems'] ?? Infinity) as number, open ? Infinity : prefix.length);
    const least = (schema['minItems'] ?? Math.min(prefix.length, most)) as number;
    if (least > most) refuse(path, `it needs at least ${least} items ("minItems") but may have only ${most}`);
    if (most === 0) return sequence(text('['), SPACE, text(']'));

    const comma = sequence(text(','), SPACE);
    const fixed = prefix.slice(0, most).map((item, index) => {
      const node = this.node(item, pointerInto(path, 'prefixItems', index), level + 1, `${hint}-${index}`);
      return index === 0 ? node : sequence(comma, node);
    });
    let content: GbnfNode = EMPTY;
    if (most > prefix.length) {
      const item = this.place(
        `${hint}-item`,
        this.node(items ?? true, pointerInto(path, 'items'), level + 1, `${hint}-item`),
        pointerInto(path, 'items'),
      );
      const begun = prefix.length > 0 ? 0 : 1;
      const more = this.grammar.repeat(
        `${hint}-next`,
        sequence(comma, item),
        Math.max(0, least - prefix.length - begun),
        most - prefix.length - begun,
      );
      content = begun === 0 ? more : sequence(item, more);
      if (begun === 1 && least === 0) content = choice(EMPTY, content);
    }
    for (const [index, item] of [...fixed.entries()].reverse()) {
      content = sequence(item, content);
      if (index >= least) content = this.grammar.named(`${hint}-rest`, choice(content, EMPTY));
    }
    return sequence(text('['), SPACE, content, SPACE, text(']'));
  }

  private string(schema: Schema, path: string, hint: string): GbnfNode {
    const lengths = 'minLength' in schema || 'maxLength' in schema;
    if ('pattern' in schema || 'format' in schema) {
      if (lengths)
        refuse(
          path,
          '"minLength" and "maxLength" beside "pattern" or "format" are not supported; say it in the pattern',
        );
      return this.patterned(schema, path, hint);
    }
    if (!lengths) return useJsonRule(this.grammar, 'string');
    const least = (schema['minLength'] ?? 0) as number;
    const most = (schema['maxLength'] ?? Infinity) as number;
    if (least > most) refuse(path, `"minLength" ${least} is more than "maxLength" ${most}`);
    return sequence(
      QUOTE,
      this.grammar.repeat('text', useJsonRule(this.grammar, 'char'), least, most),
      QUOTE,
    );
  }

  /** With both `pattern` and `format` the pattern: generators such as Zod write it as the exact form of the format. */
  private patterned(schema: Schema, path: string, hint: string): GbnfNode {
    const pattern = schema['pattern'] as string | undefined;
    const format = schema['format'] as string | undefined;
    const known = format === undefined ? undefined : FORMATS[format];
    const source = pattern ?? known;
    if (source === undefined)
      refuse(
        path,
        `format "${format ?? ''}" is not supported; use one of ${Object.keys(FORMATS).join(', ')}, or "pattern"`,
      );
    const name = pattern === undefined ? `format-${format ?? ''}` : hint;
    try {
      const node = patternNode(this.grammar, source, name);
      return this.place(name, sequence(QUOTE, node, QUOTE), path);
    } catch (error) {
      if (!(error instanceof PatternFault)) throw error;
      const instead =
        pattern !== undefined && known ? '; the format beside it is supported, so leave the pattern out' : '';
      refuse(path, `the pattern ${error.message}${instead}`);
    }
  }

  private number(kind: 'integer' | 'number', schema: Schema, path: string, hint: string): GbnfNode {
    const bound = (
      inclusive: string,
      exclusive: string,
      tighter: (a: number, b: number) => boolean,
    ): Bound | undefined => {
      let tightest: Bound | undefined;
      for (const keyword of [inclusive, exclusive]) {
        const value = schema[keyword] as number | undefined;
        if (value === undefined) continue;
        if (!isExpressible(value))
          refuse(
            path,
            `"${keyword}" ${value} has too many digits; use a safe integer, or at most 15 digits with 8 after the point`,
          );
        if (!tightest || value === tightest.value || tighter(value, tightest.value))
          tightest = { value, exclusive: keyword === exclusive };
      }
      return tightest;
    };
    const low = bound('minimum', 'exclusiveMinimum', (a, b) => a > b);
    const high = bound('maximum', 'exclusiveMaximum', (a, b) => a < b);
    if (!low && !high) return useJsonRule(this.grammar, kind);
    const node = numberRange(kind, low, high);
    if (!node) refuse(path, `no ${kind} lies between its bounds`);
    return this.place(hint, node, path);
  }
}
