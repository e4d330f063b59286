"""What the suites of Python clients share: where the server is, and how a check is run and told."""

import os
import sys
import time
import traceback
from importlib.metadata import version
from typing import Callable, Literal

from pydantic import BaseModel, Field

ROOT = os.environ["FORETOKEN_URL"]
URL = f"{ROOT}/v1"
KEY = os.environ["FORETOKEN_KEY"]
MODEL = os.environ["FORETOKEN_MODEL_ID"]

QUESTION = "Say hello in one short sentence."
WISH = "What is the weather in Oslo for the next two days?"


class Weather(BaseModel):
    """Tells the weather of a city."""

    city: Literal["Oslo", "Rome"] = Field(description="The city to look at.")
    days: int = Field(ge=1, le=9, description="How many days.")
    detailed: bool


WEATHER_TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "Tells the weather of a city.",
        "parameters": Weather.model_json_schema(),
    },
}


def is_weather(arguments: object) -> None:
    """Fails unless the arguments are what the schema says."""
    Weather.model_validate(arguments, strict=True)


def is_vector(values: object) -> None:
    assert isinstance(values, list) and len(values) > 8, values
    norm = sum(value * value for value in values) ** 0.5
    assert abs(norm - 1) < 1e-2, norm


def run(packages: list[str], *checks: Callable[[], None]) -> None:
    """Runs each check, tells how it went with the versions that ran, and ends the process."""
    name = ", ".join(f"{package} {version(package)}" for package in packages)
    failed = 0
    for check in checks:
        started = time.monotonic()
        what = check.__name__.replace("_", " ")
        try:
            check()
            print(f"ok      {name}: {what} ({time.monotonic() - started:.1f} s)", flush=True)
        except Exception:
            failed += 1
            print(f"FAILED  {name}: {what}", flush=True)
            traceback.print_exc(file=sys.stdout)
    sys.exit(1 if failed else 0)
