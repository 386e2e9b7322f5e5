"""A report in words: sections, tables and figures in one language, which HTML and PDF lay out alike."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart: as PNG for mail and as SVG for print, with words for those who do not see it."""

    name: str
    caption: str
    alt: str
    png: bytes
    svg: bytes


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of words: the first cell of a row heads it; columns of numbers stand to the right."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    worded: frozenset[int] = frozenset()

    def is_worded(self, column: int) -> bool:
        """Whether a column holds words rather than numbers."""
        return column == 0 or column in self.worded


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it: sentences, points, figures, tables, and smaller remarks."""

    title: str
    sentences: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    grids: tuple[Grid, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A whole report in words.

    `notices` are told before all else (a correction, synthetic counts); `action` is the one sentence of
    what to do; `closing` says what the report is for and whom to ask. `sheets` says where a sheet of paper
    stands among all, as "{page}" of "{all}".
    """

    language: str
    subject: str
    title: str
    subtitle: str
    headline: str
    action: str
    action_title: str
    sections: tuple[Section, ...]
    closing: tuple[str, ...]
    made_at: datetime
    sheets: str
    notices: tuple[str, ...] = ()

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All figures, in their order."""
        return tuple(one for section in self.sections for one in section.figures)


def told(cells: Iterable[str | None]) -> tuple[str, ...]:
    """Cells of a row; what is not told is a dash."""
    return tuple("–" if cell is None or not cell else cell for cell in cells)
