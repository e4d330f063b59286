/**
 * Calls that must come, of real models: every answer is a valid call whatever the model would rather say, sampled
 * hot, whole and streamed, with speculation. Both models' templates know no tools.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Ajv } from 'ajv';
import { bundledTarget } from '../base/bundled.js';
import { absent, SMOLLM2_Q8_0 } from '../base/real-models.js';
import { realServer } from './test-real-server.js';
import { sseData } from './test-server.js';
const TOOLS = [
    {
        type: 'function',
        function: {
            name: 'book_flight',
            description: 'Books a flight',
            parameters: {
                type: 'object',
                properties: {
                    from: { type: 'string', minLength: 3, maxLength: 12 },
                    class: { enum: ['economy', 'business'] },
                    seats: { type: 'integer', minimum: 1, maximum: 9 },
                    notes: { type: 'array', items: { type: 'string', maxLength: 8 }, maxItems: 2 },
                },
                required: ['from', 'class', 'seats', 'notes'],
                additionalProperties: false,
            },
        },
    },
    { type: 'function', function: { name: 'cancel', parameters: { type: 'object', properties: {} } } },
];
const ajv = new Ajv({ strict: false });
const valid = new Map(TOOLS.map(({ function: { name, parameters } }) => [name, ajv.compile(parameters)]));
for (const [name, file] of [
    ['demo', bundledTarget()],
    ['SmolLM2', SMOLLM2_Q8_0],
])
    describe(`forced calls, ${name}`, { skip: name === 'demo' ? false : absent(file) }, async () => {
        if (name !== 'demo' && absent(file) !== false)
            return;
        const { app } = await realServer({
            modelPath: file,
            modelId: name,
            model: { contextSize: 4096, batchSize: 256, microBatchSize: 256 },
            engine: {
                prefillChunk: 128,
                speculation: {
                    mode: 'auto',
                    length: 4,
                    proposers: ['lookup', 'grammar'],
                    lookupMinNgram: 2,
                    suffixBytes: 1 << 20,
                },
            },
        });
        const ask = async (more) => {
            const response = await app.inject({
                method: 'POST',
                url: '/v1/chat/completions',
                payload: {
                    messages: [{ role: 'user', content: 'Two seats from Oslo, please.' }],
                    tools: TOOLS,
                    temperature: 1.5,
                    max_tokens: 400,
                    ...more,
                },
            });
            assert.equal(response.statusCode, 200, response.body);
            return response.body;
        };
        const check = (calls, reason) => {
            assert.equal(reason, 'tool_calls');
            assert.ok(calls.length > 0);
            for (const { function: called } of calls) {
                const validate = valid.get(called.name);
                assert.ok(validate?.(JSON.parse(called.arguments)), `${called.name} ${called.arguments}`);
            }
        };
        it('are valid, whole', async () => {
            for (let seed = 1; seed <= 6; seed++) {
                const body = JSON.parse(await ask({ tool_choice: 'required', parallel_tool_calls: false, seed }));
                const [{ message, finish_reason: reason }] = body.choices;
                assert.equal(message.content, null);
                check(message.tool_calls, reason);
            }
        });
        it('are of the function that is named, streamed', async () => {
            const choice = { type: 'function', function: { name: 'book_flight' } };
            const body = await ask({ tool_choice: choice, stream: true, seed: 7 });
            const chunks = sseData(body).slice(0, -1);
            const deltas = chunks.flatMap(({ choices }) => choices.flatMap(({ delta }) => delta.tool_calls ?? []));
            const [first] = deltas;
            assert.equal(first?.function.name, 'book_flight');
            const json = deltas.map(({ function: called }) => called.arguments).join('');
            check([{ function: { name: 'book_flight', arguments: json } }], chunks.at(-1).choices[0].finish_reason);
        });
        it('are or are not, where the model may choose, and the text is the same with speculation and without', async () => {
            const wanted = { temperature: 0, max_tokens: 40 };
            const texts = await Promise.all(['off', 'auto'].map(async (speculation) => {
                const { choices } = JSON.parse(await ask({ ...wanted, speculation }));
                return JSON.stringify(choices).replaceAll(/"id":"\w+"/g, '');
            }));
            assert.equal(texts[0], texts[1]);
        });
    });
//# sourceMappingURL=forced-calls.test.js.map