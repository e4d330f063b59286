/**
 * The official OpenAI client against the real server, engine and model: chat. Nothing here depends on what the
 * model says or how fast it is.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import OpenAI from 'openai';
import { realServer, withVersion } from './test-real-server.js';
const MESSAGES = [
    { role: 'system', content: 'You answer briefly.' },
    { role: 'user', content: 'Translate into German: The dog sleeps in the garden.' },
];
/** Greedy, so that two requests can be compared. */
const GREEDY = { model: 'demo', messages: MESSAGES, temperature: 0, max_tokens: 48 };
const server = await realServer();
const client = new OpenAI({ baseURL: server.baseURL, apiKey: 'none needed', maxRetries: 0 });
describe(`chat completions (${withVersion('openai')})`, () => {
    it('answer whole', async () => {
        const answer = await client.chat.completions.create(GREEDY);
        const [choice] = answer.choices;
        assert.equal(choice?.message.role, 'assistant');
        assert.ok(choice.message.content.length > 0);
        assert.ok(['stop', 'length'].includes(choice.finish_reason));
        assert.equal(answer._request_id, answer.id);
        const usage = answer.usage;
        assert.ok(usage.prompt_tokens > 10);
        assert.ok(usage.completion_tokens > 0 && usage.completion_tokens <= 48);
        assert.equal(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
        const { timings, metrics } = answer;
        assert.equal(timings.predicted_n, usage.completion_tokens);
        assert.equal(timings.cache_n + timings.prompt_n, usage.prompt_tokens);
        const figures = metrics.speculative_decoding;
        assert.ok(figures.num_accepted_tokens <= figures.num_draft_tokens);
        assert.equal(figures.acceptance_histogram.reduce((sum, count) => sum + count, 0), figures.num_drafts);
    });
    it('answer the same as a stream', async () => {
        const whole = await client.chat.completions.create(GREEDY);
        const stream = await client.chat.completions.create({
            ...GREEDY,
            stream: true,
            stream_options: { include_usage: true },
        });
        let text = '';
        let usage;
        const reasons = [];
        for await (const chunk of stream) {
            for (const choice of chunk.choices) {
                text += choice.delta.content ?? '';
                if (choice.finish_reason)
                    reasons.push(choice.finish_reason);
            }
            usage = chunk.usage ?? usage;
        }
        assert.equal(text, whole.choices[0]?.message.content);
        assert.deepEqual(reasons, [whole.choices[0]?.finish_reason]);
        assert.equal(usage?.completion_tokens, whole.usage?.completion_tokens);
    });
    it("answer through the client's own stream helper", async () => {
        const runner = client.chat.completions.stream(GREEDY);
        const whole = await client.chat.completions.create(GREEDY);
        assert.equal(await runner.finalContent(), whole.choices[0]?.message.content);
    });
    it('reuse what a conversation has in common with the one before', async () => {
        const first = await client.chat.completions.create(GREEDY);
        const second = await client.chat.completions.create({
            ...GREEDY,
            messages: [
                ...MESSAGES,
                { role: 'assistant', content: first.choices[0].message.content },
                { role: 'user', content: 'And in English again?' },
            ],
        });
        const cached = second.usage?.prompt_tokens_details?.cached_tokens ?? 0;
        assert.ok(cached >= first.usage.prompt_tokens - 1, `${cached} of ${first.usage?.prompt_tokens}`);
    });
    it('several choices, each what its own seed gives', async () => {
        const sampled = (seed) => ({ ...GREEDY, temperature: 2, max_tokens: 24, seed });
        const three = await client.chat.completions.create({ ...sampled(42), n: 3 });
        assert.deepEqual(three.choices.map(({ index }) => index), [0, 1, 2]);
        for (const { index, message } of three.choices) {
            const one = await client.chat.completions.create(sampled(42 + index));
            assert.equal(one.choices[0]?.message.content, message.content);
        }
        assert.ok(new Set(three.choices.map(({ message }) => message.content)).size > 1);
    });
    it('the same text however it is guessed', async () => {
        const texts = new Set();
        for (const speculation of ['off', 'fixed:3', { proposers: ['lookup'] }, { max_tokens: 2 }]) {
            const body = { ...GREEDY, speculation };
            texts.add((await client.chat.completions.create(body)).choices[0]?.message.content);
        }
        assert.equal(texts.size, 1);
    });
    it('end in front of a stop string, whole and as a stream', async () => {
        const { choices } = await client.chat.completions.create(GREEDY);
        const text = choices[0].message.content;
        assert.ok(text.length >= 8, text);
        const stop = text.slice(4, 8);
        const expected = text.slice(0, text.indexOf(stop));
        const stopped = await client.chat.completions.create({ ...GREEDY, stop: [stop, '\u0000'] });
        assert.equal(stopped.choices[0]?.message.content, expected);
        assert.equal(stopped.choices[0].finish_reason, 'stop');
        const stream = await client.chat.completions.create({ ...GREEDY, stop, stream: true });
        let streamed = '';
        for await (const chunk of stream)
            streamed += chunk.choices[0]?.delta.content ?? '';
        assert.equal(streamed, expected);
    });
    it('end after max_completion_tokens', async () => {
        const body = { model: 'demo', messages: MESSAGES, max_completion_tokens: 5, ignore_eos: true };
        const answer = await client.chat.completions.create(body);
        assert.equal(answer.choices[0]?.finish_reason, 'length');
        assert.equal(answer.usage?.completion_tokens, 5);
    });
    it('a banned token does not come, a pushed one does', async () => {
        const brief = { ...GREEDY, max_tokens: 1, logprobs: true };
        const first = await client.chat.completions.create(brief);
        const token = first.choices[0].logprobs.content[0].token;
        const { tokens } = (await (await fetch(new URL('/tokenize', server.baseURL), {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ content: token }),
        })).json());
        assert.equal(tokens.length, 1);
        const bias = async (value) => {
            const body = { ...brief, logit_bias: { [tokens[0]]: value } };
            return (await client.chat.completions.create(body)).choices[0].logprobs?.content[0]?.token;
        };
        assert.notEqual(await bias(-100), token);
        assert.equal(await bias(100), token);
    });
    it('log-probabilities of what was chosen and of the likeliest', async () => {
        const answer = await client.chat.completions.create({ ...GREEDY, logprobs: true, top_logprobs: 3 });
        const [choice] = answer.choices;
        const entries = choice.logprobs.content;
        const bytes = Buffer.from(entries.flatMap((entry) => entry.bytes ?? []));
        assert.equal(bytes.toString('utf8'), choice.message.content);
        for (const entry of entries) {
            assert.ok(entry.logprob <= 1e-6);
            assert.equal(entry.top_logprobs.length, 3);
            assert.equal(entry.top_logprobs[0].token, entry.token);
            assert.ok(entry.top_logprobs[0].logprob >= entry.top_logprobs[1].logprob);
        }
        const none = await client.chat.completions.create(GREEDY);
        assert.equal(none.choices[0]?.message.content, choice.message.content);
        assert.equal(none.choices[0].logprobs, null);
    });
    it('JSON that a schema allows, whatever the model would have said', async () => {
        const schema = {
            type: 'object',
            properties: {
                animal: { enum: ['cat', 'dog'] },
                legs: { type: 'integer', minimum: 0, maximum: 9 },
                sleeps: { type: 'boolean' },
            },
            required: ['animal', 'legs', 'sleeps'],
            additionalProperties: false,
        };
        for (const seed of [1, 2, 3]) {
            const body = {
                model: 'demo',
                messages: MESSAGES,
                temperature: 1,
                max_tokens: 200,
                seed,
                response_format: {
                    type: 'json_schema',
                    json_schema: { name: 'animal', strict: true, schema },
                },
            };
            const answer = await client.chat.completions.create(body);
            const [choice] = answer.choices;
            assert.equal(choice?.finish_reason, 'stop');
            const value = JSON.parse(choice.message.content);
            assert.deepEqual(Object.keys(value).sort(), ['animal', 'legs', 'sleeps']);
            assert.ok(value['animal'] === 'cat' || value['animal'] === 'dog');
            assert.ok(Number.isInteger(value['legs']) && Number(value['legs']) >= 0 && Number(value['legs']) <= 9);
            assert.equal(typeof value['sleeps'], 'boolean');
        }
    });
    it('a JSON object where only that is asked for', async () => {
        const answer = await client.chat.completions.create({
            model: 'demo',
            messages: MESSAGES,
            temperature: 0,
            max_completion_tokens: 200,
            response_format: { type: 'json_object' },
        });
        const [choice] = answer.choices;
        assert.match(choice.message.content, /^\s*\{/);
        // A small model may go on to the limit; what it has ended must parse.
        if (choice.finish_reason === 'stop')
            assert.equal(typeof JSON.parse(choice.message.content), 'object');
    });
});
//# sourceMappingURL=openai-client.test.js.map