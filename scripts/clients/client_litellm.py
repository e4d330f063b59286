"""litellm, by way of OpenAI's API and of Anthropic's."""

import json

import litellm
from harness import KEY, MODEL, QUESTION, ROOT, URL, WEATHER_TOOL, WISH, Weather, is_vector, is_weather, run

ASK = [{"role": "user", "content": QUESTION}]
WANT = [{"role": "user", "content": WISH}]
SERVER = {"model": f"openai/{MODEL}", "api_base": URL, "api_key": KEY}


def chat() -> None:
    assert litellm.completion(**SERVER, messages=ASK, max_tokens=32).choices[0].message.content


def stream() -> None:
    chunks = litellm.completion(**SERVER, messages=ASK, max_tokens=32, stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks)


def tools() -> None:
    answer = litellm.completion(**SERVER, messages=WANT, tools=[WEATHER_TOOL], tool_choice="required")
    call = answer.choices[0].message.tool_calls[0]
    assert call.function.name == "weather"
    is_weather(json.loads(call.function.arguments))


def structured_output() -> None:
    answer = litellm.completion(**SERVER, messages=WANT, response_format=Weather)
    Weather.model_validate_json(answer.choices[0].message.content)


def embeddings() -> None:
    for vector in litellm.embedding(**SERVER, input=["One.", "Two."]).data:
        is_vector(vector["embedding"])


def responses() -> None:
    answer = litellm.responses(**SERVER, input=QUESTION, max_output_tokens=32)
    assert any(item.type == "message" for item in answer.output)


def anthropic_messages() -> None:
    server = {"model": f"anthropic/{MODEL}", "api_base": ROOT, "api_key": KEY}
    assert litellm.completion(**server, messages=ASK, max_tokens=32).choices[0].message.content
    answer = litellm.completion(
        **server, messages=WANT, max_tokens=200, tools=[WEATHER_TOOL], tool_choice="required"
    )
    is_weather(json.loads(answer.choices[0].message.tool_calls[0].function.arguments))


run(["litellm"], chat, stream, tools, structured_output, embeddings, responses, anthropic_messages)
