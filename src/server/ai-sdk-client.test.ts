/** The AI SDK against the real server: through Chat Completions and through the Responses API. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { embedMany, generateText, Output, stepCountIs, streamText, tool, type LanguageModel } from 'ai';
import { realServer, withVersion } from './test-real-server.js';
import { assertWeather, QUESTION, Weather, WISH } from './test-weather.js';

const server = await realServer();

const compatible = () =>
  createOpenAICompatible({
    name: 'local',
    baseURL: server.baseURL,
    apiKey: 'none needed',
    // The provider's own word for a server that takes schemas.
    supportsStructuredOutputs: true,
  });
const responses = () => createOpenAI({ baseURL: server.baseURL, apiKey: 'none needed' });

const PROVIDERS: readonly { readonly name: string; readonly model: () => LanguageModel }[] = [
  { name: '@ai-sdk/openai-compatible', model: () => compatible()('demo') },
  { name: '@ai-sdk/openai', model: () => responses()('demo') },
];

/** How both providers ask for one call: a model that calls on and on is cut within a call by the limit of tokens. */
const ONE_CALL = { openai: { parallelToolCalls: false }, local: { parallel_tool_calls: false } };

for (const { name, model } of PROVIDERS)
  describe(`the AI SDK (${withVersion('ai', name)})`, () => {
    const weather = (called: unknown[]) =>
      tool({
        description: 'Tells the weather.',
        inputSchema: Weather,
        execute: (given) => {
          called.push(given);
          return 'Rain.';
        },
      });

    it('gives texts, whole and as a stream', async () => {
      const asked = { prompt: QUESTION, maxOutputTokens: 32, temperature: 0, maxRetries: 0 };
      const whole = await generateText({ model: model(), ...asked });
      assert.ok(whole.text.length > 0);
      assert.ok((whole.usage.outputTokens ?? 0) > 0);
      const streamed = streamText({ model: model(), ...asked });
      let text = '';
      for await (const part of streamed.textStream) text += part;
      assert.equal(text, whole.text);
      assert.equal(await streamed.finishReason, whole.finishReason);
    });

    it('calls tools, whole and as a stream', async () => {
      const called: unknown[] = [];
      const asked = {
        prompt: WISH,
        tools: { weather: weather(called) },
        toolChoice: 'required' as const,
        maxRetries: 0,
        providerOptions: ONE_CALL,
      };
      const { toolCalls } = await generateText({ model: model(), ...asked });
      assert.ok(toolCalls.length > 0);
      for (const call of toolCalls) assertWeather(call.input);
      const streamed = streamText({ model: model(), ...asked });
      for (const call of await streamed.toolCalls) assertWeather(call.input);
      assert.ok(called.length > 1);
    });

    it('sends the results of tools back', async () => {
      const called: unknown[] = [];
      const { steps } = await generateText({
        model: model(),
        prompt: WISH,
        tools: { weather: weather(called) },
        maxRetries: 0,
        maxOutputTokens: 100,
        providerOptions: ONE_CALL,
        prepareStep: ({ stepNumber }) => ({ toolChoice: stepNumber === 0 ? 'required' : 'none' }),
        stopWhen: stepCountIs(2),
      });
      assert.equal(steps.length, 2);
      assert.ok(called.length > 0);
    });

    it('gives objects that a schema describes', async () => {
      const { output } = await generateText({
        model: model(),
        prompt: WISH,
        output: Output.object({ schema: Weather }),
        maxRetries: 0,
      });
      assertWeather(output);
    });
  });

it('the AI SDK gives embeddings', async () => {
  for (const model of [compatible().embeddingModel('demo'), responses().embeddingModel('demo')]) {
    const { embeddings } = await embedMany({ model, values: ['One.', 'Two.'], maxRetries: 0 });
    assert.equal(embeddings.length, 2);
    for (const vector of embeddings) assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-3);
  }
});
