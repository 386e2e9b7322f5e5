"""A report in words: sections, tables and figures in one language, which HTML and PDF lay out alike."""

from dataclasses import dataclass
from datetime import datetime

_SHORT_HEAD = 16  # letters: a weekday and a day fit, a place's name seldom


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

    @property
    def has_wide_rows(self) -> bool:
        """Whether a phone has no room for a row's head, or its words, beside its numbers."""
        return bool(self.worded) or any(len(row[0]) > _SHORT_HEAD for row in self.rows)

    def is_worded(self, column: int) -> bool:
        """Whether a column holds words rather than numbers."""
        return column == 0 or column in self.worded

    def numbers(self, row: tuple[str, ...]) -> tuple[str, ...]:
        """The cells of a row, or of the heads, without those that hold words."""
        return tuple(cell for column, cell in enumerate(row) if not self.is_worded(column))

    def words(self, row: tuple[str, ...]) -> tuple[str, ...]:
        """The cells of a row that hold words, without its head."""
        return tuple(row[column] for column in sorted(self.worded))


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
