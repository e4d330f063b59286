/** JSON schemas as pydantic, zod and generators of OpenAPI write them: what their grammars accept and reject. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { randomNumbers } from '../base/random.js';
import { ForetokenError } from '../base/errors.js';
import { jsonSchemaRules, jsonSchemaToGbnf } from '../grammar/json-schema.js';
import { SchemaMaker } from '../grammar/random-schemas.js';
import { leastLengths, randomText } from '../grammar/random-text.js';
import { accepts } from './test-support.js';
function check(schema, valid, invalid) {
    const gbnf = jsonSchemaToGbnf(schema);
    const write = (value) => JSON.stringify(value);
    for (const value of valid)
        assert.ok(accepts(gbnf, write(value)), `should accept ${write(value)} by\n${gbnf}`);
    for (const value of invalid)
        assert.ok(!accepts(gbnf, write(value)), `should reject ${write(value)} by\n${gbnf}`);
}
const text = (rest) => ({ type: 'string', ...rest });
describe('strings', () => {
    it('lengths beside a pattern', () => {
        check(text({ pattern: '^[A-Z]{2}\\d+$', maxLength: 6 }), ['AB1', 'AB1234'], ['AB', 'AB12345', 'ab1', 'A1']);
        check(text({ pattern: '^[a-c]*$', minLength: 3 }), ['abc', 'aaaaaaaa'], ['', 'ab', 'abd']);
        check(text({ pattern: 'x', minLength: 2, maxLength: 3 }), ['xx', 'axb', '😀x'], ['x', 'ab', 'abcx']);
        check(text({ pattern: '^(?:ab|c)*$', minLength: 4, maxLength: 5 }), ['abab', 'ababc', 'ccccc'], ['abc', 'cab']);
        const most = jsonSchemaToGbnf(text({ pattern: '^[a-z]+$', maxLength: 3_000 }));
        assert.ok(accepts(most, `"${'a'.repeat(3_000)}"`));
        assert.ok(!accepts(most, `"${'a'.repeat(3_001)}"`));
    });
    it('lengths beside a format', () => {
        check(text({ format: 'uri', minLength: 1, maxLength: 2083 }), ['https://example.org/a'], ['', 'example']);
        check(text({ format: 'email', maxLength: 12 }), ['ab@x.org'], ['someone@example.org']);
        check(text({ format: 'date', minLength: 10 }), ['2024-02-29'], ['2023-02-29']);
    });
    it('formats that say nothing about the text, names of Object.prototype among them', () => {
        for (const format of [
            'password',
            'binary',
            'path',
            'int32',
            'phone',
            'constructor',
            '__proto__',
            'toString',
        ])
            check(text({ format, writeOnly: true }), ['', 'any thing'], [1, null]);
        check({ type: 'boolean', format: 'date' }, [true], ['2024-01-01']);
        check({ type: 'array', items: { type: 'null' }, format: 'table' }, [[null]], [[1]]);
    });
    it('formats that are kept', () => {
        const of = {
            ipv4: ['127.0.0.1', '256.1.1.1'],
            ipv6: ['2001:db8::1', '1:2:3:4:5:6:7:8:9'],
            hostname: ['a-b.example.org', '-a'],
            'date-time': ['2024-02-29T23:59:59Z', '2024-02-29 23:59:59'],
            time: ['23:59:59+01:00', '24:00:00Z'],
            duration: ['PT5M'.replace('M', 'S'), 'P'],
            uuid: ['123e4567-e89b-12d3-a456-426614174000', '123e4567'],
            uuid4: ['123e4567-e89b-42d3-a456-426614174000', '123e4567-e89b-12d3-a456-426614174000'],
            byte: ['aGk=', 'a'],
            'json-pointer': ['/a/b', 'a'],
            'uri-reference': ['/a/b', 'a b'],
        };
        for (const [format, [valid, invalid]] of Object.entries(of))
            check(text({ format }), [valid], [invalid]);
        check(text({ format: 'ipv6' }), ['::', '::1', 'fe80::', '1:2:3:4:5:6:7:8', '1::3:4:5:6:7:8'], [':', '1:2', ':::']);
    });
    it('patterns with Unicode properties, named groups, anchors inside, look-ahead', () => {
        check(text({ pattern: '^\\p{L}+$' }), ['Grün', 'Ж', '漢字'], ['', 'a1', 'a b']);
        check(text({ pattern: '^[\\p{Lu}\\d_-]\\P{L}$' }), ['A1', '-!'], ['a1', 'AA']);
        check(text({ pattern: '^(?<y>\\d{4})-(?<m>\\d\\d)$' }), ['2024-01'], ['2024-1']);
        check(text({ pattern: '(^|,)y(,|$)' }), ['y', 'x,y', 'y,x', 'a,y,b'], ['xy', '']);
        check(text({ pattern: '^(?=.*\\d)(?=.*[a-z])[a-z\\d]{3,5}$' }), ['a1b', '123a'], ['abc', '123', 'a1', 'a1b2c3']);
        // zod's e-mail address
        const mail = "^(?!\\.)(?!.*\\.\\.)([A-Za-z0-9_'+\\-\\.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\\-]*\\.)+[A-Za-z]{2,}$";
        check(text({ format: 'email', pattern: mail }), ['a.b@example.org'], ['.a@example.org', 'a..b@example.org', 'a@b']);
        check(text({ pattern: '^\\u0001$' }), ['\u0001'], ['']);
    });
});
describe('numbers', () => {
    it('formats of numbers', () => {
        check({ type: 'integer', format: 'int32' }, [0, 2147483647, -2147483648], [2147483648, -2147483649]);
        check({ type: 'number', format: 'int32' }, [5], [5.5]);
        check({ type: 'integer', format: 'uint8' }, [0, 255], [-1, 256]);
        check({ type: 'integer', format: 'int64' }, [9007199254740991], []);
        check({ type: 'number', format: 'double' }, [1.5], ['a']);
    });
    it('multiples', () => {
        check({ type: 'integer', multipleOf: 5, minimum: 0, maximum: 50 }, [0, 5, 45, 50], [1, 51, 55, -5]);
        check({ type: 'integer', multipleOf: 7 }, [0, 7, -14, 7000007], [1, 8, 7000008]);
        check({ type: 'integer', multipleOf: 1000 }, [0, 1000, -25000], [100, 1500]);
        check({ type: 'number', multipleOf: 0.01 }, [19.99, 5, 0.5, -1.25], [0.001, 1.234]);
        check({ type: 'number', multipleOf: 0.5, exclusiveMinimum: 0 }, [0.5, 12], [0, 0.25, -0.5]);
        check({ type: 'integer', multipleOf: 86_400, minimum: 1 }, [86_400, 864_000], [0, 1]);
        check({ type: 'integer', multipleOf: 0.5 }, [3], [3.5]);
        check({ type: 'number', format: 'int64', multipleOf: 0.25, minimum: 5 }, [5, 1e9], [4, 5.25]);
        check({ type: 'integer', multipleOf: 7, minimum: 1e14 }, [100000000000005], [100000000000002]);
        check({ type: 'number', multipleOf: 1234.5678, minimum: 1 }, [1234.5678, 2469.1356], [1234, 0]);
        check({ type: 'number', multipleOf: 0.25, minimum: 1e12 }, [1e12, 1e12 + 0.5], [1e11]);
        check({ allOf: [{ type: 'integer', multipleOf: 4 }, { multipleOf: 6 }] }, [0, 12, 120], [4, 6]);
    });
    it('bounds of other drafts, and those that are more exact than what is written', () => {
        check({ type: 'integer', minimum: 3, exclusiveMinimum: true }, [4], [3]);
        check({ type: 'integer', minimum: 3, exclusiveMinimum: false }, [3], [2]);
        check({ type: 'number', exclusiveMinimum: 1e-20, maximum: 1 }, [0.5, 1], [0, 1.5]);
        check({ type: 'number', minimum: -3.4028234663852886e38, maximum: 3.4028234663852886e38 }, [-1.5, 1e9], []);
        check({ type: 'number', minimum: 0.1234567890123, maximum: 0.2 }, [0.12345679, 0.15], [0.12345678]);
    });
});
describe('lists and objects', () => {
    it('sets', () => {
        const strings = { type: 'array', items: { type: 'string' }, uniqueItems: true };
        check(strings, [[], ['a'], ['apple', 'pear'], ['', 'a']], [['a', 'a'], ['pear', 'plum'], [1]]);
        const color = { enum: ['red', 'green', 'blue'] };
        check({ type: 'array', items: color, uniqueItems: true, minItems: 2 }, [
            ['blue', 'red'],
            ['red', 'green', 'blue'],
        ], [['red'], ['red', 'red'], []]);
        check({ type: 'array', items: { type: 'integer' }, uniqueItems: true, maxItems: 3 }, [[1, 2, 300]], [
            [1, 1],
            [1, 2, 3, 40],
        ]);
        check({ type: 'array', items: { type: 'boolean' }, uniqueItems: true }, [[true, false]], [[true, true]]);
        check({ type: 'array', items: { type: 'object' }, uniqueItems: true }, [[], [{}]], [[{}, {}]]);
        check({ type: 'array', items: { type: ['integer', 'null'] }, uniqueItems: true }, [[1, null]], [[null, null]]);
        const ids = { type: 'array', items: { type: 'string', format: 'uuid' }, uniqueItems: true, minItems: 40 };
        assert.ok(jsonSchemaToGbnf(ids).length > 0);
    });
    it('keys by pattern and by name', () => {
        const integer = { type: 'integer' };
        check({ type: 'object', patternProperties: { '^[a-z]{1,3}$': integer } }, [{}, { ab: 1 }], [{ abcd: 1 }, { a: 'b' }]);
        check({
            type: 'object',
            properties: { x1: { minimum: 5 } },
            patternProperties: { '^x': integer, '\\d$': { maximum: 9 } },
            additionalProperties: { type: 'string' },
        }, [{ x1: 7 }, { x: 12 }, { x1: 6, x2: 3, other: 'a' }], [{ x1: 3 }, { x1: 12 }, { x2: 12 }, { x: 'a' }, { other: 1 }]);
        check({
            type: 'object',
            propertyNames: { $ref: '#/$defs/c' },
            additionalProperties: integer,
            $defs: { c: { enum: ['r', 'g'] } },
        }, [{}, { g: 1, r: 2 }], [{ b: 1 }]);
        check({ type: 'object', propertyNames: { maxLength: 2 } }, [{ ab: [1] }], [{ abc: 1 }]);
        check({ type: 'object', additionalProperties: integer, minProperties: 2, maxProperties: 3 }, [{ a: 1, z: 2 }], [{}, { a: 1 }]);
        const four = Object.fromEntries(['a', 'b', 'c', 'd'].map((key) => [key, integer]));
        check({ type: 'object', properties: four, required: ['b'], minProperties: 2, maxProperties: 3 }, [
            { a: 1, b: 2 },
            { b: 1, c: 2, d: 3 },
        ], [{ b: 1 }, { a: 1, b: 2, c: 3, d: 4 }, { a: 1, c: 2 }]);
    });
    it('names that JavaScript has already', () => {
        const schema = JSON.parse(`{
      "type": "object",
      "properties": { "__proto__": { "type": "integer" }, "constructor": { "$ref": "#/$defs/__proto__" } },
      "required": ["__proto__", "constructor", "hasOwnProperty"],
      "additionalProperties": { "type": "boolean" },
      "$defs": { "__proto__": { "type": "null" } }
    }`);
        const gbnf = jsonSchemaToGbnf(schema);
        assert.ok(accepts(gbnf, '{"__proto__":1,"constructor":null,"hasOwnProperty":true,"toString":false}'));
        assert.ok(!accepts(gbnf, '{"__proto__":null,"constructor":null,"hasOwnProperty":true}'));
        assert.ok(!accepts(gbnf, '{"__proto__":1,"hasOwnProperty":true}'));
        assert.throws(() => jsonSchemaToGbnf({ $ref: '#/$defs/constructor', $defs: {} }), /leads to nothing/);
    });
    it('tuples of older drafts, and lists that must hold together', () => {
        check({ type: 'array', items: [{ type: 'string' }, { type: 'integer' }], additionalItems: false }, [['a', 1]], [['a', 1, 2]]);
        check({
            allOf: [
                { type: 'array', prefixItems: [{ type: ['string', 'integer'] }] },
                { items: { type: 'integer' } },
            ],
        }, [[1]], [['a'], [1, 'a']]);
    });
});
describe('anything', () => {
    it('nullable', () => {
        check(text({ nullable: true }), ['a', null], [1]);
        check({ type: 'integer', nullable: true, enum: [1, 2, null] }, [1, null], [3]);
        check({ type: 'integer', nullable: true, enum: [1] }, [1], [null]);
        check({ allOf: [{ type: 'string', nullable: true }, { type: 'string' }] }, ['a'], [null]);
    });
    it('constants beside other keywords', () => {
        check({ type: 'string', enum: ['a', 'bb', 'ccc'], maxLength: 2 }, ['a', 'bb'], ['ccc']);
        check({ type: 'integer', format: 'int32', enum: [1, 2, 3e10] }, [1, 2], [3e10]);
        check({ enum: ['x', 'xy', 1, null, true, [1], { a: 'b' }] }, ['x', 'xy', 1, null, true, [1], { a: 'b' }].slice(0, 6), ['y', 2]);
    });
    it('not', () => {
        check({ type: ['string', 'null'], not: { type: 'null' } }, ['a'], [null]);
        check(text({ not: { enum: ['root', 'admin'] } }), ['', 'roo', 'rooted', 'x'], ['root', 'admin']);
        check(text({ not: { pattern: '^x' } }), ['', 'ax'], ['x', 'xa']);
        check({ type: 'integer', minimum: 0, maximum: 9, not: { const: 5 } }, [0, 4, 6, 9], [5]);
        check({ enum: [1, 2, 3], not: { enum: [2] } }, [1, 3], [2]);
        check({ not: { type: ['object', 'array', 'string', 'null'] } }, [1, true], ['a', null]);
    });
    it('notes', () => {
        const notes = {
            $schema: 's',
            $id: 'i',
            title: 't',
            examples: [1],
            default: null,
            deprecated: true,
            readOnly: true,
        };
        check({ ...notes, contentEncoding: 'base64', externalDocs: {}, xml: {}, 'x-a': 1, type: 'null' }, [null], [1]);
    });
});
it('random schemas: the matcher takes every text of the rules that the grammar was written from', () => {
    let texts = 0;
    for (let seed = 1; seed <= 80; seed++) {
        const next = randomNumbers(seed);
        const schema = new SchemaMaker(next).document();
        try {
            const rules = jsonSchemaRules(schema);
            const gbnf = jsonSchemaToGbnf(schema);
            const least = leastLengths(rules);
            for (let i = 0; i < 4; i++, texts++) {
                const written = randomText(rules, least, next);
                assert.ok(accepts(gbnf, written), `seed ${seed}: ${written} by ${JSON.stringify(schema)}`);
            }
        }
        catch (error) {
            if (!(error instanceof ForetokenError) || error.code !== 'invalid_schema')
                throw error;
        }
    }
    assert.ok(texts > 100, `only ${texts} texts were tried`);
});
//# sourceMappingURL=schemas-of-programs.test.js.map