/** Clients that go in the middle of an answer, and a thousand at once, against the real server. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import OpenAI from 'openai';
import { PARALLEL, QUEUE_LIMIT, realServer } from './test-real-server.js';
import { until } from './test-server.js';
const MESSAGES = [
    { role: 'system', content: 'You answer briefly.' },
    { role: 'user', content: 'Translate into German: The dog sleeps in the garden.' },
];
const GREEDY = { model: 'demo', messages: MESSAGES, temperature: 0, max_tokens: 48 };
const server = await realServer();
const client = new OpenAI({ baseURL: server.baseURL, apiKey: 'none needed', maxRetries: 0 });
describe('clients that go, and too many of them', () => {
    const LONG = { model: 'demo', messages: MESSAGES, ignore_eos: true, max_tokens: 900 };
    const idle = () => until('all slots are free', () => server.engine.inFlight === 0);
    it('breaking off a stream frees its slot', async () => {
        const stream = await client.chat.completions.create({ ...LONG, stream: true });
        for await (const chunk of stream) {
            assert.ok(chunk.choices.length > 0);
            assert.equal(server.engine.inFlight, 1);
            break;
        }
        await idle();
    });
    it('aborting a whole answer frees its slots', async () => {
        const abort = new AbortController();
        const answer = client.chat.completions.create({ ...LONG, n: 2 }, { signal: abort.signal });
        await until('it is in flight', () => server.engine.inFlight === 2);
        abort.abort();
        await assert.rejects(answer, OpenAI.APIUserAbortError);
        await idle();
    });
    it('1,000 requests at once are each answered: in full, or with 429', async () => {
        const outcomes = await Promise.all(Array.from({ length: 1000 }, async (_, index) => {
            try {
                const body = { ...LONG, max_tokens: 4, stream: index % 2 === 0 };
                const answer = await client.chat.completions.create(body);
                if (!(Symbol.asyncIterator in answer))
                    return answer.usage?.completion_tokens;
                let reason;
                for await (const chunk of answer)
                    reason = chunk.choices[0]?.finish_reason ?? reason;
                return reason === 'length' ? 4 : 'cut';
            }
            catch (error) {
                return error instanceof OpenAI.RateLimitError ? 'refused' : error;
            }
        }));
        const answered = outcomes.filter((outcome) => outcome === 4).length;
        const refused = outcomes.filter((outcome) => outcome === 'refused').length;
        assert.equal(answered + refused, 1000, String(outcomes.find((one) => one !== 4 && one !== 'refused')));
        assert.ok(answered >= PARALLEL + QUEUE_LIMIT, `${answered} answered`);
        await idle();
        assert.ok((await client.chat.completions.create(GREEDY)).choices[0]?.message.content);
    });
});
//# sourceMappingURL=openai-load.test.js.map