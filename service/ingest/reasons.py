"""Why an upload is refused: reasons by row and column, bounded in number and in length."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from service.store.records import Reason

MOST_REASONS = 1000
LONGEST_QUOTE = 80
At = str | Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was wrong with a file, in the order of its rows; at most `MOST_REASONS`, then how many more."""

    reasons: tuple[Reason, ...]
    rows: int = 0

    @classmethod
    def of(cls, found: str, wanted: str) -> "Refusal":
        """A refusal of the file as such."""
        return cls((Reason(0, None, found, wanted),))


@dataclass(slots=True)
class Reasons:
    """Collects reasons while a file is checked; keeps the first ones and counts the rest."""

    total: int = 0
    _kept: list[Reason] = field(default_factory=list)

    def __bool__(self) -> bool:
        return self.total > 0

    def add(self, row: int, column: str | None, *, found: str, wanted: str) -> None:
        """Note one reason; row 0 is the file itself, or its header."""
        self.total += 1
        # A bound on memory, well above what is listed so that the listing can still be put in row order.
        if len(self._kept) < 20 * MOST_REASONS:
            self._kept.append(Reason(row, column and quoted(column), quoted(found), wanted))

    def add_rows(self, rows: npt.NDArray[np.int64], column: str, *, found: At, wanted: At) -> None:
        """Note a reason for each of many rows; words, or a function of the position in `rows`."""
        for position, row in enumerate(rows[:MOST_REASONS].tolist()):
            self.add(row, column, found=_at(found, position), wanted=_at(wanted, position))
        self.total += max(0, len(rows) - MOST_REASONS)

    def refusal(self, *, rows: int = 0) -> Refusal:
        """The reasons by row, the listing cut at `MOST_REASONS` with the number of those left out."""
        listed = sorted(self._kept, key=lambda reason: reason.row)[:MOST_REASONS]
        more = self.total - len(listed)
        if more:
            listed.append(
                Reason(0, None, f"{more} more reasons", "mend those listed first, then send it again")
            )
        return Refusal(tuple(listed), rows)


def _at(words: At, position: int) -> str:
    return words if isinstance(words, str) else words(position)


def quoted(text: str) -> str:
    """A piece of an upload that is safe to store, log and print: no control characters, cut when long."""
    cut = text[:LONGEST_QUOTE]
    safe = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in cut)
    return safe if cut == text else f"{safe}... ({len(text)} characters)"
