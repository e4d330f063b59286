"""LlamaIndex with its classes for servers of OpenAI's API."""

from harness import KEY, MODEL, QUESTION, URL, WISH, Weather, is_vector, is_weather, run
from llama_index.core.base.llms.types import ChatMessage
from llama_index.core.tools import FunctionTool
from llama_index.embeddings.openai_like import OpenAILikeEmbedding
from llama_index.llms.openai_like import OpenAILike

model = OpenAILike(
    model=MODEL, api_base=URL, api_key=KEY, is_chat_model=True, is_function_calling_model=True
)


def tell(city: str, days: int, detailed: bool) -> str:
    return "Rain."


weather = FunctionTool.from_defaults(
    tell, name="weather", description="Tells the weather of a city.", fn_schema=Weather
)


def chat() -> None:
    answer = model.chat([ChatMessage(role="user", content=QUESTION)], max_tokens=32)
    assert answer.message.content


def stream() -> None:
    chunks = model.stream_chat([ChatMessage(role="user", content=QUESTION)], max_tokens=32)
    assert "".join(chunk.delta or "" for chunk in chunks)


def completion() -> None:
    plain = OpenAILike(model=MODEL, api_base=URL, api_key=KEY)
    assert plain.complete("Once upon a time", max_tokens=16).text


def tools() -> None:
    answer = model.chat_with_tools([weather], user_msg=WISH, tool_required=True)
    call = model.get_tool_calls_from_response(answer)[0]
    assert call.tool_name == "weather"
    is_weather(call.tool_kwargs)


def structured_output() -> None:
    structured = model.as_structured_llm(Weather)
    assert isinstance(structured.chat([ChatMessage(role="user", content=WISH)]).raw, Weather)


def embeddings() -> None:
    embedder = OpenAILikeEmbedding(model_name=MODEL, api_base=URL, api_key=KEY)
    for vector in embedder.get_text_embedding_batch(["One.", "Two."]):
        is_vector(vector)


run(
    ["llama-index-llms-openai-like", "llama-index-embeddings-openai-like", "llama-index-core"],
    chat,
    stream,
    completion,
    tools,
    structured_output,
    embeddings,
)
