/** The official OpenAI client against the real server: tools, structured output, and the Responses API. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import OpenAI from 'openai';
import { zodResponseFormat, zodTextFormat } from 'openai/helpers/zod';
import { realServer, withVersion } from './test-real-server.js';
import { assertWeather, assertWeatherJson, QUESTION, Weather, WEATHER_SCHEMA, WISH } from './test-weather.js';

const server = await realServer();
const client = new OpenAI({ baseURL: server.baseURL, apiKey: 'none needed', maxRetries: 0 });

const WANT: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: WISH }];
const TOOL: OpenAI.ChatCompletionFunctionTool = {
  type: 'function',
  function: { name: 'weather', description: 'Tells the weather.', parameters: WEATHER_SCHEMA },
};
const NAMED = { type: 'function', function: { name: 'weather' } } as const;

describe(`chat with tools (${withVersion('openai', 'zod')})`, () => {
  it('calls that are asked for are valid, whatever is drawn', async () => {
    for (const seed of [1, 2, 3, 4])
      for (const choice of ['required', NAMED] as const) {
        const asked = { model: 'demo', messages: WANT, tools: [TOOL], seed, parallel_tool_calls: false };
        const answer = await client.chat.completions.create({ ...asked, tool_choice: choice });
        const [call, ...more] = answer.choices[0]!.message.tool_calls ?? [];
        assert.ok(call?.type === 'function' && more.length === 0);
        assert.equal(call.function.name, 'weather');
        assertWeatherJson(call.function.arguments);
      }
  });

  it('the stream gives the same call', async () => {
    const asked = {
      model: 'demo',
      messages: WANT,
      tools: [TOOL],
      tool_choice: 'required',
      temperature: 0,
    } as const;
    const whole = await client.chat.completions.create({ ...asked, tools: [TOOL] });
    const streamed = await client.chat.completions.stream({ ...asked, tools: [TOOL] }).finalChatCompletion();
    const argumentsOf = ({ choices }: OpenAI.ChatCompletion): string[] =>
      (choices[0]!.message.tool_calls ?? []).map((call) =>
        call.type === 'function' ? call.function.arguments : '',
      );
    assert.ok(argumentsOf(whole).length > 0);
    assert.deepEqual(argumentsOf(streamed), argumentsOf(whole));
    assert.equal(streamed.choices[0]?.finish_reason, whole.choices[0]?.finish_reason);
  });

  it("the client's own loop calls the function and sends its result back", async () => {
    const called: unknown[] = [];
    const runner = client.chat.completions.runTools(
      {
        model: 'demo',
        messages: WANT,
        max_completion_tokens: 200,
        tool_choice: NAMED,
        parallel_tool_calls: false,
        tools: [
          {
            type: 'function',
            function: {
              name: 'weather',
              description: 'Tells the weather.',
              parameters: WEATHER_SCHEMA,
              parse: JSON.parse as (text: string) => object,
              function: (given: object) => {
                called.push(given);
                return 'Rain.';
              },
            },
          },
        ],
      },
      { maxChatCompletions: 2 },
    );
    await runner.done();
    assert.ok(called.length > 0);
    called.forEach(assertWeather);
  });

  it('parses what zod describes', async () => {
    const answer = await client.chat.completions.parse({
      model: 'demo',
      messages: WANT,
      response_format: zodResponseFormat(Weather, 'weather'),
    });
    assertWeather(answer.choices[0]?.message.parsed);
  });
});

describe('responses', () => {
  const BRIEF = { model: 'demo', max_output_tokens: 32, temperature: 0 } as const;

  it('answer whole, as a stream, and as the same question in a chat', async () => {
    const whole = await client.responses.create({ ...BRIEF, input: QUESTION });
    assert.ok(whole.output_text.length > 0);
    assert.equal(whole._request_id, whole.id);
    const stream = client.responses.stream({ ...BRIEF, input: QUESTION });
    let text = '';
    let next = 0;
    for await (const event of stream) {
      assert.equal(event.sequence_number, next++);
      if (event.type === 'response.output_text.delta') text += event.delta;
    }
    const streamed = await stream.finalResponse();
    assert.equal(streamed.output_text, whole.output_text);
    assert.equal(text, whole.output_text);
    assert.equal(streamed.usage?.output_tokens, whole.usage?.output_tokens);
    const chat = await client.chat.completions.create({
      model: 'demo',
      temperature: 0,
      max_completion_tokens: 32,
      messages: [{ role: 'user', content: QUESTION }],
    });
    assert.equal(chat.choices[0]?.message.content, whole.output_text);
  });

  it('go on from one that is kept, as from the whole conversation', async () => {
    const first = await client.responses.create({ ...BRIEF, input: QUESTION });
    const kept = await client.responses.create({
      ...BRIEF,
      input: 'And in English?',
      previous_response_id: first.id,
    });
    const sent = await client.responses.create({
      ...BRIEF,
      store: false,
      input: [
        { role: 'user', content: QUESTION },
        ...(first.output as OpenAI.Responses.ResponseInputItem[]),
        { role: 'user', content: 'And in English?' },
      ],
    });
    assert.equal(kept.output_text, sent.output_text);
    assert.equal(kept.usage?.input_tokens, sent.usage?.input_tokens);
    assert.equal((await client.responses.retrieve(first.id)).output_text, first.output_text);
    await client.responses.delete(first.id);
    await assert.rejects(client.responses.retrieve(first.id), OpenAI.NotFoundError);
  });

  it('call tools, and take their results', async () => {
    const tool: OpenAI.Responses.FunctionTool = {
      type: 'function',
      name: 'weather',
      parameters: WEATHER_SCHEMA,
      strict: true,
    };
    // One call, as a model that goes on calling would be cut off within one.
    const one = { parallel_tool_calls: false, tool_choice: 'required' } as const;
    const asked = { model: 'demo', input: WISH, tools: [tool], ...one } as const;
    const streamed = await client.responses.stream({ ...asked, tools: [tool] }).finalResponse();
    const whole = await client.responses.create({ ...asked, tools: [tool] });
    for (const { output } of [whole, streamed]) {
      const calls = output.flatMap((item) => (item.type === 'function_call' ? [item.arguments] : []));
      assert.ok(calls.length > 0);
      calls.forEach(assertWeatherJson);
    }
    const after = await client.responses.create({
      ...BRIEF,
      tools: [tool],
      tool_choice: 'none',
      input: [
        { role: 'user', content: WISH },
        ...(whole.output as OpenAI.Responses.ResponseInputItem[]),
        ...whole.output.flatMap((item) =>
          item.type === 'function_call'
            ? [{ type: 'function_call_output' as const, call_id: item.call_id, output: 'Rain.' }]
            : [],
        ),
      ],
    });
    assert.ok(after.output.every(({ type }) => type !== 'function_call'));
  });

  it('parse what zod describes, whole and as a stream', async () => {
    const asked = { model: 'demo', input: WISH, text: { format: zodTextFormat(Weather, 'weather') } };
    assertWeather((await client.responses.parse(asked)).output_parsed);
    const streamed = await client.responses.stream(asked).finalResponse();
    assertWeather(streamed.output_parsed);
  });

  it('are raised as errors where they are wrong', async () => {
    await assert.rejects(client.responses.create({ ...BRIEF, input: [] }), OpenAI.BadRequestError);
    await assert.rejects(
      client.responses.create({ ...BRIEF, model: 'gpt-4o', input: 'x' }),
      OpenAI.NotFoundError,
    );
  });
});
