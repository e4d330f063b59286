/** A model that must write JSON cannot write white space without end, wherever it stands. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { token } from '../base/types.js';
import { JSON_OBJECT_GBNF, jsonSchemaToGbnf } from '../grammar/json-schema.js';
import { matcherOf } from './test-support.js';
const SCHEMA = {
    type: 'object',
    properties: { list: { type: 'array', items: { type: 'integer' } }, name: { type: 'string' } },
    required: ['list', 'name'],
};
const BLANKS = [...Buffer.from(' \n\t\r')];
/** Two line ends and the blanks of a deep indentation. */
const MOST = 64;
for (const [what, grammar] of [
    ['any object', JSON_OBJECT_GBNF],
    ['a schema', jsonSchemaToGbnf(SCHEMA)],
])
    it(`white space between the tokens of JSON ends: ${what}`, () => {
        const text = Buffer.from('{"list":[1,2],"name":"x"}');
        // The blanks of a string are its own.
        const value = text.lastIndexOf('x');
        for (const first of BLANKS)
            for (let at = 0; at <= text.length; at++) {
                if (Math.abs(at - value) <= 1)
                    continue;
                const matcher = matcherOf(grammar);
                for (const byte of text.subarray(0, at))
                    matcher.accept(token(byte));
                let blanks = 0;
                for (; blanks <= MOST; blanks++) {
                    const next = [first, ...BLANKS].find((byte) => matcher.allows(token(byte)));
                    if (next === undefined)
                        break;
                    matcher.accept(token(next));
                }
                // Names of any object are strings, too.
                const within = text.subarray(0, at).toString().split('"').length % 2 === 0;
                if (within && what === 'any object')
                    continue;
                assert.ok(blanks <= MOST, `${blanks} blanks behind ${text.subarray(0, at).toString()}`);
            }
    });
//# sourceMappingURL=blanks.test.js.map