/**
 * JSON Schema to GBNF, so that a model can write only what a schema allows.
 *
 * One rule governs all of it: whatever the grammar accepts is valid under the schema. The opposite need not
 * hold: properties come in declared order, undeclared ones only where `additionalProperties` asks for them,
 * tuples are written whole unless `minItems` says otherwise, numbers have at most 16 digits, sets come sorted.
 * A keyword for which the rule cannot be kept is refused with its place in the schema.
 */
import { isObject } from '../base/shape.js';
import { ForetokenError } from '../base/errors.js';
import { arrayNode } from './array-schema.js';
import { Budget } from './budget.js';
import { fittingValues, valuesNode } from './constants.js';
import type { Conversion, Place } from './conversion.js';
import { Exclusive } from './exclusive.js';
import { choice, GrammarFault, rule, type GbnfGrammar, type GbnfNode } from './gbnf.js';
import { newJsonGrammar, useJsonRule } from './json.js';
import { merge } from './merge.js';
import { withoutNegation } from './negation.js';
import { numberNode, readNumbers } from './number-schema.js';
import { objectSchemaNode } from './object-schema.js';
import * as read from './schema.js';
import { pointerInto, refuse, type Schema } from './schema.js';
import { checkSize } from './size.js';
import { stringNode } from './string-schema.js';

export { JSON_OBJECT_GBNF } from './json.js';

const MOST_LEVELS = 64;
const MOST_SCHEMAS = 5_000;
const MOST_BRANCHES = 256;
const MOST_VALUES = 5_000;

/** @throws ForetokenError `invalid_schema`, naming the JSON pointer at fault. */
export function jsonSchemaToGbnf(schema: unknown): string {
  return convert(schema, (grammar) => grammar.render());
}

/** The same as data. */
export const jsonSchemaRules = (schema: unknown): ReadonlyMap<string, GbnfNode> =>
  convert(schema, (grammar) => grammar.checked());

function convert<T>(schema: unknown, finish: (grammar: GbnfGrammar) => T): T {
  const grammar = newJsonGrammar();
  const added = new AddedSchema(grammar, schema, 'root');
  return added.explaining(() => {
    added.convert();
    return finish(grammar);
  });
}

/** A schema whose values become a rule of a grammar. */
export class AddedSchema {
  readonly #converter: Converter;

  /** @param ruleName reserved in the grammar already */
  constructor(
    grammar: GbnfGrammar,
    readonly schema: unknown,
    ruleName: string,
  ) {
    this.#converter = new Converter(schema, grammar, ruleName);
  }

  /** @throws ForetokenError `invalid_schema`, naming the JSON pointer at fault, and GrammarFault */
  convert(): void {
    checkSize(this.schema);
    this.#converter.convert();
  }

  /** Where in the schema a rule of the grammar comes from. */
  placeOf(ruleName: string): string | undefined {
    return this.#converter.placeOf(ruleName);
  }

  /** A fault of the grammar as one of this schema. @throws ForetokenError `invalid_schema` */
  explaining<T>(run: () => T): T {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof GrammarFault)) throw error;
      throw new ForetokenError(
        'invalid_schema',
        `The JSON schema cannot be used: at ${this.placeOf(error.rule) ?? '#'}, ${error.message}.`,
        { cause: error },
      );
    }
  }
}

/** `$ref`, `allOf` and `anyOf` done away with: a plain schema, or branches of which one must hold. */
type Flat = { readonly plain: Schema } | { readonly branches: readonly unknown[] };

class Converter implements Conversion {
  readonly budget = new Budget();
  readonly made = new Map<string, unknown>();
  /** Rule of each `$ref` target, present while it is being built, so that recursion finds it. */
  private readonly references = new Map<string, string>();
  /** Where each rule comes from, for faults that show only in the finished grammar. */
  private readonly places = new Map<string, string>();
  /** Lists of branches that exclude each other, or are being looked at: a reference may lead back to them. */
  private readonly told = new Set<readonly unknown[]>();
  private readonly exclusive = new Exclusive((part, path) => this.unfolded(part, path));
  private schemas = 0;
  private values = 0;

  constructor(
    private readonly root: unknown,
    readonly grammar: GbnfGrammar,
    private readonly ruleName: string,
  ) {
    this.references.set('#', ruleName);
    this.places.set(ruleName, '#');
  }

  convert(): void {
    useJsonRule(this.grammar, 'space');
    this.grammar.define(this.ruleName, this.node(this.root, { path: '#', level: 0, hint: this.ruleName }));
  }

  placeOf(ruleName: string): string | undefined {
    return this.places.get(ruleName);
  }

