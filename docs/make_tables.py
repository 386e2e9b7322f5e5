"""Writes into the pages the settings and the benchmark's figures: `python docs/make_tables.py`."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from service.settings import Alerting, Feed, Settings, Smtp, Webhook

ROOT = Path(__file__).parents[1]
OPERATIONS, README, CARD = (
    ROOT / "docs" / "operations.md",
    ROOT / "README.md",
    ROOT / "docs" / "model-card.md",
)
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
PEERS = {"ensemble": "this", "Prophet": "Prophet", "AutoETS": "AutoETS"}


def pages() -> dict[Path, str]:
    """Every page with tables, as it should be."""
    settings = {"settings": settings_table(), "feeds": feeds_table(), "alerts": alerts_table()}
    settings |= {"smtp": part_table("the mail server", Smtp), "webhooks": part_table("a webhook", Webhook)}
    figures = {"figures": figures_table(RESULTS.read_text() if RESULTS.exists() else "")}
    tables = {OPERATIONS: settings, README: figures, CARD: figures}
    return {page: with_tables(page.read_text(), wanted) for page, wanted in tables.items()}


def with_tables(page: str, tables: Mapping[str, str]) -> str:
    """The page with each table between its marks."""
    for mark, table in tables.items():
        head, _, rest = page.partition(f"<!-- {mark} -->\n")
        foot = rest.partition(f"<!-- end {mark} -->")[2]
        page = f"{head}<!-- {mark} -->\n{table}\n<!-- end {mark} -->{foot}"
    return page


def settings_table() -> str:
    """Every setting with its default and meaning, as Markdown."""
    rows = [_row(name, field, f"ARRIVALS_{name.upper()}") for name, field in Settings.model_fields.items()]
    return "\n".join(["| setting | variable | default | meaning |", "|---|---|---|---|", *rows])


def feeds_table() -> str:
    """What a feed is described by, as Markdown."""
    rows = [f"| `{name}` | {field.description} |" for name, field in Feed.model_fields.items()]
    return "\n".join(["| of a feed | meaning |", "|---|---|", *rows])


def part_table(what: str, part: type[BaseModel]) -> str:
    """The settings of a part, with their defaults, as Markdown."""
    fields = part.model_fields.items()
    rows = [f"| `{name}` | {_needed(field)} | {field.description} |" for name, field in fields]
    return "\n".join([f"| of {what} | default | meaning |", "|---|---|---|", *rows])


def alerts_table() -> str:
    """When alerts are raised, as Markdown."""
    fields = Alerting.model_fields.items()
    rows = [f"| `{name}` | {_default(field.get_default())} | {field.description} |" for name, field in fields]
    return "\n".join(["| of `alerts` | default | meaning |", "|---|---|---|", *rows])


def figures_table(results: str) -> str:
    """The benchmark's figures by set: relative WIS, natural / log1p, and how often intervals held."""
    rows = [f"| {part} | {' | '.join(_figures(methods))} |" for part, methods in _parts(results)]
    if not rows:
        return "No figures stand here yet: `make bench` makes them."
    head = [*(f"{name}" for name in PEERS.values()), "80 % and 95 % intervals held"]
    return "\n".join([f"| set | {' | '.join(head)} |", "|---" * (len(head) + 1) + "|", *rows])


def _parts(results: str) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Each set of the benchmark's page with its rows by method."""
    for section in re.split(r"^## ", results, flags=re.MULTILINE)[1:]:
        cells = [
            [cell.strip() for cell in line.strip("| ").split("|")]
            for line in section.splitlines()
            if "|" in line
        ]
        methods = {row[0]: row[1:] for row in cells}
        if "ensemble" in methods:
            yield section.splitlines()[0], methods


def _figures(methods: Mapping[str, list[str]]) -> Iterator[str]:
    for name in PEERS:
        yield " / ".join(methods[name][:2]) if name in methods else ""
    yield f"{methods['ensemble'][3]} %, {methods['ensemble'][4]} %"


def _row(name: str, field: FieldInfo, variable: str) -> str:
    return f"| `{name}` | `{variable}` | {_default(field.get_default())} | {field.description} |"


def _needed(field: FieldInfo) -> str:
    return "needed" if field.is_required() else _default(field.get_default())


def _default(value: Any) -> str:
    if value is None or value == ():
        return "none"
    if isinstance(value, Alerting):
        return "below"
    if isinstance(value, tuple):
        return f"`{json.dumps(value)}`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text)
