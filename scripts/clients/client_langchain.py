"""LangChain with langchain-openai."""

from harness import KEY, MODEL, QUESTION, URL, WISH, Weather, is_vector, is_weather, run
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings

model = ChatOpenAI(base_url=URL, api_key=KEY, model=MODEL)


@tool("weather", args_schema=Weather)
def weather(city: str, days: int, detailed: bool) -> str:
    """Tells the weather of a city."""
    return "Rain."


def chat() -> None:
    answer = model.invoke(QUESTION, max_tokens=32)
    assert answer.content
    assert answer.usage_metadata["output_tokens"] > 0


def stream() -> None:
    assert "".join(chunk.content for chunk in model.stream(QUESTION, max_tokens=32))


def tools() -> None:
    for choice in ["any", "weather"]:
        answer = model.bind_tools([weather], tool_choice=choice).invoke(WISH)
        assert not answer.invalid_tool_calls
        call = answer.tool_calls[0]
        assert call["name"] == "weather"
        is_weather(call["args"])
    results = [ToolMessage(weather.invoke(call["args"]), tool_call_id=call["id"]) for call in answer.tool_calls]
    model.bind_tools([weather], tool_choice="none").invoke([HumanMessage(WISH), answer, *results], max_tokens=32)


def streamed_tools() -> None:
    whole = None
    for chunk in model.bind_tools([weather], tool_choice="any").stream(WISH):
        whole = chunk if whole is None else whole + chunk
    is_weather(whole.tool_calls[0]["args"])


def structured_output() -> None:
    for method in ["json_schema", "function_calling"]:
        assert isinstance(model.with_structured_output(Weather, method=method).invoke(WISH), Weather)


def embeddings() -> None:
    # By default the client sends tokens of OpenAI's own vocabulary, which no other model can read.
    embedder = OpenAIEmbeddings(base_url=URL, api_key=KEY, model=MODEL, check_embedding_ctx_length=False)
    for vector in embedder.embed_documents(["One.", "Two."]):
        is_vector(vector)


def responses() -> None:
    answer = ChatOpenAI(base_url=URL, api_key=KEY, model=MODEL, use_responses_api=True).invoke(
        QUESTION, max_output_tokens=32
    )
    assert answer.text


run(
    ["langchain-openai", "langchain-core"],
    chat,
    stream,
    tools,
    streamed_tools,
    structured_output,
    embeddings,
    responses,
)