  node(schema: unknown, place: Place): GbnfNode {
    const { path, level, hint } = place;
    if (schema === true) return useJsonRule(this.grammar, 'value');
    if (schema === false) refuse(path, 'the schema false allows nothing; leave the property or branch out');
    const plain = this.readSchema(schema, path);
    if (level > MOST_LEVELS)
      refuse(
        path,
        `it is nested more than ${MOST_LEVELS} levels deep; make it flatter, or use $ref for recursion`,
      );
    // A lone allOf is how some generators attach a description to a $ref; recursion passes through it too.
    if (this.isOnly(plain, 'allOf') && read.branchesOf(plain, 'allOf', path).length === 1) {
      const only = (plain['allOf'] as unknown[])[0];
      return this.node(only, { path: pointerInto(path, 'allOf', 0), level: level + 1, hint });
    }
    if (this.isOnly(plain, '$ref')) return this.reference(plain['$ref'], path, level);

    const flat = this.flatten(plain, path, level);
    if ('branches' in flat) {
      const keyword = 'oneOf' in plain ? 'oneOf' : 'anyOf' in plain ? 'anyOf' : 'allOf';
      const nodes = flat.branches
        .filter((branch) => branch !== false)
        .map((branch, index) =>
          this.node(branch, { path: pointerInto(path, keyword, index), level: level + 1, hint }),
        );
      if (nodes.length === 0) refuse(path, `all branches of "${keyword}" are false`);
      return this.place(choice(...nodes), { ...place, hint: `${hint}-any` });
    }
    return this.plain(flat.plain, place);
  }

  place(node: GbnfNode, { hint, path }: Place): GbnfNode {
    const named = this.grammar.named(hint, node);
    if (named.kind === 'rule' && !this.places.has(named.name)) this.places.set(named.name, path);
    return named;
  }

  alternatives(schema: unknown, path: string): readonly Schema[] {
    const found: Schema[] = [];
    const unfold = (part: unknown, level: number): void => {
      if (part === false) return;
      const flat = part === true ? { plain: {} } : this.flattenPart(part, path, level);
      if ('plain' in flat) found.push(withoutNegation(flat.plain, path));
      else for (const branch of flat.branches) unfold(branch, level + 1);
      if (found.length > MOST_BRANCHES) refuse(path, `it has more than ${MOST_BRANCHES} cases here`);
    };
    unfold(schema, 1);
    return found;
  }

  /** One schema object, counted and checked. */
  private readSchema(schema: unknown, path: string): Schema {
    if (!isObject(schema)) refuse(path, `a schema must be an object, not ${read.shown(schema)}`);
    this.schemas += 1;
    if (this.schemas > MOST_SCHEMAS)
      refuse(path, `it holds more than ${MOST_SCHEMAS} schemas; make it smaller`);
    return read.read(schema, path);
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
    this.grammar.define(name, this.node(target, { path: pointer, level: level + 1, hint: name }));
    return rule(name);
  }

  private flatten(schema: Schema, path: string, level: number): Flat {
    if (level > MOST_LEVELS)
      refuse(
        path,
        'allOf, anyOf or $ref with other keywords beside it repeats without an end; use a plain $ref there',
      );
    if ('oneOf' in schema) this.checkExclusive(schema, path);
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
      branches = branches.flatMap((chosen) =>
        options.filter((option) => option !== false).map((option) => ({ allOf: [chosen, option] })),
      );
    }
    if (branches.length === 0) refuse(path, 'no combination of its branches allows anything');
    return { branches };
  }

  private flattenPart(part: unknown, path: string, level: number): Flat {
    if (part === true) return { plain: {} };
    if (!isObject(part)) refuse(path, 'a schema must be an object here');
    return this.flatten(this.readSchema(part, path), path, level);
  }

  private checkExclusive(schema: Schema, path: string): void {
    const branches = read.branchesOf(schema, 'oneOf', path);
    if (this.told.has(branches)) return;
    this.told.add(branches);
    if (branches.length > MOST_BRANCHES) refuse(path, `"oneOf" has more than ${MOST_BRANCHES} branches`);
    const pair = this.exclusive.overlapping(branches, path);
    if (pair)
      refuse(
        path,
        `branches ${pair[0]} and ${pair[1]} of "oneOf" may hold for the same value; ` +
          'tell them apart by type or by a required constant, or write "anyOf"',
      );
  }

  private unfolded(part: unknown, path: string, level = 1): readonly Schema[] {
    if (!isObject(part)) return [{}];
    const flat = this.flattenPart(part, path, level);
    if ('plain' in flat) return [flat.plain];
    return flat.branches.flatMap((branch) => this.unfolded(branch, path, level + 1));
  }

  private plain(given: Schema, place: Place): GbnfNode {
    const { path } = place;
    const schema = withoutNegation(given, path);
    const types = read.typesOf(schema, path);
    const values = read.valuesOf(schema, path);
    if (values) {
      const fitting = fittingValues(this, schema, values, path);
      this.values += fitting.length;
      if (this.values > MOST_VALUES) refuse(path, `its enums hold more than ${MOST_VALUES} values`);
      return this.place(valuesNode(this, fitting, place), place);
    }
    if (!types) return useJsonRule(this.grammar, 'value');
    return choice(...types.map((type) => this.typed(type, schema, place)));
  }

  typed(type: string, schema: Schema, place: Place): GbnfNode {
    switch (type) {
      case 'object':
        return this.place(objectSchemaNode(this, schema, place), place);
      case 'array':
        return this.place(arrayNode(this, schema, place), place);
      case 'string':
        return stringNode(this, schema, place);
      case 'boolean':
      case 'null':
        return useJsonRule(this.grammar, type);
      default: {
        const kind = type as 'number' | 'integer';
        const node = numberNode(this, readNumbers(kind, schema, place.path), place);
        if (!node) refuse(place.path, `no ${kind} lies between its bounds or is such a multiple`);
        return this.place(node, place);
      }
    }
  }
}
