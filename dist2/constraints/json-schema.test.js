/**
 * The grammars of JSON schemas: which texts they accept, and that a random walk over
 * what they allow always ends in JSON that the schema allows.
 */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { bundledTarget } from '../base/bundled.js';
import { randomNumbers } from '../base/random.js';
import { token } from '../base/types.js';
import { JSON_OBJECT_GBNF, jsonSchemaToGbnf } from '../grammar/json-schema.js';
import { Vocabulary } from '../llama/vocabulary.js';
import { GrammarPool } from './grammar-pool.js';
import { accepts, matcherOf } from './test-support.js';
const vocabulary = Vocabulary.open(bundledTarget());
const pool = new GrammarPool({
    vocabularySize: vocabulary.size,
    tokenBytes: (id) => vocabulary.tokenBytes(id),
    isEndOfGeneration: (id) => vocabulary.isEndOfGeneration(id),
});
const end = vocabulary.eot ?? vocabulary.eos;
after(() => {
    vocabulary.dispose();
});
function check(schema, valid, invalid) {
    const gbnf = jsonSchemaToGbnf(schema);
    for (const text of valid)
        assert.ok(accepts(gbnf, text), `should accept ${text} by\n${gbnf}`);
    for (const text of invalid)
        assert.ok(!accepts(gbnf, text), `should reject ${text} by\n${gbnf}`);
}
const json = (value) => JSON.stringify(value);
describe('grammars of JSON schemas', () => {
    it('any JSON object', () => {
        const valid = [
            '{}',
            '{"a":1}',
            '{ "a": [1, -2.5e+3, true, null, "x\\u00e9\\n"], "b": {} }',
            '{\n\n  "a": "ü😀"\n}',
        ];
        for (const text of valid)
            assert.ok(accepts(JSON_OBJECT_GBNF, text), text);
        const invalid = [
            '',
            '[]',
            '{"a":01}',
            "{'a':1}",
            '{"a":1,}',
            '{"a":"\n"}',
            '{}\n',
            '{"a":"\\ud800"}',
            `{${' '.repeat(30)}}`,
        ];
        for (const text of invalid)
            assert.ok(!accepts(JSON_OBJECT_GBNF, text), text);
    });
    it('objects: declared order, required and optional, nothing undeclared', () => {
        const properties = {
            a: { type: 'integer' },
            b: { type: 'string' },
            c: { type: 'boolean' },
            d: { type: 'null' },
        };
        check({ type: 'object', properties, required: ['b', 'd'], additionalProperties: false }, ['{"b":"x","d":null}', '{"a":1,"b":"x","c":true,"d":null}', '{"b":"","c":false,"d":null}'], [
            '{}',
            '{"b":"x"}',
            '{"d":null,"b":"x"}',
            '{"b":"x","d":null,"e":1}',
            '{,"b":"x","d":null}',
            '{"b":1,"d":null}',
        ]);
        check({ type: 'object', properties }, ['{}', '{"c":true}', '{"a":1,"d":null}'], ['{"c":true,}', '{"x":1}', '{"d":null,"a":1}']);
        check({ type: 'object', properties: {} }, ['{}'], ['{"a":1}']);
    });
    it('free keys of a given kind, which are not the declared ones', () => {
        const schema = {
            type: 'object',
            properties: { kind: { type: 'string' }, kin: { type: 'string' }, no: false },
            additionalProperties: { type: 'integer' },
        };
        check(schema, ['{}', '{"kind":"a"}', '{"kind":"a","x":1,"kinds":2,"ki":3}', '{"z":1}', '{"nobody":1}'], ['{"kind":1}', '{"kin":1}', '{"x":"a"}', '{"x":1,"kind":2}', '{"no":1}', '{"\\u006bind":1}', '{"":1}']);
        check({ type: 'object', required: ['id'], additionalProperties: true }, ['{"id":[]}', '{"id":1,"x":{}}'], ['{}', '{"x":1}']);
    });
    it('references and recursion', () => {
        const schema = {
            $ref: '#/definitions/node',
            definitions: {
                node: {
                    type: 'object',
                    properties: {
                        v: { type: 'integer' },
                        next: { anyOf: [{ allOf: [{ $ref: '#/definitions/node' }] }, { type: 'null' }] },
                    },
                    required: ['v', 'next'],
                },
            },
        };
        check(schema, ['{"v":1,"next":null}', '{"v":1,"next":{"v":2,"next":{"v":3,"next":null}}}'], ['{"v":1}', '{"v":1,"next":{}}']);
        const tree = {
            type: 'object',
            properties: { children: { type: 'array', items: { $ref: '#' } } },
            required: ['children'],
        };
        check(tree, ['{"children":[]}', '{"children":[{"children":[]},{"children":[]}]}'], ['{"children":[1]}']);
    });
    it('anyOf with keywords beside it, allOf, oneOf, a reference with keywords beside it', () => {
        const properties = { mail: { type: 'string' }, phone: { type: 'integer' } };
        check({ type: 'object', properties, anyOf: [{ required: ['mail'] }, { required: ['phone'] }] }, ['{"mail":"a"}', '{"phone":1}', '{"mail":"a","phone":1}'], ['{}']);
        check({
            allOf: [
                { type: 'object', properties: { a: { type: 'integer', minimum: 0 } }, required: ['a'] },
                { properties: { a: { maximum: 9 }, b: { const: 1 } } },
            ],
        }, ['{"a":0}', '{"a":9,"b":1}'], ['{"a":10}', '{"a":-1}', '{"b":1}']);
        const kind = (name, extra) => ({
            type: 'object',
            properties: { k: { const: name }, ...extra },
            required: ['k'],
        });
        check({ oneOf: [kind('a', {}), kind('b', { z: { type: 'integer' } })] }, ['{"k":"a"}', '{"k":"b","z":1}'], ['{"k":"a","z":1}', '{"k":"c"}']);
        check({ oneOf: [{ type: 'string' }, { type: 'null' }, { type: 'array', items: { type: 'string' } }] }, ['""', 'null', '["a"]'], ['1', '[1]']);
        check({ $defs: { s: { type: 'string', maxLength: 3 } }, $ref: '#/$defs/s', minLength: 2 }, ['"ab"', '"abc"'], ['"a"', '"abcd"']);
        check({ type: ['string', 'integer'], enum: ['a', 1, null] }, ['"a"', '1'], ['null']);
    });
    it('arrays', () => {
        check({ type: 'array', items: { type: 'integer' }, minItems: 2, maxItems: 3 }, ['[1,2]', '[ 1, 2, 3 ]'], ['[]', '[1]', '[1,2,3,4]', '["a","b"]']);
        check({ type: 'array', maxItems: 1 }, ['[]', '[{"a":[]}]'], ['[1,2]']);
        check({ type: 'array', maxItems: 0 }, ['[]', '[ ]'], ['[1]']);
        const prefixItems = [{ type: 'string' }, { type: 'integer' }];
        check({ type: 'array', prefixItems }, ['["a",1]'], ['["a"]', '[]', '["a",1,2]', '[1,"a"]']);
        check({ type: 'array', prefixItems, items: { type: 'boolean' }, minItems: 1, maxItems: 4 }, ['["a"]', '["a",1]', '["a",1,true,false]'], ['[]', '["a",true]', '["a",1,true,true,true]']);
        check({ type: 'array', prefixItems, items: false, minItems: 0 }, ['[]', '["a"]', '["a",1]'], ['["a",1,2]']);
    });
    it('strings: length in characters, patterns, formats', () => {
        check({ type: 'string', minLength: 1, maxLength: 3 }, ['"a"', '"ü😀\\n"', '"\\ud83d\\ude00bc"'], ['""', '"abcd"', '"\\n\\n\\n\\n"']);
        check({ type: 'string', pattern: '^[A-Z]{2}-\\d+(\\.\\d+)?$' }, ['"AB-1"', '"AB-1.25"'], ['"A-1"', '"AB-"', '"AB-1."', '"xAB-1"']);
        check({ type: 'string', pattern: 'ab+|^c$' }, ['"ab"', '"xxabby"', '"c"'], ['"a"', '"xc"']);
        check({ type: 'string', pattern: '^[^a-z"]?[\\s"\\\\]\\S$' }, ['"A\\"x"', '"\\\\\\\\z"', '"\\n."'], ['"a x"', '"""x"', '"\\\\"']);
        check({ type: 'string', pattern: '^(?:a|bc){2,3}.\\u00e9\\/\\-$' }, ['"abc é/-"', json('aaaxé/-')], ['"axé/-"', '"aaaaxé/-"']);
        check({ type: 'string', format: 'date' }, ['"2024-02-29"', '"2023-12-31"'], ['"2023-02-29"', '"2024-13-01"', '"2024-04-31"', '"24-01-01"']);
        check({ type: 'string', format: 'date-time' }, ['"2024-01-01T23:59:59Z"', '"2024-01-01T00:00:00.5+02:00"'], ['"2024-01-01 00:00:00Z"', '"2024-01-01T24:00:00Z"']);
        check({ type: 'string', format: 'uuid' }, ['"123e4567-e89b-12d3-a456-426614174000"'], ['"123e4567-e89b-12d3-a456"', '123']);
        check({ type: 'string', format: 'email' }, ['"a.b@example.org"'], ['"a@b"', '".a@b.org"', '"a b@c.org"']);
        check({ type: 'string', format: 'uri' }, ['"https://example.org/a?b"'.replace('?b', '')], ['"example.org"', '"https://x"']);
    });
    it('long strings and lists: repetitions in blocks count exactly', () => {
        const gbnf = jsonSchemaToGbnf({ type: 'string', minLength: 2100, maxLength: 3300 });
        for (const [length, valid] of [
            [2099, false],
            [2100, true],
            [2999, true],
            [3300, true],
            [3301, false],
        ])
            assert.equal(accepts(gbnf, json('x'.repeat(length))), valid, `${length}`);
        const most = jsonSchemaToGbnf({ type: 'string', maxLength: 2345 });
        for (const [length, valid] of [
            [0, true],
            [999, true],
            [2000, true],
            [2345, true],
            [2346, false],
        ])
            assert.equal(accepts(most, json('x'.repeat(length))), valid, `${length}`);
    });
    it('ranges of integers, at every edge', () => {
        const bounds = [
            -1234, -100, -19, -10, -9, -1, 0, 1, 5, 9, 10, 12, 42, 99, 100, 150, 255, 999, 1000, 2024,
        ];
        for (const minimum of bounds)
            for (const maximum of bounds.filter((bound) => bound >= minimum)) {
                const gbnf = jsonSchemaToGbnf({ type: 'integer', minimum, maximum });
                for (const value of new Set(bounds.flatMap((bound) => [bound - 1, bound, bound + 1])))
                    if ((value + 7 * minimum + 3 * maximum) % 5 === 0 ||
                        value === minimum ||
                        value === maximum ||
                        value === minimum - 1 ||
                        value === maximum + 1)
                        assert.equal(accepts(gbnf, String(value)), minimum <= value && value <= maximum, `${value} in ${minimum}..${maximum}`);
            }
        check({ type: 'integer', minimum: 17 }, ['17', '20', '100', '9999999999999999'], ['16', '7', '-17', '017', '17.5']);
        check({ type: 'integer', maximum: -3 }, ['-3', '-12', '-1000'], ['-2', '3', '0', '-03', '-0']);
        check({ type: 'integer', exclusiveMinimum: 0, exclusiveMaximum: 3 }, ['1', '2'], ['0', '3', '-1']);
        check({ type: 'integer', minimum: -9007199254740991, maximum: 9007199254740991 }, ['9007199254740991', '-9007199254740991', '0'], ['9007199254740992']);
        check({ type: 'number', multipleOf: 1 }, ['5', '-5'], ['5.5']);
    });
    it('ranges of decimal numbers', () => {
        check({ type: 'number', minimum: 0, maximum: 1 }, ['0', '1', '0.5', '1.00', '0.00000001'], ['-0.1', '1.1', '1.00000001', '2', '.5', '1.', '1e0']);
        check({ type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 }, ['0.1', '0.99999999', '0.00000001'], ['0', '0.0', '1', '1.0']);
        check({ type: 'number', minimum: -1.25, maximum: 2.5 }, ['-1.25', '-1.2', '-1', '0', '-0.5', '2.5', '2.49', '2.50'], ['-1.26', '-1.3', '2.51', '-2', '3', '-0']);
        check({ type: 'number', exclusiveMinimum: -1.5, exclusiveMaximum: -1.4 }, ['-1.45', '-1.41', '-1.49'], ['-1.5', '-1.4', '-1.50', '-1.6', '1.45']);
        check({ type: 'number', minimum: 0.05, maximum: 0.051 }, ['0.05', '0.0505', '0.051', '0.050'], ['0.049', '0.052', '0.0511', '0', '0.5']);
        check({ type: 'number', minimum: 99.5 }, ['99.5', '100', '1000.25'], ['99.4', '99', '9']);
        check({ type: 'number', minimum: 3, maximum: 3 }, ['3', '3.0'], ['3.1', '2.9', '2']);
    });
});
describe('a random walk over what a grammar allows', () => {
    function walk(gbnf, next) {
        const matcher = matcherOf(gbnf, pool);
        const logits = new Float32Array(vocabulary.size);
        const written = [];
        while (written.length < 400) {
            logits.fill(0);
            matcher.mask(logits);
            const allowed = Array.from(logits.keys()).filter((id) => logits[id] === 0);
            assert.ok(allowed.length > 0, `nothing may follow ${vocabulary.detokenize(written)}`);
            if (logits[end] === 0 && next() < 0.5)
                return vocabulary.detokenize(written);
            const others = allowed.filter((id) => !vocabulary.isEndOfGeneration(id));
            if (others.length === 0)
                return vocabulary.detokenize(written);
            const chosen = others[Math.floor(next() * others.length)];
            written.push(chosen);
            matcher.accept(token(chosen));
        }
        return vocabulary.detokenize(written);
    }
    it('ends in a value that the schema allows', () => {
        const schema = {
            type: 'object',
            properties: {
                name: { type: 'string', minLength: 2, maxLength: 5 },
                score: { type: 'number', minimum: -0.5, exclusiveMaximum: 12.75 },
                tag: { enum: ['a', 'b', null] },
                day: { type: 'string', format: 'date' },
                pair: { type: 'array', prefixItems: [{ type: 'boolean' }, { type: 'integer', maximum: 20 }] },
            },
            required: ['name', 'pair'],
        };
        const gbnf = jsonSchemaToGbnf(schema);
        const next = randomNumbers(7);
        const seen = new Set();
        for (let run = 0; run < 25; run++) {
            const text = walk(gbnf, next);
            const value = JSON.parse(text);
            seen.add(Object.keys(value).join());
            const { name, score, tag, day, pair } = value;
            assert.ok(typeof name === 'string' && Array.from(name).length >= 2 && Array.from(name).length <= 5, text);
            if (score !== undefined)
                assert.ok(typeof score === 'number' && score >= -0.5 && score < 12.75, text);
            if (tag !== undefined)
                assert.ok(['a', 'b', null].includes(tag), text);
            if (day !== undefined)
                assert.equal(new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10), day);
            assert.ok(Array.isArray(pair) && pair.length === 2, text);
            assert.ok(typeof pair[0] === 'boolean' && Number.isInteger(pair[1]) && Number(pair[1]) <= 20, text);
        }
        assert.ok(seen.size > 2, 'the walks should differ in which optional properties they write');
    });
});
//# sourceMappingURL=json-schema.test.js.map