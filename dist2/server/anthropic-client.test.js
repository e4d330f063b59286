/** The official Anthropic client against the real server, engine and model. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { realServer, withVersion } from './test-real-server.js';
import { assertWeather, assertWeatherJson, QUESTION, WEATHER_SCHEMA, WISH } from './test-weather.js';
const server = await realServer();
const client = new Anthropic({ baseURL: server.url, apiKey: 'none needed', maxRetries: 0 });
const ASK = [{ role: 'user', content: QUESTION }];
const WANT = [{ role: 'user', content: WISH }];
const GREEDY = { model: 'demo', max_tokens: 32, messages: ASK, temperature: 0 };
const TOOL = {
    name: 'weather',
    description: 'Tells the weather.',
    input_schema: WEATHER_SCHEMA,
};
const textOf = ({ content }) => content.map((block) => (block.type === 'text' ? block.text : '')).join('');
describe(`messages (${withVersion('@anthropic-ai/sdk')})`, () => {
    it('answer whole and the same as a stream', async () => {
        const whole = await client.messages.create({ ...GREEDY, system: 'You answer briefly.' });
        assert.ok(textOf(whole).length > 0);
        assert.ok(whole.usage.output_tokens > 0);
        assert.equal(whole._request_id, whole.id);
        const stream = client.messages.stream({ ...GREEDY, system: 'You answer briefly.' });
        let text = '';
        stream.on('text', (delta) => (text += delta));
        const streamed = await stream.finalMessage();
        assert.equal(text, textOf(whole));
        assert.equal(textOf(streamed), textOf(whole));
        assert.equal(streamed.stop_reason, whole.stop_reason);
        assert.equal(streamed.usage.output_tokens, whole.usage.output_tokens);
    });
    it('end in front of a stop sequence, and say which', async () => {
        const text = textOf(await client.messages.create(GREEDY));
        const stop = text.slice(4, 8);
        const stopped = await client.messages.create({ ...GREEDY, stop_sequences: ['\u0000', stop] });
        assert.equal(textOf(stopped), text.slice(0, text.indexOf(stop)));
        assert.equal(stopped.stop_reason, 'stop_sequence');
        assert.equal(stopped.stop_sequence, stop);
        const streamed = await client.messages.stream({ ...GREEDY, stop_sequences: [stop] }).finalMessage();
        assert.equal(streamed.stop_sequence, stop);
    });
    it('call tools where they must, and take the results', async () => {
        const asked = { model: 'demo', max_tokens: 200, messages: WANT, tools: [TOOL] };
        const any = { type: 'any', disable_parallel_tool_use: true };
        for (const choice of [any, { type: 'tool', name: 'weather' }]) {
            const whole = await client.messages.create({ ...asked, tool_choice: choice });
            const streamed = await client.messages.stream({ ...asked, tool_choice: choice }).finalMessage();
            for (const message of [whole, streamed]) {
                assert.equal(message.stop_reason, 'tool_use');
                const calls = message.content.filter((block) => block.type === 'tool_use');
                assert.equal(calls.length, 1);
                assertWeather(calls[0].input);
            }
            const results = whole.content.flatMap((block) => block.type === 'tool_use'
                ? [{ type: 'tool_result', tool_use_id: block.id, content: 'Rain.' }]
                : []);
            const after = await client.messages.create({
                ...asked,
                max_tokens: 16,
                tool_choice: { type: 'none' },
                messages: [
                    ...WANT,
                    { role: 'assistant', content: whole.content },
                    { role: 'user', content: results },
                ],
            });
            assert.notEqual(after.stop_reason, 'tool_use');
        }
    });
    it('hold to a schema', async () => {
        const message = await client.messages.create({
            model: 'demo',
            max_tokens: 200,
            messages: WANT,
            output_config: { format: { type: 'json_schema', schema: WEATHER_SCHEMA } },
        });
        assertWeatherJson(textOf(message));
    });
    it('are counted before they are sent', async () => {
        const counted = await client.messages.countTokens({ model: 'demo', messages: ASK });
        const { usage } = await client.messages.create(GREEDY);
        assert.equal(counted.input_tokens, usage.input_tokens + (usage.cache_read_input_tokens ?? 0));
    });
    it('are raised as errors where they are wrong', async () => {
        const tooHot = { ...GREEDY, temperature: 7 };
        await assert.rejects(client.messages.create(tooHot), (error) => {
            assert.ok(error instanceof Anthropic.BadRequestError);
            assert.match(error.message, /temperature/);
            return true;
        });
        await assert.rejects(client.messages.create({ ...GREEDY, model: 'claude' }), Anthropic.NotFoundError);
        const keyed = await server.serve(['sesame']);
        const open = new Anthropic({ baseURL: keyed, apiKey: 'sesame', maxRetries: 0 });
        assert.ok((await open.messages.create(GREEDY)).content.length > 0);
        const shut = new Anthropic({ baseURL: keyed, apiKey: 'guess', maxRetries: 0 });
        await assert.rejects(shut.messages.create(GREEDY), Anthropic.AuthenticationError);
    });
});
//# sourceMappingURL=anthropic-client.test.js.map