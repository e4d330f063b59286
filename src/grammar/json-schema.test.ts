/**
 * What the converter refuses, and the shape of what it writes. That the grammars accept and reject the right
 * texts is tested in `constraints/json-schema.test.ts`.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ForetokenError } from '../base/errors.js';
import { JSON_OBJECT_GBNF, jsonSchemaToGbnf } from './json-schema.js';

const refused = (schema: unknown, pointer: string, words: RegExp): void => {
  assert.throws(
    () => jsonSchemaToGbnf(schema),
    (error) => {
      assert.ok(error instanceof ForetokenError, String(error));
      assert.equal(error.code, 'invalid_schema');
      assert.match(error.message, words);
      assert.ok(error.message.includes(` at ${pointer}, `), `${error.message} should name ${pointer}`);
      return true;
    },
  );
};

/** Every rule that is referred to exists, and no line ends in a dangling alternative. */
function wellFormed(gbnf: string): void {
  const rules = new Set([...gbnf.matchAll(/^([a-zA-Z0-9-]+) ::=/gm)].map(([, name]) => name!));
  assert.ok(rules.has('root'));
  assert.doesNotMatch(gbnf, /\|\s*$/m);
  const withoutTexts = gbnf.replace(/"(\\.|[^"\\])*"|\[(\\.|[^\]\\])*\]|\{[\d,]+\}/g, ' ');
  for (const line of withoutTexts.trim().split('\n'))
    for (const [name] of line.slice(line.indexOf('::=') + 3).matchAll(/[a-zA-Z0-9-]+/g))
      assert.ok(rules.has(name), `rule ${name} is missing in\n${gbnf}`);
}

describe('refuses, with the place in the schema', () => {
  const object = (properties: object): object => ({ type: 'object', properties });

  it('unknown keywords, naming the nearest', () => {
    refused(
      { type: 'string', minLenght: 2 },
      '#',
      /"minLenght" is not supported; did you mean "minLength"\?$/,
    );
    refused(
      object({ a: { type: 'strng' } }),
      '#/properties/a',
      /"strng" is no type; did you mean "string"\?$/,
    );
  });

  it('keywords that a grammar cannot keep, with what to do instead', () => {
    refused(
      object({ 'x/y': { not: {} } }),
      '#/properties/x~1y',
      /"not" is supported with .* say what is allowed/,
    );
    refused({ not: { required: ['a'] } }, '#', /"not" is supported with .* say what is allowed/);
    refused({ if: {}, then: {} }, '#', /"if" is not supported; write the cases as anyOf/);
    refused({ constructor: 1 }, '#', /"constructor" is not supported/);
    refused(JSON.parse('{"__proto__": 1}'), '#', /"__proto__" is not supported/);
    const items = { type: 'object' };
    refused({ type: 'array', items, uniqueItems: true, minItems: 2 }, '#', /can tell only 1 of them apart/);
    refused({ type: 'array', prefixItems: [items, items], uniqueItems: true }, '#', /beside "prefixItems"/);
  });

  it('keywords that say nothing about the type', () => {
    refused({ type: 'integer', minLength: 1 }, '#', /"minLength" says nothing about type integer/);
  });

  it('contradictions', () => {
    refused({ type: 'string', minLength: 5, maxLength: 2 }, '#', /"minLength" 5 is more than "maxLength" 2/);
    refused({ type: 'array', minItems: 3, maxItems: 1 }, '#', /at least 3 items .* only 1/);
    refused({ type: 'integer', minimum: 4, exclusiveMaximum: 4 }, '#', /no integer lies between/);
    refused({ type: 'string', enum: [1, 2] }, '#', /no value of "enum" or "const" is of the given type/);
    refused({ enum: ['a'], const: 'b' }, '#', /"const" is not among the values of "enum"/);
    refused(
      { allOf: [{ type: 'string' }, { type: 'integer' }] },
      '#',
      /types string and integer cannot both/,
    );
    refused({ allOf: [{ enum: [1] }, { const: 2 }] }, '#', /none in common/);
    refused({ ...object({}), required: ['a'], additionalProperties: false }, '#', /"required" names "a"/);
    refused(false, '#', /allows nothing/);
  });

  it('malformed keywords', () => {
    refused({ type: 'string', minLength: -1 }, '#', /"minLength" must be a whole number from 0, not -1/);
    refused({ type: 'object', required: 'a' }, '#', /"required" must be a list of property names/);
    refused({ enum: [] }, '#', /"enum" must be a list of at least one value/);
    refused({ anyOf: {} }, '#', /"anyOf" must be a list of at least one schema/);
    refused({ type: [] }, '#', /empty list/);
    refused('string', '#', /must be an object, not "string"/);
    refused(undefined, '#', /must be an object/);
    refused({ type: 'array', items: [{}], prefixItems: [{}] }, '#', /a list of schemas is "prefixItems"/);
    refused({ type: 'number', minimum: 1e20 }, '#', /"minimum" 100000000000000000000 lies beyond/);
    refused({ type: 'number', multipleOf: 0 }, '#', /"multipleOf" must be a number above 0/);
    refused({ type: 'string', nullable: 1 }, '#', /"nullable" must be true or false/);
    refused({ type: 'string', format: 1 }, '#', /"format" must be a text/);
    refused({ type: 'number', exclusiveMinimum: true }, '#', /"exclusiveMinimum" must be a number, not true/);
  });

  it('references that lead nowhere, outside, or only to themselves', () => {
    refused({ $ref: '#/$defs/a' }, '#', /leads to nothing/);
    refused({ $ref: 'https://example.org/s' }, '#', /leads outside the schema; put the schema under/);
    refused({ $ref: '#/toString' }, '#', /leads to nothing/);
    refused({ $ref: '#' }, '#', /refers to itself/);
    refused({ oneOf: [{ $ref: '#' }, { type: 'string' }] }, '#', /repeats without an end/);
    refused(
      { type: 'array', uniqueItems: true, items: { anyOf: [{ $ref: '#/items' }] } },
      '#/items',
      /without an end/,
    );
    const a = { anyOf: [{ $ref: '#/$defs/a' }, { type: 'null' }] };
    refused({ $ref: '#/$defs/a', $defs: { a } }, '#/$defs/a', /before anything is written/);
    const endless = { ...object({ next: { $ref: '#/$defs/n' } }), required: ['next'] };
    refused({ $ref: '#/$defs/n', $defs: { n: endless } }, '#/$defs/n', /without an end/);
    refused(
      { $ref: '#/$defs/m', $defs: { m: { allOf: [{ $ref: '#/$defs/m' }, { type: 'object' }] } } },
      '#/$defs/m',
      /repeats without an end/,
    );
  });

  it('patterns beyond a grammar', () => {
    const pattern = (of: string, words: RegExp): void => {
      refused({ type: 'string', pattern: of }, '#', words);
    };
    pattern('^a(?!b)c(?:(?!d).)*$', /the pattern uses look-ahead inside a group/);
    pattern('^(?<!a)b$', /the pattern uses look-behind/);
    pattern('^(?!^a)b$', /the pattern has "\^" inside or after a look-ahead/);
    pattern('a$(?!b)', /the pattern has look-ahead after "\$"/);
    pattern('^(a)\\1$', /the pattern uses \\1/);
    pattern('a\\b', /the pattern uses \\b/);
    pattern('(', /the pattern is no regular expression/);
    pattern('^\\p{Nothing}$', /the pattern is no regular expression|no Unicode property/);
    pattern('a^', /no text fits its pattern/);
    refused({ type: 'string', pattern: '^a{5}$', maxLength: 3 }, '#', /no text fits its pattern/);
    refused({ type: 'string', pattern: '^x$', format: 'date' }, '#', /no text fits its pattern/);
  });

  it('oneOf whose branches may both hold', () => {
    refused(
      { oneOf: [object({ a: { type: 'string' } }), { ...object({ b: {} }), required: [] }] },
      '#',
      /branches 0 and 1 of "oneOf" may hold for the same value/,
    );
    refused({ oneOf: [{ type: 'integer' }, { type: 'number' }] }, '#', /may hold for the same value/);
  });
});

