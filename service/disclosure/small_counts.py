"""Counts of few people: not told to readers without clearance, nor what they can be computed from."""

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from service.disclosure.months import HiddenDays, Month, Question
from service.disclosure.remembered import Memory

Number = TypeVar("Number", int, float)
HiddenIn = Callable[[str, Month], HiddenDays]


def _nothing(measure: str, month: Month) -> HiddenDays:
    return {}


def _as_before() -> None:
    return None


@dataclass(frozen=True, slots=True)
class SmallCounts:
    """What one reader is not told for want of people: numbers below `threshold`, and whole days of a place.

    `hidden` gives by measure and month the days whose counts are small, or would give a small one away;
    `refresh` lets it take in counts that came since.
    """

    threshold: int = 0
    hidden: HiddenIn = _nothing
    refresh: Callable[[], object] = _as_before

    @classmethod
    def of(cls, memory: Memory, threshold: int) -> "SmallCounts":
        """What is too small to tell of the counts that a memory is kept of."""

        def hidden(measure: str, month: Month) -> HiddenDays:
            return memory.hidden(Question(measure, threshold, month))

        return cls(threshold, hidden, memory.refresh)

    def number(self, value: Number | None) -> Number | None:
        """A number of people as it may be told: None below the threshold."""
        return None if value is None or value < self.threshold else value

    def hides(self, measure: str, place_id: str, day: date) -> bool:
        """Whether a place's count of a day is not told, whatever vintage is read."""
        return self.hides_any(measure, place_id, day, day)

    def hides_any(self, measure: str, place_id: str, first: date, last: date) -> bool:
        """Whether any count of the days from first to last is not told."""
        if not self.threshold:
            return False
        return any(
            self.hidden(measure, month).get(place_id, 0) & days for month, days in _by_month(first, last)
        )

    def among(self, measure: str, rows: pd.DataFrame, days: int = 1) -> npt.NDArray[np.bool_]:
        """Which rows of places and days, in the two columns of a frame, are not told: [row].

        With `days`, those for which any of so many days up to the row's is not.
        """
        if not self.threshold or rows.empty:
            return np.zeros(len(rows), dtype=bool)
        self.refresh()  # the rows may have come since the reader was let in
        of, place_ids = pd.factorize(rows.iloc[:, 0])
        lasts = pd.to_datetime(rows.iloc[:, 1]).to_numpy(dtype="datetime64[D]")
        marked = np.zeros(len(rows), dtype=bool)
        for month in np.unique([_months(lasts - ago) for ago in range(days)]):
            known = self.hidden(measure, (1970 + int(month) // 12, 1 + int(month) % 12))
            bits = np.array([known.get(place_id, 0) for place_id in place_ids])
            if not bits.any():
                continue
            for ago in range(days):
                when = lasts - ago
                there = np.flatnonzero(_months(when) == month)
                day = (when[there] - when[there].astype("datetime64[M]")).astype(int) + 1
                marked[there] |= (bits[of[there]] >> day & 1).astype(bool)
        return marked


def _months(when: npt.NDArray[np.datetime64]) -> npt.NDArray[np.int64]:
    """Months since January 1970."""
    return when.astype("datetime64[M]").astype(np.int64)


def _by_month(first: date, last: date) -> Iterator[tuple[Month, int]]:
    """The months from first to last, and in each the days of it as bits."""
    start = first
    while start <= last:
        end = min(last, start.replace(day=monthrange(start.year, start.month)[1]))
        yield (start.year, start.month), (2 << end.day) - (1 << start.day)
        start = end + timedelta(days=1)


NOTHING_SMALL = SmallCounts()
"""For readers who are told every count."""
