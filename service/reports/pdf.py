"""The report as a PDF: A4, tagged and readable aloud (PDF/UA-1), the same bytes for the same page."""

import json
from dataclasses import asdict
from datetime import UTC
from importlib.resources import files
from typing import Any

import typst

from service.reports.lettering import breakable, drawn, fonts, lettered
from service.reports.packing import packed
from service.reports.page import Page

SOURCE = files("service.reports") / "report.typ"


def pdf_of(page: Page) -> bytes:
    """The page as a PDF; raises typst.TypstError if what came out did not pass PDF/UA-1."""
    # a compiler of its own each time: the scheduler and a reader of the preview may ask at once
    compiler = typst.Compiler(SOURCE.read_bytes(), font_paths=fonts())
    made = compiler.compile(
        format="pdf",
        sys_inputs={"page": json.dumps(_drawn(_plain(page)))},
        pdf_standards=["ua-1"],
        timestamp=page.made_at.astimezone(UTC).replace(microsecond=0),
    )
    if not isinstance(made, bytes):
        raise TypeError(f"typst made {type(made).__name__} where one PDF was wanted")
    return packed(made)


def _plain(page: Page) -> dict[str, Any]:
    """The page for JSON: figures by their SVG alone, no instants."""
    plain = asdict(page)
    del plain["made_at"]
    for section in plain["sections"]:
        for figure in section["figures"]:
            del figure["png"]
        for grid in section["grids"]:
            grid["worded"] = sorted(grid["worded"])
    return plain


def _drawn(plain: Any) -> Any:
    """The same in letters that the fonts have; drawings, which come as bytes, keep their lines."""
    match plain:
        case bytes():
            return lettered(plain.decode())
        case str():
            return breakable(drawn(plain))
        case dict():
            return {name: _drawn(value) for name, value in plain.items()}
        case list() | tuple():
            return [_drawn(value) for value in plain]
        case _:
            return plain
