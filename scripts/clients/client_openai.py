"""The official openai package."""

import json

from harness import KEY, MODEL, QUESTION, URL, WEATHER_TOOL, WISH, Weather, is_vector, is_weather, run
from openai import NotFoundError, OpenAI

client = OpenAI(base_url=URL, api_key=KEY)
ASK = [{"role": "user", "content": QUESTION}]


def chat() -> None:
    answer = client.chat.completions.create(model=MODEL, messages=ASK, max_tokens=32)
    assert answer.choices[0].message.content
    assert answer.usage.completion_tokens > 0


def stream() -> None:
    asked = {"model": MODEL, "messages": ASK, "max_tokens": 32, "temperature": 0}
    whole = client.chat.completions.create(**asked).choices[0].message.content
    chunks = client.chat.completions.create(**asked, stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == whole


def tools() -> None:
    for choice in ["required", {"type": "function", "function": {"name": "weather"}}]:
        answer = client.chat.completions.create(
            model=MODEL,
            messages=[{"role": "user", "content": WISH}],
            tools=[WEATHER_TOOL],
            tool_choice=choice,
        )
        message = answer.choices[0].message
        call = message.tool_calls[0]
        assert call.function.name == "weather"
        is_weather(json.loads(call.function.arguments))
    # What came is sent back with the tool's result.
    after = client.chat.completions.create(
        model=MODEL,
        messages=[
            {"role": "user", "content": WISH},
            message,
            *({"role": "tool", "tool_call_id": call.id, "content": "Rain."} for call in message.tool_calls),
        ],
        tools=[WEATHER_TOOL],
        tool_choice="none",
        max_tokens=32,
    )
    assert after.choices[0].message.content is not None and not after.choices[0].message.tool_calls


def streamed_tools() -> None:
    with client.chat.completions.stream(
        model=MODEL,
        messages=[{"role": "user", "content": WISH}],
        tools=[WEATHER_TOOL],
        tool_choice="required",
    ) as events:
        for _ in events:
            pass
        message = events.get_final_completion().choices[0].message
    is_weather(json.loads(message.tool_calls[0].function.arguments))


def structured_output() -> None:
    answer = client.chat.completions.parse(
        model=MODEL, messages=[{"role": "user", "content": WISH}], response_format=Weather
    )
    assert isinstance(answer.choices[0].message.parsed, Weather)


def embeddings() -> None:
    for vector in client.embeddings.create(model=MODEL, input=["One.", "Two."]).data:
        is_vector(vector.embedding)


def responses() -> None:
    first = client.responses.create(model=MODEL, input=QUESTION, max_output_tokens=32)
    assert first.output_text
    second = client.responses.create(
        model=MODEL, input="Once more.", previous_response_id=first.id, max_output_tokens=32
    )
    assert second.usage.input_tokens > first.usage.input_tokens
    assert client.responses.retrieve(first.id).output_text == first.output_text


def responses_as_a_stream() -> None:
    with client.responses.stream(model=MODEL, input=QUESTION, max_output_tokens=32) as events:
        text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
        assert events.get_final_response().output_text == text
    assert text


def responses_with_tools() -> None:
    tool = {"type": "function", "strict": True, **WEATHER_TOOL["function"]}
    answer = client.responses.create(model=MODEL, input=WISH, tools=[tool], tool_choice="required")
    call = next(item for item in answer.output if item.type == "function_call")
    is_weather(json.loads(call.arguments))
    after = client.responses.create(
        model=MODEL,
        input=[
            {"role": "user", "content": WISH},
            *answer.output,
            {"type": "function_call_output", "call_id": call.call_id, "output": "Rain."},
        ],
        tools=[tool],
        tool_choice="none",
        max_output_tokens=32,
    )
    assert all(item.type != "function_call" for item in after.output)


def responses_with_structured_output() -> None:
    answer = client.responses.parse(model=MODEL, input=WISH, text_format=Weather)
    assert isinstance(answer.output_parsed, Weather)


def errors() -> None:
    try:
        client.chat.completions.create(model="another", messages=ASK)
    except NotFoundError as error:
        assert error.code == "model_not_found"
    else:
        raise AssertionError("a model that is not served was answered")


run(
    ["openai"],
    chat,
    stream,
    tools,
    streamed_tools,
    structured_output,
    embeddings,
    responses,
    responses_as_a_stream,
    responses_with_tools,
    responses_with_structured_output,
    errors,
)
