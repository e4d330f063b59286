/**
 * JSON Schema to GBNF, so that a model can write only what a schema allows.
 *
 * One rule governs all of it: whatever the grammar accepts is valid under the schema. The opposite need not
 * hold: properties come in declared order, undeclared ones only where `additionalProperties` asks for them,
 * tuples are written whole unless `minItems` says otherwise, numbers have at most 16 digits, sets come sorted.
 * A keyword for which the rule cannot be kept is refused with its place in the schema.
 */
import { ForetokenError } from '../base/errors.js';
import { arrayNode } from './array-schema.js';
import { Budget } from './budget.js';
import { fittingValues, valuesNode } from './constants.js';
import { Exclusive } from './exclusive.js';
import { choice, GrammarFault, rule } from './gbnf.js';
import { newJsonGrammar, useJsonRule } from './json.js';
import { merge } from './merge.js';
import { withoutNegation } from './negation.js';
import { numberNode, readNumbers } from './number-schema.js';
import { objectSchemaNode } from './object-schema.js';
import * as read from './schema.js';
import { pointerInto, refuse } from './schema.js';
import { checkSize } from './size.js';
import { stringNode } from './string-schema.js';
export { JSON_OBJECT_GBNF } from './json.js';
const MOST_LEVELS = 64;
const MOST_SCHEMAS = 5_000;
const MOST_BRANCHES = 256;
const MOST_VALUES = 5_000;
/** @throws ForetokenError `invalid_schema`, naming the JSON pointer at fault. */
export function jsonSchemaToGbnf(schema) {
    return convert(schema, (grammar) => grammar.render());
}
/** The same as data. */
export const jsonSchemaRules = (schema) => convert(schema, (grammar) => grammar.checked());
function convert(schema, finish) {
    const grammar = newJsonGrammar();
    const added = new AddedSchema(grammar, schema, 'root');
    return added.explaining(() => {
        added.convert();
        return finish(grammar);
    });
}
/** A schema whose values become a rule of a grammar. */
export class AddedSchema {
    schema;
    #converter;
    /** @param ruleName reserved in the grammar already */
    constructor(grammar, schema, ruleName) {
        this.schema = schema;
        this.#converter = new Converter(schema, grammar, ruleName);
    }
    /** @throws ForetokenError `invalid_schema`, naming the JSON pointer at fault, and GrammarFault */
    convert() {
        checkSize(this.schema);
        this.#converter.convert();
    }
    /** Where in the schema a rule of the grammar comes from. */
    placeOf(ruleName) {
        return this.#converter.placeOf(ruleName);
    }
    /** A fault of the grammar as one of this schema. @throws ForetokenError `invalid_schema` */
    explaining(run) {
        try {
            return run();
        }
        catch (error) {
            if (!(error instanceof GrammarFault))
                throw error;
            throw new ForetokenError('invalid_schema', `The JSON schema cannot be used: at ${this.placeOf(error.rule) ?? '#'}, ${error.message}.`, { cause: error });
        }
    }
}
class Converter {
    root;
    grammar;
    ruleName;
    budget = new Budget();
    made = new Map();
    /** Rule of each `$ref` target, present while it is being built, so that recursion finds it. */
    references = new Map();
    /** Where each rule comes from, for faults that show only in the finished grammar. */
    places = new Map();
    /** Lists of branches that exclude each other, or are being looked at: a reference may lead back to them. */
    told = new Set();
    exclusive = new Exclusive((part, path) => this.unfolded(part, path));
    schemas = 0;
    values = 0;
    constructor(root, grammar, ruleName) {
        this.root = root;
        this.grammar = grammar;
        this.ruleName = ruleName;
        this.references.set('#', ruleName);
        this.places.set(ruleName, '#');
    }
    convert() {
        useJsonRule(this.grammar, 'space');
        this.grammar.define(this.ruleName, this.node(this.root, { path: '#', level: 0, hint: this.ruleName }));
    }
    placeOf(ruleName) {
        return this.places.get(ruleName);
    }
    node(schema, place) {
        const { path, level, hint } = place;
        if (schema === true)
            return useJsonRule(this.grammar, 'value');
        if (schema === false)
            refuse(path, 'the schema false allows nothing; leave the property or branch out');
        const plain = this.readSchema(schema, path);
        if (level > MOST_LEVELS)
            refuse(path, `it is nested more than ${MOST_LEVELS} levels deep; make it flatter, or use $ref for recursion`);
        // A lone allOf is how some generators attach a description to a $ref; recursion passes through it too.
        if (this.isOnly(plain, 'allOf') && read.branchesOf(plain, 'allOf', path).length === 1) {
            const only = plain['allOf'][0];
            return this.node(only, { path: pointerInto(path, 'allOf', 0), level: level + 1, hint });
        }
        if (this.isOnly(plain, '$ref'))
            return this.reference(plain['$ref'], path, level);
        const flat = this.flatten(plain, path, level);
        if ('branches' in flat) {
            const keyword = 'oneOf' in plain ? 'oneOf' : 'anyOf' in plain ? 'anyOf' : 'allOf';
            const nodes = flat.branches
                .filter((branch) => branch !== false)
                .map((branch, index) => this.node(branch, { path: pointerInto(path, keyword, index), level: level + 1, hint }));
            if (nodes.length === 0)
                refuse(path, `all branches of "${keyword}" are false`);
            return this.place(choice(...nodes), { ...place, hint: `${hint}-any` });
        }
        return this.plain(flat.plain, place);
    }
    place(node, { hint, path }) {
        const named = this.grammar.named(hint, node);
        if (named.kind === 'rule' && !this.places.has(named.name))
            this.places.set(named.name, path);
        return named;
    }
    alternatives(schema, path) {
        const found = [];
        const unfold = (part, level) => {
            if (part === false)
                return;
            const flat = part === true ? { plain: {} } : this.flattenPart(part, path, level);
            if ('plain' in flat)
                found.push(withoutNegation(flat.plain, path));
            else
                for (const branch of flat.branches)
                    unfold(branch, level + 1);
            if (found.length > MOST_BRANCHES)
                refuse(path, `it has more than ${MOST_BRANCHES} cases here`);
        };
        unfold(schema, 1);
        return found;
    }
    /** One schema object, counted and checked. */
    readSchema(schema, path) {
        if (!read.isObject(schema))
            refuse(path, `a schema must be an object, not ${read.shown(schema)}`);
        this.schemas += 1;
        if (this.schemas > MOST_SCHEMAS)
            refuse(path, `it holds more than ${MOST_SCHEMAS} schemas; make it smaller`);
        return read.read(schema, path);
    }
    isOnly(schema, keyword) {
        return keyword in schema && read.isUnconstrained(read.without(schema, keyword));
    }
    reference(reference, path, level) {
        const target = read.resolve(this.root, reference, path);
        const pointer = reference;
        const known = this.references.get(pointer);
        if (known !== undefined)
            return rule(known);
        const name = this.grammar.reserve(pointer.split('/').at(-1));
        this.references.set(pointer, name);
        this.places.set(name, pointer);
        this.grammar.define(name, this.node(target, { path: pointer, level: level + 1, hint: name }));
        return rule(name);
    }
    flatten(schema, path, level) {
        if (level > MOST_LEVELS)
            refuse(path, 'allOf, anyOf or $ref with other keywords beside it repeats without an end; use a plain $ref there');
        if ('oneOf' in schema)
            this.checkExclusive(schema, path);
        let plain = read.without(schema, '$ref', 'allOf', 'anyOf', 'oneOf');
        const alternatives = [];
        const fold = (part, at) => {
            const flat = this.flattenPart(part, at, level + 1);
            if ('branches' in flat)
                alternatives.push(flat.branches);
            else
                plain = merge(plain, flat.plain, path);
        };
        if ('$ref' in schema)
            fold(read.resolve(this.root, schema['$ref'], path), schema['$ref']);
        if ('allOf' in schema)
            read.branchesOf(schema, 'allOf', path).forEach((part, index) => {
                fold(part, pointerInto(path, 'allOf', index));
            });
        for (const keyword of ['anyOf', 'oneOf'])
            if (keyword in schema)
                alternatives.push(read.branchesOf(schema, keyword, path));
        if (alternatives.length === 0)
            return { plain };
        if (alternatives.length === 1 && read.isUnconstrained(plain))
            return { branches: alternatives[0] };
        // Each way to choose one branch of every alternative, together with what holds for all of them.
        let branches = [plain];
        for (const options of alternatives) {
            if (branches.length * options.length > MOST_BRANCHES)
                refuse(path, `its anyOf and allOf combine to more than ${MOST_BRANCHES} cases; make them fewer`);
            branches = branches.flatMap((chosen) => options.filter((option) => option !== false).map((option) => ({ allOf: [chosen, option] })));
        }
        if (branches.length === 0)
            refuse(path, 'no combination of its branches allows anything');
        return { branches };
    }
    flattenPart(part, path, level) {
        if (part === true)
            return { plain: {} };
        if (!read.isObject(part))
            refuse(path, 'a schema must be an object here');
        return this.flatten(this.readSchema(part, path), path, level);
    }
    checkExclusive(schema, path) {
        const branches = read.branchesOf(schema, 'oneOf', path);
        if (this.told.has(branches))
            return;
        this.told.add(branches);
        if (branches.length > MOST_BRANCHES)
            refuse(path, `"oneOf" has more than ${MOST_BRANCHES} branches`);
        const pair = this.exclusive.overlapping(branches, path);
        if (pair)
            refuse(path, `branches ${pair[0]} and ${pair[1]} of "oneOf" may hold for the same value; ` +
                'tell them apart by type or by a required constant, or write "anyOf"');
    }
    unfolded(part, path, level = 1) {
        if (!read.isObject(part))
            return [{}];
        const flat = this.flattenPart(part, path, level);
        if ('plain' in flat)
            return [flat.plain];
        return flat.branches.flatMap((branch) => this.unfolded(branch, path, level + 1));
    }
    plain(given, place) {
        const { path } = place;
        const schema = withoutNegation(given, path);
        const types = read.typesOf(schema, path);
        const values = read.valuesOf(schema, path);
        if (values) {
            const fitting = fittingValues(this, schema, values, path);
            this.values += fitting.length;
            if (this.values > MOST_VALUES)
                refuse(path, `its enums hold more than ${MOST_VALUES} values`);
            return this.place(valuesNode(this, fitting, place), place);
        }
        if (!types)
            return useJsonRule(this.grammar, 'value');
        return choice(...types.map((type) => this.typed(type, schema, place)));
    }
    typed(type, schema, place) {
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
                const kind = type;
                const node = numberNode(this, readNumbers(kind, schema, place.path), place);
                if (!node)
                    refuse(place.path, `no ${kind} lies between its bounds or is such a multiple`);
                return this.place(node, place);
            }
        }
    }
}
//# sourceMappingURL=json-schema.js.map