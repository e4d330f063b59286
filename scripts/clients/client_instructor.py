"""instructor, in its modes by tools and by schema."""

import instructor
from harness import KEY, MODEL, QUESTION, URL, WISH, Weather, run
from openai import OpenAI

WANT = [{"role": "user", "content": WISH}]


def client(mode: instructor.Mode) -> instructor.Instructor:
    return instructor.from_openai(OpenAI(base_url=URL, api_key=KEY), mode=mode)


def chat() -> None:
    answer = client(instructor.Mode.TOOLS).chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": QUESTION}], response_model=None, max_tokens=32
    )
    assert answer.choices[0].message.content


def tools() -> None:
    answer = client(instructor.Mode.TOOLS).chat.completions.create(
        model=MODEL, messages=WANT, response_model=Weather, max_retries=0
    )
    assert isinstance(answer, Weather)


def structured_output() -> None:
    answer = client(instructor.Mode.JSON_SCHEMA).chat.completions.create(
        model=MODEL, messages=WANT, response_model=Weather, max_retries=0
    )
    assert isinstance(answer, Weather)


def stream() -> None:
    parts = client(instructor.Mode.TOOLS).chat.completions.create_partial(
        model=MODEL, messages=WANT, response_model=Weather, max_retries=0
    )
    last = list(parts)[-1]
    Weather.model_validate(last.model_dump(), strict=True)


run(["instructor"], chat, tools, structured_output, stream)
