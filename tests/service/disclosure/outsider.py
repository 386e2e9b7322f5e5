"""Somebody who keeps every answer and computes: what can be said of a count that was never told?

Knows the register, when each row came, its status, and whether a row that is hidden is small; not its value.
Works by integer programming over all that was told, and knows nothing of how it was chosen.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from tests.service.disclosure.border_stories import Row, Story

MOST = 1_000
Version = tuple[str, date, datetime]
"""A row of counts: the place, the day, the instant at which it became known."""


@dataclass
class Outsider:
    """What was told so far: rows by themselves, and sums of rows."""

    story: Story
    threshold: int
    rows: dict[Version, Row] = field(default_factory=dict)
    told: dict[Version, float] = field(default_factory=dict)
    sums: dict[frozenset[Version], float] = field(default_factory=dict)

    def sees(self, upload: tuple[Row, ...]) -> None:
        """Learn that rows have come, not what they say."""
        self.rows |= {(row.place, row.day, row.recorded_at): row for row in upload}

    def hears(self, answer: dict[str, Any], as_of: datetime) -> None:
        """Keep what an answer of /v1/observations tells."""
        for one in answer["observations"]:
            if one["value"] is None:
                continue
            day = date.fromisoformat(one["date"])
            if one["level"] == "crossing":
                version = self.newest(one["place"], day, as_of)
                assert version is not None
                self.told[version] = one["value"]
            else:
                self.hears_sum(one["place"], [day], one["value"], as_of)

    def hears_sum(self, place: str, days: list[date], value: float, as_of: datetime) -> None:
        """Keep what all the crossings of a place counted together on some days."""
        inside = [one.id for one in self.story.crossings if self.story.lies_in(one.id, place)]
        parts = [self.newest(crossing, day, as_of) for crossing in inside for day in days]
        self.sums[frozenset(part for part in parts if part is not None)] = value

    def hears_score(self, row: dict[str, Any]) -> None:
        """Keep what a single score of /v1/scores tells: the count itself."""
        if row["observed"] is not None:
            day, as_of = date.fromisoformat(row["target_date"]), datetime.fromisoformat(row["as_of"])
            self.hears_sum(row["place"], [day], row["observed"], as_of)

    def hears_mean(self, place: str, last: date, mean: float | None, as_of: datetime) -> None:
        """Keep the mean of a week that is over, told to a tenth: it gives the sum."""
        week = [last - timedelta(days=ago) for ago in range(7)]
        inside = [one.id for one in self.story.crossings if self.story.lies_in(one.id, place)]
        newest = [self.newest(crossing, day, as_of) for crossing in inside for day in week]
        if mean is not None and all(one and self.rows[one].status != "partial" for one in newest):
            self.hears_sum(place, week, float(round(7 * mean)), as_of)

    def counts_somebody(self, place: str, day: date, as_of: datetime) -> bool:
        """Whether a place was not known to be closed on a day; all that is closed tells nobody's number."""
        inside = [one.id for one in self.story.crossings if self.story.lies_in(one.id, place)]
        newest = [self.newest(crossing, day, as_of) for crossing in inside]
        return any(one is not None and self._counts(one) for one in newest)

    def newest(self, place: str, day: date, as_of: datetime) -> Version | None:
        """The row of a place and day that counts at an instant."""
        known = [one for one in self.rows if one[:2] == (place, day) and one[2] <= as_of]
        return max(known, key=lambda one: one[2], default=None)

    def range_of(self, version: Version) -> tuple[int, int]:
        """The least and the most that a row's count may be, given all that was told."""
        unknown = sorted(one for one in self.rows if one not in self.told and self._counts(one))
        number = {one: position for position, one in enumerate(unknown)}
        matrix, right = [], []
        for parts, value in self.sums.items():
            row = np.zeros(len(unknown))
            for part in parts & number.keys():
                row[number[part]] = 1
            known = sum(self.told.get(part, 0.0) for part in parts if part not in number)
            if row.any():
                matrix.append(row)
                right.append(value - known)
        if not any(row[number[version]] for row in matrix):
            return self._bounds(version)  # nothing told is about it
        bounds = np.array([self._bounds(one) for one in unknown]).reshape(-1, 2)
        aim = np.eye(len(unknown))[number[version]]
        found = [_extreme(sign * aim, matrix, right, bounds) for sign in (1, -1)]
        return round(found[0]), round(-found[1])

    def _counts(self, version: Version) -> bool:
        return self.rows[version].status != "closed"

    def _bounds(self, version: Version) -> tuple[int, int]:
        small = self.rows[version].people < self.threshold
        return (0, self.threshold - 1) if small else (self.threshold, MOST)


def _extreme(aim: np.ndarray, matrix: list[np.ndarray], right: list[float], bounds: np.ndarray) -> float:
    solved = milp(
        aim,
        constraints=LinearConstraint(np.array(matrix), right, right),
        bounds=Bounds(bounds[:, 0], bounds[:, 1]),
        integrality=np.ones(len(aim)),
    )
    assert solved.success, "what was told contradicts itself"
    return float(solved.fun)
