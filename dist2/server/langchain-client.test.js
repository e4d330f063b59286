/** LangChain against the real server. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HumanMessage, ToolMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { realServer, withVersion } from './test-real-server.js';
import { assertWeather, QUESTION, Weather, WISH } from './test-weather.js';
const server = await realServer();
const reached = () => ({
    model: 'demo',
    apiKey: 'none needed',
    maxRetries: 0,
    configuration: { baseURL: server.baseURL },
});
const weather = tool(() => 'Rain.', {
    name: 'weather',
    description: 'Tells the weather.',
    schema: Weather,
});
describe(`LangChain (${withVersion('@langchain/openai', '@langchain/core')})`, () => {
    it('gives texts, whole and as a stream', async () => {
        const model = new ChatOpenAI({ ...reached(), temperature: 0, maxTokens: 32 });
        const whole = await model.invoke(QUESTION);
        assert.ok(whole.text.length > 0);
        let text = '';
        for await (const chunk of await model.stream(QUESTION))
            text += chunk.text;
        assert.equal(text, whole.text);
    });
    it('calls tools, and sends their results back', async () => {
        const model = new ChatOpenAI(reached());
        for (const choice of ['any', 'weather']) {
            const answer = await model
                .bindTools([weather], { tool_choice: choice, parallel_tool_calls: false })
                .invoke(WISH);
            assert.equal(answer.invalid_tool_calls?.length ?? 0, 0);
            const calls = answer.tool_calls ?? [];
            assert.ok(calls.length > 0);
            for (const call of calls)
                assertWeather(call.args);
            const results = calls.map((call) => new ToolMessage({ content: 'Rain.', tool_call_id: call.id }));
            const brief = new ChatOpenAI({ ...reached(), maxTokens: 16 });
            const after = await brief
                .bindTools([weather], { tool_choice: 'none' })
                .invoke([new HumanMessage(WISH), answer, ...results]);
            assert.equal(after.tool_calls?.length ?? 0, 0);
        }
    });
    it('gives objects that a schema describes', async () => {
        for (const method of ['jsonSchema', 'functionCalling'])
            assertWeather(await new ChatOpenAI(reached()).withStructuredOutput(Weather, { method }).invoke(WISH));
    });
    it('gives embeddings', async () => {
        const vectors = await new OpenAIEmbeddings(reached()).embedDocuments(['One.', 'Two.']);
        assert.equal(vectors.length, 2);
        for (const vector of vectors)
            assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-3);
    });
    it('goes through the Responses API, too', async () => {
        const model = new ChatOpenAI({ ...reached(), useResponsesApi: true, maxTokens: 32 });
        assert.ok((await model.invoke(QUESTION)).text.length > 0);
    });
});
//# sourceMappingURL=langchain-client.test.js.map