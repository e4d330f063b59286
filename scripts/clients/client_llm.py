"""Simon Willison's llm, with the server in its extra-openai-models.yaml."""

import os
import tempfile
from pathlib import Path

from harness import KEY, MODEL, QUESTION, URL, WISH, Weather, is_weather, run

folder = Path(tempfile.mkdtemp(prefix="foretoken-llm-"))
os.environ["LLM_USER_PATH"] = str(folder)
(folder / "extra-openai-models.yaml").write_text(
    f"""
- model_id: local
  model_name: {MODEL}
  api_base: {URL}
  api_key_name: local
  supports_tools: true
  supports_schema: true
- model_id: local-responses
  model_name: {MODEL}
  api_base: {URL}
  api_key_name: local
  responses: true
"""
)

import llm  # noqa: E402

model = llm.get_model("local")
calls: list[dict] = []


def weather(**arguments: object) -> str:
    calls.append(arguments)
    return "Rain."


WEATHER = llm.Tool(
    name="weather",
    description="Tells the weather of a city.",
    input_schema=Weather.model_json_schema(),
    implementation=weather,
)


def chat() -> None:
    assert model.prompt(QUESTION, key=KEY, stream=False, max_tokens=32).text()


def stream() -> None:
    assert "".join(model.prompt(QUESTION, key=KEY, max_tokens=32))


def tools() -> None:
    # This client cannot ask for a call; what the model calls must be what the schema says.
    for text in (QUESTION, WISH):
        response = model.prompt(text, key=KEY, tools=[WEATHER], stream=False, max_tokens=64)
        for call in response.tool_calls():
            assert call.name == "weather"
            is_weather(call.arguments)


def structured_output() -> None:
    answer = model.prompt(WISH, key=KEY, schema=Weather, stream=False)
    Weather.model_validate_json(answer.text())


def responses() -> None:
    assert llm.get_model("local-responses").prompt(QUESTION, key=KEY, max_tokens=32).text()


run(["llm"], chat, stream, tools, structured_output, responses)
