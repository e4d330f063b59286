/** The official OpenAI client against the real server: models, text completions, embeddings, errors. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import OpenAI from 'openai';
import { realServer } from './test-real-server.js';
const MESSAGES = [
    { role: 'system', content: 'You answer briefly.' },
    { role: 'user', content: 'Translate into German: The dog sleeps in the garden.' },
];
const GREEDY = { model: 'demo', messages: MESSAGES, temperature: 0, max_tokens: 48 };
const server = await realServer();
const client = new OpenAI({ baseURL: server.baseURL, apiKey: 'none needed', maxRetries: 0 });
describe('models', () => {
    it('lists and retrieves the model', async () => {
        const ids = [];
        for await (const model of client.models.list())
            ids.push(model.id);
        assert.deepEqual(ids, ['demo']);
        const model = await client.models.retrieve('demo');
        assert.equal(model.object, 'model');
        await assert.rejects(client.models.retrieve('another'), OpenAI.NotFoundError);
    });
});
describe('text completions', () => {
    const TEXT = { model: 'demo', temperature: 0, max_tokens: 12 };
    it('of a text, of its tokens, of several at once', async () => {
        const prompt = 'The old lighthouse';
        const one = await client.completions.create({ ...TEXT, prompt });
        const response = await fetch(new URL('/tokenize', server.baseURL), {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ content: prompt, add_special: true }),
        });
        const { tokens } = (await response.json());
        const same = await client.completions.create({ ...TEXT, prompt: tokens });
        assert.equal(same.choices[0]?.text, one.choices[0]?.text);
        assert.equal(same.usage?.prompt_tokens, tokens.length);
        const many = await client.completions.create({ ...TEXT, prompt: [prompt, 'Once'], n: 2, echo: true });
        assert.equal(many.choices.length, 4);
        assert.equal(many.choices[0]?.text, prompt + (one.choices[0]?.text ?? ''));
        assert.ok(many.choices[3]?.text.startsWith('Once'));
    });
    it('as a stream, with log-probabilities', async () => {
        const body = { ...TEXT, prompt: 'The old lighthouse', logprobs: 2 };
        const whole = await client.completions.create(body);
        const entries = whole.choices[0].logprobs;
        assert.equal(entries.tokens?.length, entries.token_logprobs?.length);
        assert.ok(entries.top_logprobs?.every((top) => Object.keys(top).length <= 2));
        assert.equal(entries.text_offset?.[0], 0);
        let text = '';
        const tokens = [];
        for await (const chunk of await client.completions.create({ ...body, stream: true })) {
            text += chunk.choices[0]?.text ?? '';
            tokens.push(...(chunk.choices[0]?.logprobs?.tokens ?? []));
        }
        assert.equal(text, whole.choices[0]?.text);
        assert.deepEqual(tokens, entries.tokens);
    });
});
describe('embeddings', () => {
    it('are unit vectors, the same packed and plain', async () => {
        const input = ['The dog sleeps.', 'A contract between two companies.'];
        // The client asks for base64 by itself and unpacks it.
        const packed = await client.embeddings.create({ model: 'demo', input });
        const plain = await client.embeddings.create({ model: 'demo', input, encoding_format: 'float' });
        assert.equal(packed.data.length, 2);
        packed.data.forEach(({ embedding, index }, place) => {
            assert.equal(index, place);
            assert.equal(embedding.length, server.engine.info.embeddingWidth);
            const norm = Math.hypot(...embedding);
            assert.ok(Math.abs(norm - 1) < 1e-3, `${norm}`);
            embedding.forEach((value, at) => {
                assert.ok(Math.abs(value - plain.data[place].embedding[at]) < 1e-4);
            });
        });
        assert.notDeepEqual(packed.data[0]?.embedding, packed.data[1]?.embedding);
        assert.ok(packed.usage.prompt_tokens > 5);
    });
});
describe('errors, as the client raises them', () => {
    it('bad requests', async () => {
        await assert.rejects(client.chat.completions.create({ ...GREEDY, temperature: 3 }), (error) => {
            assert.ok(error instanceof OpenAI.BadRequestError);
            assert.equal(error.code, 'invalid_request');
            assert.equal(error.param, 'temperature');
            return true;
        });
        const tooLong = [{ role: 'user', content: 'many words '.repeat(5000) }];
        await assert.rejects(client.chat.completions.create({ ...GREEDY, messages: [...tooLong], stream: true }), (error) => {
            assert.ok(error instanceof OpenAI.BadRequestError);
            assert.equal(error.code, 'context_length_exceeded');
            return true;
        });
        // Found out only in the engine thread, and still in time for its own status.
        const grammar = { ...GREEDY, grammar: 'root ::= (((', stream: true };
        await assert.rejects(client.chat.completions.create(grammar), (error) => {
            assert.ok(error instanceof OpenAI.BadRequestError);
            assert.equal(error.code, 'invalid_grammar');
            return true;
        });
    });
    it('unknown models and wrong keys', async () => {
        await assert.rejects(client.chat.completions.create({ ...GREEDY, model: 'gpt-4o' }), OpenAI.NotFoundError);
        const keyed = await server.serve(['sesame']);
        const open = new OpenAI({ baseURL: `${keyed}/v1`, apiKey: 'sesame', maxRetries: 0 });
        assert.equal((await open.models.retrieve('demo')).id, 'demo');
        const shut = new OpenAI({ baseURL: `${keyed}/v1`, apiKey: 'guess', maxRetries: 0 });
        await assert.rejects(shut.chat.completions.create(GREEDY), OpenAI.AuthenticationError);
    });
});
//# sourceMappingURL=openai-other.test.js.map