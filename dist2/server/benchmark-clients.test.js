/** What vLLM's `bench serve` and guidellm send, replayed against the real server. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { realServer } from './test-real-server.js';
import { sseData } from './test-server.js';
const server = await realServer();
async function post(route, body) {
    const answer = await fetch(`${server.baseURL}/${route}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer none' },
        body: JSON.stringify(body),
    });
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
    return text;
}
async function chunks(route, body) {
    const events = sseData(await post(route, body));
    assert.equal(events.pop(), '[DONE]');
    return events;
}
const TOKENS = 12;
const TEXT = 'Once upon a time';
const CONTENT = [{ role: 'user', content: [{ type: 'text', text: TEXT }] }];
const USAGE = { include_usage: true };
describe("vLLM's bench serve", () => {
    for (const [route, body] of [
        ['completions', { prompt: TEXT, max_tokens: TOKENS, repetition_penalty: 1, logprobs: null }],
        ['chat/completions', { messages: CONTENT, max_completion_tokens: TOKENS, repetition_penalty: 1 }],
    ])
        it(`/v1/${route}: as many tokens as were asked for, counted at the end`, async () => {
            const asked = { model: 'demo', temperature: 0, ignore_eos: true, stream: true, stream_options: USAGE };
            const got = await chunks(route, { ...asked, ...body });
            const { usage, choices } = got.at(-1);
            assert.deepEqual(choices, []);
            assert.equal(usage?.completion_tokens, TOKENS);
            assert.ok(got.some(({ choices: [choice] }) => (choice?.text ?? choice?.delta?.content ?? '') !== ''));
        });
    it('a prompt alone, with what its tokens are worth', async () => {
        const body = { prompt: TEXT, max_tokens: 0, echo: true, logprobs: 1 };
        const answer = JSON.parse(await post('completions', body));
        const [{ text, logprobs }] = answer.choices;
        assert.equal(text, TEXT);
        assert.equal(logprobs.token_logprobs[0], null);
        assert.ok(logprobs.token_logprobs.slice(1).every((value) => value !== null && value <= 0));
    });
});
describe('guidellm', () => {
    for (const [route, body] of [
        ['completions', { prompt: TEXT, max_tokens: TOKENS }],
        ['chat/completions', { messages: CONTENT, max_completion_tokens: TOKENS, max_tokens: TOKENS }],
    ])
        it(`/v1/${route}: usage with every chunk`, async () => {
            const options = { ...USAGE, continuous_usage_stats: true };
            const asked = { model: 'demo', ignore_eos: true, stop: null, stream: true, stream_options: options };
            const got = await chunks(route, { ...asked, ...body });
            const counts = got.map(({ usage }) => usage.completion_tokens);
            assert.deepEqual(counts, [...counts].sort((a, b) => a - b));
            assert.equal(counts.at(-1), TOKENS);
            for (const { usage } of got)
                assert.equal(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
        });
    it('asks for models and health first', async () => {
        const models = (await (await fetch(`${server.baseURL}/models`)).json());
        assert.equal(models.data[0]?.id, 'demo');
        assert.equal((await fetch(`${server.url}/health`)).status, 200);
    });
});
//# sourceMappingURL=benchmark-clients.test.js.map