describe('limits', () => {
  it('depth', () => {
    let schema: object = { type: 'string' };
    for (let i = 0; i < 100; i++) schema = { type: 'array', items: schema };
    assert.throws(() => jsonSchemaToGbnf(schema), /nested more than 64 levels deep/);
    for (const [open, close] of [
      ['{"type":"array","items":', '}'],
      ['{"allOf":[', ']}'],
      ['{"not":', '}'],
      ['{"const":[', ']}'],
      ['{"properties":{"a":', '}}'],
    ] as const) {
      const deep: unknown = JSON.parse(`${open.repeat(20_000)}{}${close.repeat(20_000)}`);
      refused(deep, '#', /nested more than 256 levels deep/);
    }
  });

  it('size', () => {
    const properties = Object.fromEntries(
      Array.from({ length: 6000 }, (_, i) => [`p${i}`, { type: 'string' }]),
    );
    refused({ type: 'object', properties }, '#/properties/p4999', /more than 5000 schemas/);
    refused({ enum: Array.from({ length: 6000 }, (_, i) => i) }, '#', /more than 5000 values/);
    const choices = { anyOf: Array.from({ length: 20 }, (_, i) => ({ const: i })) };
    refused({ allOf: [choices, choices, choices] }, '#', /combine to more than 256 cases/);
  });

  it('repetition: large ones are written in blocks, absurd ones refused', () => {
    wellFormed(jsonSchemaToGbnf({ type: 'string', minLength: 2500, maxLength: 8123 }));
    refused({ type: 'string', minLength: 10_000_000 }, '#', /10000000 times; at most 100000 can be counted/);
    refused({ type: 'string', pattern: '^a{1,300000}$' }, '#', /300000 times/);
    const anyOf = Array.from({ length: 40 }, (_, i) => ({ type: 'string', maxLength: 1500 + i }));
    refused({ anyOf }, '#', /add up to more than 50000/);
  });

  it('patterns: many parts are joined or refused, and automata have an end', () => {
    const optional = jsonSchemaToGbnf({ type: 'string', pattern: `^${'[a-z ]?'.repeat(3_000)}$` });
    wellFormed(optional);
    assert.ok(optional.length < 1_000, `${optional.length} characters`);
    for (const pattern of [
      `^${'a?b?'.repeat(1_500)}$`,
      `^${'a?b?'.repeat(300)}$`,
      '^.*a.{16}b$',
      `^(?:${'(?:a|b)*a(?:a|b){12}|'.repeat(20)}c)$`,
      `${'('.repeat(20_000)}a${')'.repeat(20_000)}`,
      'a'.repeat(40_000),
    ])
      refused({ type: 'string', pattern }, '#', /more than \d+|longer than \d+|no regular expression/);
    const scripts = [
      'Greek',
      'Latin',
      'Cyrillic',
      'Han',
      'Thai',
      'Arabic',
      'Hebrew',
      'Khmer',
      'Lao',
      'Mongolian',
    ];
    const properties = [...scripts, 'Tamil', 'Telugu', 'Tibetan', 'Yi', 'Runic', 'Ogham'].map(
      (script) => `\\p{Script=${script}}`,
    );
    refused({ type: 'string', pattern: properties.join('') }, '#', /more than \d+ steps/);
    // Named again and again, a property is looked up once.
    wellFormed(
      jsonSchemaToGbnf({
        anyOf: Array.from({ length: 40 }, (_, i) => ({ type: 'string', pattern: `^\\p{L}{${i}}$` })),
      }),
    );
    // What may stand around a match is too much here; the match itself is not.
    wellFormed(jsonSchemaToGbnf({ type: 'string', pattern: 'a.{20}b.{20}c' }));
  });

  it('chains and sizes', () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 3_000 }, (_, i) => [`d${i}`, { $ref: `#/$defs/d${i + 1}` }]),
    );
    refused({ $ref: '#/$defs/d0', $defs }, '#/$defs/d64', /nested more than 64 levels deep/);
    refused({ enum: ['x'.repeat(3_000_000)] }, '#', /more than 2000000 characters/);
    refused({ default: Array.from({ length: 300_000 }, () => 1) }, '#', /more than 200000 values/);
    const branch = { enum: Array.from({ length: 18 }, (_, i) => i) };
    const oneOf = Array.from({ length: 256 }, () => branch);
    refused({ oneOf }, '#', /branches 0 and 1/);
  });

  it('large enums: few ways at a time, equal values once', () => {
    const many = jsonSchemaToGbnf({ enum: Array.from({ length: 4_000 }, (_, i) => `value ${i}`) });
    wellFormed(many);
    const most = Math.max(...many.split('\n').map((line) => line.split(' | ').length));
    assert.ok(most <= 12, `${most} alternatives in one rule`);
    const equal = jsonSchemaToGbnf({ enum: Array.from({ length: 5_000 }, () => 'same') });
    assert.match(equal, /^root-2 ::= "\\"same\\""$/m);
  });

  it('a large schema: as much for each property as in a small one', () => {
    const [half, whole] = [250, 500].map((length) => {
      const properties = Object.fromEntries(
        Array.from({ length }, (_, i) => [`property-${i}`, { type: 'string', maxLength: 20 }]),
      );
      const grammar = jsonSchemaToGbnf({ type: 'object', properties, additionalProperties: true });
      wellFormed(grammar);
      return grammar.length;
    });
    assert.ok(whole! < 2.1 * half!, `${half} characters for half of the ${whole}`);
  });
});

describe('writes', () => {
  it('well-formed grammars', () => {
    wellFormed(JSON_OBJECT_GBNF);
    for (const schema of [
      true,
      {},
      { title: 'anything', description: 'at all', 'x-note': 1, examples: [1] },
      { type: 'object' },
      { type: ['string', 'null', 'integer', 'boolean', 'array', 'object', 'number'] },
      { type: 'object', properties: { root: {}, space: {}, char: {}, string: {}, 'ä b': {}, '': {} } },
      { const: { a: [1, 'x"\\\n'] } },
      { type: 'string', format: 'date-time' },
      { type: 'string', pattern: 'a|^b|c$' },
    ])
      wellFormed(jsonSchemaToGbnf(schema));
  });

  it('the same grammar for the same schema', () => {
    const schema = { type: 'object', properties: { a: { type: 'string', maxLength: 9 } } };
    assert.equal(jsonSchemaToGbnf(schema), jsonSchemaToGbnf(structuredClone(schema)));
  });

  it('a property called __proto__', () => {
    const schema: unknown = JSON.parse('{"type":"object","properties":{"__proto__":{"const":1}}}');
    assert.match(jsonSchemaToGbnf(schema), /\\"__proto__\\":/);
  });
});
