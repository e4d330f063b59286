"""The official anthropic package, on POST /v1/messages."""

from anthropic import Anthropic, BadRequestError
from harness import KEY, MODEL, QUESTION, ROOT, WISH, Weather, is_weather, run

client = Anthropic(base_url=ROOT, api_key=KEY)
ASK = [{"role": "user", "content": QUESTION}]
# The package has dropped the field; the API has not.
GREEDY = {"extra_body": {"temperature": 0}}
TOOL = {
    "name": "weather",
    "description": "Tells the weather of a city.",
    "input_schema": Weather.model_json_schema(),
}


def chat() -> None:
    message = client.messages.create(model=MODEL, max_tokens=32, system="Be brief.", messages=ASK)
    assert message.content[0].text
    assert message.usage.output_tokens > 0
    assert message.stop_reason in ("end_turn", "max_tokens")


def stream() -> None:
    asked = {"model": MODEL, "max_tokens": 32, "messages": ASK, **GREEDY}
    whole = client.messages.create(**asked).content[0].text
    with client.messages.stream(**asked) as events:
        assert "".join(events.text_stream) == whole
        assert events.get_final_message().usage.output_tokens > 0


def stop_sequences() -> None:
    whole = client.messages.create(model=MODEL, max_tokens=32, messages=ASK, **GREEDY).content[0].text
    stop = whole[2:5]
    message = client.messages.create(
        model=MODEL, max_tokens=32, messages=ASK, stop_sequences=[stop], **GREEDY
    )
    assert (message.stop_reason, message.stop_sequence) == ("stop_sequence", stop)


def tools() -> None:
    asked = {"model": MODEL, "max_tokens": 200, "tools": [TOOL], **GREEDY}
    question = {"role": "user", "content": WISH}
    for choice in [{"type": "any"}, {"type": "tool", "name": "weather"}]:
        # A small model that has to call and may call several functions does not end.
        choice["disable_parallel_tool_use"] = True
        message = client.messages.create(**asked, messages=[question], tool_choice=choice)
        assert message.stop_reason == "tool_use"
        calls = [block for block in message.content if block.type == "tool_use"]
        for call in calls:
            is_weather(call.input)
    results = [{"type": "tool_result", "tool_use_id": call.id, "content": "Rain."} for call in calls]
    after = client.messages.create(
        model=MODEL,
        max_tokens=32,
        tools=[TOOL],
        tool_choice={"type": "none"},
        messages=[
            question,
            {"role": "assistant", "content": message.content},
            {"role": "user", "content": results},
        ],
    )
    assert after.stop_reason != "tool_use"


def streamed_tools() -> None:
    with client.messages.stream(
        model=MODEL,
        max_tokens=200,
        tools=[TOOL],
        tool_choice={"type": "any"},
        messages=[{"role": "user", "content": WISH}],
        **GREEDY,
    ) as events:
        message = events.get_final_message()
    is_weather(next(block for block in message.content if block.type == "tool_use").input)


def structured_output() -> None:
    message = client.messages.parse(
        model=MODEL,
        max_tokens=200,
        messages=[{"role": "user", "content": WISH}],
        # The package leaves bounds of numbers out of the schema that it sends, so the answer must be the same each time.
        output_format=Weather,
        **GREEDY,
    )
    assert isinstance(message.parsed_output, Weather)


def counted_tokens() -> None:
    counted = client.messages.count_tokens(model=MODEL, messages=ASK).input_tokens
    used = client.messages.create(model=MODEL, max_tokens=1, messages=ASK).usage
    assert counted == used.input_tokens + used.cache_read_input_tokens


def errors() -> None:
    try:
        client.messages.create(model=MODEL, max_tokens=8, messages=ASK, extra_body={"top_p": 7})
    except BadRequestError as error:
        assert error.body["error"]["type"] == "invalid_request_error"
    else:
        raise AssertionError("top_p 7 was taken")


run(
    ["anthropic"],
    chat,
    stream,
    stop_sequences,
    tools,
    streamed_tools,
    structured_output,
    counted_tokens,
    errors,
)
