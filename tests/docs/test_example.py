"""The API call on the README's first screen gives the answer that stands below it."""

import json
import re
from typing import Any

import requests

from tests.conftest import Served
from tests.docs.pages import ROOT, blocks

README = ROOT / "README.md"


def _shape(value: Any) -> Any:
    """The names and types of an answer, its numbers left out: they move with the method."""
    if isinstance(value, dict):
        return {name: _shape(below) for name, below in value.items()}
    if isinstance(value, list):
        return [_shape(below) for below in value]
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else value


def _asked() -> str:
    (line,) = [line for block in blocks(README, "sh") for line in block.text.splitlines() if "curl" in line]
    found = re.search(r'"http://127\.0\.0\.1:8000(/[^"]+)"', line)
    assert found
    return found[1]


def test_the_readmes_call_has_the_readmes_answer(served_demo: Served) -> None:
    (block,) = blocks(README, "json")
    told = json.loads(block.text)
    headers = {"Authorization": f"Bearer {served_demo.key}"}
    answer = requests.get(served_demo.address + _asked(), headers=headers, timeout=30)
    assert answer.status_code == 200
    assert _shape(told) == _shape(answer.json())


def test_the_readmes_numbers_are_a_forecast() -> None:
    (block,) = blocks(README, "json")
    (day,) = json.loads(block.text)["forecasts"]
    values = [day["quantiles"][level] for level in sorted(day["quantiles"], key=float)]
    assert values == sorted(values)
    assert day["quantiles"]["0.5"] == day["median"]
