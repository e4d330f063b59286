/** Whole answers: what comes back, and what fails. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {} from '../engine/types.js';
import { bytesOf, END } from './fake-engine.js';
import { FakeEngine } from './fake-engine.js';
import { answering, CHAT, testServer } from './test-server.js';
describe('what comes back', () => {
    it("a chat answer in OpenAI's shape", async () => {
        const { engine, post } = testServer();
        engine.onSubmit = answering('Hel', 'lo é');
        const response = await post('/v1/chat/completions', CHAT);
        assert.equal(response.statusCode, 200);
        assert.match(response.headers['content-type'], /^application\/json/);
        const answer = response.json();
        assert.match(answer.id, /^chatcmpl-\w{20,}$/);
        assert.equal(response.headers['x-request-id'], answer.id);
        assert.equal(answer.object, 'chat.completion');
        assert.equal(answer.model, 'demo');
        assert.ok(Math.abs(answer.created - Date.now() / 1000) < 60);
        assert.deepEqual(answer.choices, [
            {
                index: 0,
                message: { role: 'assistant', content: 'Hello é', refusal: null },
                logprobs: null,
                finish_reason: 'stop',
            },
        ]);
        assert.deepEqual(answer.usage, {
            prompt_tokens: 9,
            completion_tokens: 9,
            total_tokens: 18,
            prompt_tokens_details: { cached_tokens: 0 },
        });
    });
    it('several prompts with several choices each, in order, prompts counted once', async () => {
        const { engine, post } = testServer();
        let cached = 0;
        engine.onSubmit = (stream) => {
            stream.text(`<${Buffer.from(stream.request.prompt).toString()}>`);
            stream.finish('length', { statistics: { cachedTokens: cached++ } });
        };
        const response = await post('/v1/completions', { prompt: ['ab', [0x63]], n: 2, echo: true });
        const answer = response.json();
        assert.equal(answer.object, 'text_completion');
        assert.match(answer.id, /^cmpl-/);
        assert.deepEqual(answer.choices.map(({ index, text, finish_reason }) => [index, text, finish_reason]), [
            [0, 'ab<ab>', 'length'],
            [1, 'ab<ab>', 'length'],
            [2, 'c<c>', 'length'],
            [3, 'c<c>', 'length'],
        ]);
        assert.deepEqual(answer.usage, {
            prompt_tokens: 3,
            completion_tokens: 14,
            total_tokens: 17,
            prompt_tokens_details: { cached_tokens: 0 + 2 },
        });
    });
    it('text up to the stop string, and its log-probabilities only', async () => {
        const { engine, post } = testServer();
        engine.onSubmit = (stream) => {
            const logprobs = bytesOf('a\nEND!').map((token) => ({ token, logprob: -0.5, top: [] }));
            stream.tokens(bytesOf('a\n'), { logprobs: logprobs.slice(0, 2) });
            stream.finish('stopped', {
                tokens: bytesOf('END!'),
                stopTrimBytes: '\nEND!'.length,
                logprobs: logprobs.slice(2),
            });
        };
        const response = await post('/v1/chat/completions', { ...CHAT, stop: '\nEND', logprobs: true });
        const [choice] = response.json().choices;
        assert.equal(choice?.message?.content, 'a');
        assert.equal(choice.finish_reason, 'stop');
        assert.deepEqual(choice.logprobs, {
            content: [{ token: 'a', logprob: -0.5, bytes: [0x61], top_logprobs: [] }],
            refusal: null,
        });
    });
    it('log-probabilities of parts of characters, of the impossible, and where they stand', async () => {
        const { engine, post } = testServer();
        engine.onSubmit = (stream) => {
            stream.tokens(bytesOf('é!'), {
                logprobs: [
                    { token: 0xc3, logprob: -1, top: [{ token: 0x61, logprob: -0.1 }] },
                    { token: 0xa9, logprob: -2, top: [] },
                    { token: 0x21, logprob: -Infinity, top: [] },
                ],
            });
            stream.finish('finished', { tokens: [END], logprobs: [{ token: END, logprob: -1, top: [] }] });
        };
        const chat = await post('/v1/chat/completions', { ...CHAT, logprobs: true, top_logprobs: 1 });
        assert.deepEqual(chat.json().choices[0]?.logprobs, {
            content: [
                {
                    token: 'bytes:\\xc3',
                    logprob: -1,
                    bytes: [0xc3],
                    top_logprobs: [{ token: 'a', logprob: -0.1, bytes: [0x61] }],
                },
                { token: 'bytes:\\xa9', logprob: -2, bytes: [0xa9], top_logprobs: [] },
                { token: '!', logprob: -9999, bytes: [0x21], top_logprobs: [] },
            ],
            refusal: null,
        });
        const text = await post('/v1/completions', { prompt: 'x', logprobs: 1 });
        assert.deepEqual(text.json().choices[0]?.logprobs, {
            tokens: ['bytes:\\xc3', 'bytes:\\xa9', '!'],
            token_logprobs: [-1, -2, -9999],
            top_logprobs: [{ a: -0.1 }, {}, {}],
            text_offset: [0, 1, 1],
        });
    });
    it('whether the text is exact, as the engine found', async () => {
        for (const exactness of ['exact', 'equal up to rounding']) {
            const engine = new FakeEngine({ exactness });
            engine.onSubmit = answering('text');
            const { post } = testServer({ engine });
            const answer = (await post('/v1/chat/completions', CHAT)).json();
            assert.equal(answer.exactness, exactness);
        }
    });
    it("llama-server's timings and vLLM's figures of speculation", async () => {
        const { engine, post } = testServer();
        const statistics = {
            promptTokens: 30,
            cachedTokens: 10,
            prefillMs: 40,
            decodeMs: 100,
            drafts: 4,
            draftTokens: 20,
            acceptedTokens: 10,
            acceptanceHistogram: [1, 0, 1, 1, 0, 1],
        };
        engine.onSubmit = (stream) => {
            stream.text('abcdefghijk');
            stream.finish('length', { statistics });
        };
        const answer = (await post('/v1/chat/completions', CHAT)).json();
        assert.deepEqual(answer.timings, {
            cache_n: 10,
            prompt_n: 20,
            prompt_ms: 40,
            prompt_per_token_ms: 2,
            prompt_per_second: 500,
            predicted_n: 11,
            predicted_ms: 100,
            predicted_per_token_ms: 10,
            predicted_per_second: 100,
            draft_n: 20,
            draft_n_accepted: 10,
        });
        assert.deepEqual(answer.metrics.speculative_decoding, {
            mean_acceptance_length: 3.5,
            draft_acceptance_rate: 0.5,
            acceptance_histogram: [1, 0, 1, 1, 0, 1],
            num_drafts: 4,
            num_draft_tokens: 20,
            num_accepted_tokens: 10,
        });
        const both = (await post('/v1/chat/completions', { ...CHAT, n: 2 })).json();
        assert.equal(both.timings.predicted_n, 22);
        assert.equal(both.timings.predicted_ms, 100);
        assert.deepEqual(both.metrics.speculative_decoding.acceptance_histogram, [2, 0, 2, 2, 0, 2]);
    });
    it('no rate where nothing was drafted, and no division by nothing', async () => {
        const { engine, post } = testServer();
        engine.onSubmit = (stream) => {
            stream.finish('finished', { statistics: { prefillMs: 0, decodeMs: 0 } });
        };
        const answer = (await post('/v1/chat/completions', CHAT)).json();
        assert.equal(answer.choices[0]?.message?.content, '');
        assert.equal(answer.timings.predicted_per_second, 0);
        assert.equal('draft_n' in answer.timings, false);
        assert.equal(answer.metrics.speculative_decoding.draft_acceptance_rate, null);
        assert.equal(answer.metrics.speculative_decoding.mean_acceptance_length, 1);
    });
});
describe('what fails', () => {
    it("an engine's error has its own status, and takes the other choices with it", async () => {
        const { engine, post } = testServer();
        engine.onSubmit = (stream) => {
            if (stream.id === 2)
                stream.finish('error', {
                    error: { code: 'invalid_grammar', message: 'bad grammar', param: 'grammar' },
                });
        };
        const response = await post('/v1/chat/completions', { ...CHAT, n: 3 });
        assert.equal(response.statusCode, 400);
        assert.deepEqual(response.json().error, {
            message: 'bad grammar',
            type: 'invalid_request_error',
            param: 'grammar',
            code: 'invalid_grammar',
        });
        assert.deepEqual(engine.streams.map((stream) => stream.cancelled), [true, false, true]);
    });
    it('a full queue is 429 with Retry-After, and takes back the choices that were in', async () => {
        const { engine, post } = testServer();
        engine.capacity = 2;
        const response = await post('/v1/chat/completions', { ...CHAT, n: 3 });
        assert.equal(response.statusCode, 429);
        assert.equal(response.headers['retry-after'], '1');
        assert.equal(response.json().error.code, 'queue_full');
        assert.equal(response.json().error.type, 'rate_limit_error');
        assert.equal(engine.inFlight, 0);
    });
    it('what nobody expected is 500, and somebody is told', async () => {
        const seen = [];
        const { engine, post } = testServer({
            onInternalError: (error) => {
                seen.push(error.message);
            },
        });
        engine.onSubmit = () => {
            throw new TypeError('x is not a function');
        };
        const response = await post('/v1/chat/completions', CHAT);
        assert.equal(response.statusCode, 500);
        assert.equal(response.json().error.code, 'internal_error');
        assert.deepEqual(seen, ['x is not a function']);
    });
});
//# sourceMappingURL=answers.test.js.map