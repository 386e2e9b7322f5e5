"""The report as plain text for mail programs without HTML: every word and number, in 76 columns."""

import unicodedata
from collections.abc import Iterator, Sequence
from textwrap import wrap

from service.languages import Language
from service.reports.contents import Report
from service.reports.page import Grid, Page, Section
from service.reports.worded import page_of

WIDTH = 76
LEAST_HEAD, GAP = 20, 2


def text_of(report: Report, language: Language) -> str:
    """The whole report, all numbers in tables that line up in a font of one width."""
    return text_of_page(page_of(report, language))


def text_of_page(page: Page) -> str:
    """A page as text."""
    return "\n".join(_page(page)).rstrip() + "\n"


def _page(page: Page) -> Iterator[str]:
    for notice in page.notices:
        yield from _paragraph(f"!! {notice}")
    yield from _underlined(page.title, "=")
    yield from _paragraph(page.subtitle)
    yield from _paragraph(page.headline)
    yield f">> {page.action_title}"
    yield from _paragraph(page.action, indent="   ")
    for section in page.sections:
        yield ""
        yield from _section(section)
    yield from ("", "-" * WIDTH)
    for line in page.closing:
        yield from _paragraph(line)


def _section(section: Section) -> Iterator[str]:
    yield from _underlined(section.title, "-")
    for sentence in section.sentences:
        yield from _wrapped(sentence)
    if section.sentences:
        yield ""
    for point in section.points:
        yield from _wrapped(f"- {point}", later="  ")
    if section.points:
        yield ""
    for grid in section.grids:
        yield from _grid(grid)
        yield ""
    for remark in section.remarks:
        yield from _paragraph(remark)


def _underlined(text: str, sign: str) -> Iterator[str]:
    lines = list(_wrapped(text))
    yield from lines
    yield sign * max(map(columns, lines))
    yield ""


def _paragraph(text: str, indent: str = "") -> Iterator[str]:
    yield from _wrapped(text, first=indent, later=indent)
    yield ""


def _wrapped(text: str, first: str = "", later: str = "") -> list[str]:
    # a break within a word is a break within an address or a number: better a line that is too long
    return wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=later,
        break_long_words=False, break_on_hyphens=False,
    ) or [""]  # fmt: skip


def _grid(grid: Grid) -> Iterator[str]:
    """A table: the head of a row to the left, wrapped if need be, everything else below its column's head."""
    yield from _wrapped(grid.caption)
    widths = [_column_width(grid, at) for at in range(1, len(grid.columns))]
    head = WIDTH - sum(width + GAP for width in widths)
    if head < LEAST_HEAD:
        yield from _as_list(grid)
        return
    head = min(head, max(columns(row[0]) for row in (grid.columns, *grid.rows)))
    yield from _row(grid, grid.columns, [head, *widths])
    yield "-" * (head + sum(width + GAP for width in widths))
    for row in grid.rows:
        yield from _row(grid, row, [head, *widths])


def _column_width(grid: Grid, at: int) -> int:
    """The widest cell of a column, and the longest word of its head."""
    cells = [row[at] for row in grid.rows]
    return max(columns(one) for one in (*cells, *grid.columns[at].split(" "), " "))


def _row(grid: Grid, row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    """A row over as many lines as its tallest cell; what is short stands at the bottom."""
    cells = [wrap(cell, width) or [""] for cell, width in zip(row, widths, strict=True)]
    tallest = max(map(len, cells))
    stacked = [[""] * (tallest - len(cell)) + cell for cell in cells]
    for line in zip(*stacked, strict=True):
        parts = [
            _left(part, width) if grid.is_worded(at) else _right(part, width)
            for at, (part, width) in enumerate(zip(line, widths, strict=True))
        ]
        yield (" " * GAP).join(parts).rstrip()


def _as_list(grid: Grid) -> Iterator[str]:
    """A table that is too wide, row by row with its heads."""
    for row in grid.rows:
        yield from _wrapped(row[0])
        for head, cell in zip(grid.columns[1:], row[1:], strict=True):
            yield from _wrapped(f"  {head}: {cell}", later="    ")


def columns(text: str) -> int:
    """How many columns a text takes: marks that sit on a letter take none, wide letters two."""
    return sum(_width(sign) for sign in text)


def _width(sign: str) -> int:
    if unicodedata.combining(sign) or unicodedata.category(sign) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in ("W", "F") else 1


def _left(text: str, width: int) -> str:
    return text + " " * (width - columns(text))


def _right(text: str, width: int) -> str:
    return " " * (width - columns(text)) + text
