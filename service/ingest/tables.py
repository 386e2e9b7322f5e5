"""A file's cells as text, each distinct text kept once: a million rows cost a few bytes a cell."""

from array import array
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from service.ingest.reasons import Reasons

T = TypeVar("T")
MOST_COLUMNS = 64


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """The cells of a column: `codes` [row] point into the distinct `texts`."""

    codes: npt.NDArray[np.int32]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Columns by name; `rows` [row] are the numbers of the rows below the header, from 1."""

    rows: npt.NDArray[np.int64]
    columns: dict[str, Column]

    def __len__(self) -> int:
        return len(self.rows)

    def read(self, name: str, parse: Callable[[str], T], reasons: Reasons, *, otherwise: T) -> list[T]:
        """What each distinct text of a column means; a `ValueError` of `parse` says what was wanted."""
        column = self.columns[name]
        meanings: list[T] = []
        wanted: dict[int, str] = {}
        for code, text in enumerate(column.texts):
            try:
                meanings.append(parse(text))
            except ValueError as error:
                meanings.append(otherwise)
                wanted[code] = str(error)
        self._refuse(name, wanted, reasons)
        return meanings

    def meanings(
        self, parsers: Mapping[str, Callable[[str], Any]], reasons: Reasons
    ) -> dict[int, dict[str, Any]]:
        """What the cells of every row mean, by row and column; without the wrong ones."""
        wrong = object()
        read = {
            name: self.read(name, parse, reasons, otherwise=wrong)
            for name, parse in parsers.items()
            if name in self.columns
        }
        return {
            row: {
                name: found[code]
                for name, found in read.items()
                if found[code := self.columns[name].codes[position]] is not wrong
            }
            for position, row in enumerate(self.rows.tolist())
        }

    def refuse_unknown_columns(self, known: Collection[str], reasons: Reasons) -> None:
        """One reason for every column that is not among the known ones."""
        for name in self.columns:
            if name not in known:
                wanted = f"only {', '.join(known)}"
                reasons.add(0, name, found="a column that is not known", wanted=wanted)

    def _refuse(self, name: str, wanted: dict[int, str], reasons: Reasons) -> None:
        """One reason for every row of a column that holds a wrong text."""
        if not wanted:
            return
        column = self.columns[name]
        wrong = np.zeros(len(column.texts), dtype=bool)
        wrong[list(wanted)] = True
        codes = column.codes[at := np.flatnonzero(wrong[column.codes])]
        reasons.add_rows(
            self.rows[at],
            name,
            found=lambda position: column.texts[codes[position]],
            wanted=lambda position: wanted[int(codes[position])],
        )


class _Numbering(dict[str, int]):
    """Numbers texts in the order of their first appearance."""

    def __missing__(self, text: str) -> int:
        self[text] = number = len(self)
        return number


class TableBuilder:
    """Takes in rows of text, batch by batch, and gives the table."""

    def __init__(self, names: Sequence[str]):
        self._names = tuple(names)
        self._rows = array("q")
        self._codes = [array("i") for _ in self._names]
        self._numbers = [_Numbering() for _ in self._names]

    def add(self, rows: Iterable[int], records: Sequence[Sequence[str]]) -> None:
        """Append records, each as wide as the header, and their row numbers."""
        self._rows.extend(rows)
        columns = zip(*records, strict=True) if records else ((),) * len(self._names)
        for codes, numbers, cells in zip(self._codes, self._numbers, columns, strict=True):
            codes.extend(map(numbers.__getitem__, cells))

    def table(self) -> Table:
        """All that was added."""
        return Table(
            np.asarray(self._rows, dtype=np.int64),
            {
                name: Column(np.asarray(codes, dtype=np.int32), tuple(numbers))
                for name, codes, numbers in zip(self._names, self._codes, self._numbers, strict=True)
            },
        )


def refuse_header(names: Sequence[str], reasons: Reasons) -> bool:
    """Whether a header cannot be used at all: empty, doubled or far too many names."""
    if not 0 < len(names) <= MOST_COLUMNS:
        reasons.add(0, None, found=f"{len(names)} columns", wanted=f"1 to {MOST_COLUMNS} columns")
        return True
    before = reasons.total
    for position, name in enumerate(names):
        if not name.strip():
            reasons.add(0, None, found=f"column {position + 1} has no name", wanted="a name for every column")
        elif name in names[:position]:
            reasons.add(0, name, found="the column twice", wanted="each column once")
    return reasons.total > before
