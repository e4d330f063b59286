/**
 * The converter's promise, tried on random schemas and checked by a validator of its own standing (ajv): every
 * text of a grammar is JSON that is valid under the schema it was made of.
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { ForetokenError } from '../base/errors.js';
import { randomNumbers } from '../base/random.js';
import { jsonSchemaRules } from './json-schema.js';
import { SchemaMaker } from './random-schemas.js';
import { leastLengths, randomText } from './random-text.js';
const SCHEMAS = Number(process.env['FORETOKEN_TEST_SCHEMAS'] ?? 300);
const TEXTS = 8;
/** ajv takes no notice of properties called __proto__; this name has the same characters to every pattern. */
const renamed = (json) => json.replaceAll('__proto__', '__prot0__');
it('whatever a grammar writes is valid under its schema', () => {
    // Multiples are told by digits: that 0.07 / 0.01 is no whole number in doubles is not what a schema means.
    const ajv = new Ajv2020({
        strict: false,
        logger: false,
        multipleOfPrecision: 1,
        addUsedSchema: false,
        ownProperties: true,
    });
    formats.default(ajv);
    const first = Number(process.env['FORETOKEN_TEST_SEED'] ?? 1);
    let converted = 0;
    const reasons = new Map();
    for (let seed = first; seed < first + SCHEMAS; seed++) {
        const next = randomNumbers(seed);
        const schema = new SchemaMaker(next).document();
        const told = () => `seed ${seed}: ${JSON.stringify(schema)}`;
        let rules;
        try {
            rules = jsonSchemaRules(schema);
        }
        catch (error) {
            assert.ok(error instanceof ForetokenError && error.code === 'invalid_schema', `${String(error.stack)} ${told()}`);
            const reason = error.message.replace(/^.* at [^,]*, /, '').slice(0, 60);
            reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
            continue;
        }
        converted += 1;
        const validate = ajv.compile(JSON.parse(renamed(JSON.stringify(schema))));
        const least = leastLengths(rules);
        for (let i = 0; i < TEXTS; i++) {
            const text = randomText(rules, least, next);
            let value;
            try {
                value = JSON.parse(renamed(text));
            }
            catch {
                assert.fail(`no JSON: ${text} ${told()}`);
            }
            assert.ok(validate(value), `${text} is not valid (${ajv.errorsText(validate.errors)}) ${told()}`);
        }
    }
    const summary = [...reasons].sort((a, b) => b[1] - a[1]).slice(0, 12);
    assert.ok(converted > SCHEMAS / 2, `only ${converted} of ${SCHEMAS} were converted: ${JSON.stringify(summary)}`);
    if (process.env['FORETOKEN_TEST_SCHEMAS'])
        console.log(converted, summary);
});
//# sourceMappingURL=random-schemas.test.js.map