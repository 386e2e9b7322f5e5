"""Counts of few people: not told to readers without clearance, nor what they can be computed from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

Number = TypeVar("Number", int, float)
Month = tuple[int, int]
HiddenDays = Mapping[str, int]
"""By place, the days of a month on which its count is not told: bit 1 is the first, bit 31 the last."""
HiddenIn = Callable[[str, Month], HiddenDays]


def _nothing(measure: str, month: Month) -> HiddenDays:
    return {}


@dataclass(frozen=True, slots=True)
class SmallCounts:
    """What one reader is not told for want of people: numbers below `threshold`, and whole days of a place.

    `hidden` gives by measure and month the days whose counts are small, or would give a small one away.
    """

    threshold: int = 0
    hidden: HiddenIn = _nothing

    def number(self, value: Number | None) -> Number | None:
        """A number of people as it may be told: None below the threshold."""
        return None if value is None or value < self.threshold else value

    def hides(self, measure: str, place_id: str, day: date) -> bool:
        """Whether a place's count of a day is not told, whatever vintage is read."""
        if not self.threshold:
            return False
        return bool(self.hidden(measure, (day.year, day.month)).get(place_id, 0) >> day.day & 1)

    def hides_any(self, measure: str, place_id: str, first: date, last: date) -> bool:
        """Whether any count of the days from first to last is not told."""
        days = range((last - first).days + 1)
        return any(self.hides(measure, place_id, first + timedelta(days=ahead)) for ahead in days)

    def among(self, measure: str, rows: pd.DataFrame) -> npt.NDArray[np.bool_]:
        """Which rows of places and days, in the two columns of a frame, are not told: [row]."""
        if not self.threshold or rows.empty:
            return np.zeros(len(rows), dtype=bool)
        place, day = rows.columns
        once = rows.drop_duplicates()
        days = pd.to_datetime(once[day]).dt.date
        hidden = [self.hides(measure, *pair) for pair in zip(once[place], days, strict=True)]
        marked = pd.Series(hidden, index=pd.MultiIndex.from_frame(once), dtype=bool)
        return marked.reindex(pd.MultiIndex.from_frame(rows)).to_numpy(dtype=bool)


NOTHING_SMALL = SmallCounts()
"""For readers who are told every count."""
