"""Writes the tables of settings into operations.md: `python docs/make_tables.py`."""

import json
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

from service.settings import Feed, Settings

PAGE = Path(__file__).with_name("operations.md")


def settings_table() -> str:
    """Every setting with its default and meaning, as Markdown."""
    rows = [_row(name, field, f"ARRIVALS_{name.upper()}") for name, field in Settings.model_fields.items()]
    return "\n".join(["| setting | variable | default | meaning |", "|---|---|---|---|", *rows])


def feeds_table() -> str:
    """What a feed is described by, as Markdown."""
    rows = [f"| `{name}` | {field.description} |" for name, field in Feed.model_fields.items()]
    return "\n".join(["| of a feed | meaning |", "|---|---|", *rows])


def with_tables(page: str) -> str:
    """The page with its two tables as they should be."""
    for mark, table in (("settings", settings_table()), ("feeds", feeds_table())):
        head, _, rest = page.partition(f"<!-- {mark} -->\n")
        page = (
            f"{head}<!-- {mark} -->\n{table}\n<!-- end {mark} -->" + rest.partition(f"<!-- end {mark} -->")[2]
        )
    return page


def _row(name: str, field: FieldInfo, variable: str) -> str:
    return f"| `{name}` | `{variable}` | {_default(field.get_default())} | {field.description} |"


def _default(value: Any) -> str:
    if value is None or value == ():
        return "none"
    if isinstance(value, tuple):
        return f"`{json.dumps(value)}`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text()))
