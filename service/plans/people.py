"""Which of a plan's numbers of people a reader is told: none that is few, and none that gives one away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from forecast.places import Place
from forecast.planning.demand import SILENCE
from service.disclosure import SmallCounts
from service.plans import units, words
from service.plans.reading import Desk, Part
from service.published import reader as published
from service.published.skill import rests_on_hidden

FLOW = "arrivals"
Number = int | float
PEOPLE = frozenset(name for name, unit in units.TOLD.items() if unit.startswith(("people", "beds")))
"""The measures of a plan that are numbers of people: guests are told as the beds they need."""
THROUGH = ("demand", "throughput")
STOCKS = {
    "queue": ("waiting", SILENCE),
    "person_hours": ("waiting", SILENCE),
    "beds_needed": ("occupied_beds", 1),
    "beds_occupied": ("occupied_beds", 1),
}
"""By measure, the stock counted at the cutoff that it goes on from, and how many days before it may be of."""
QUEUED = ("queue", "person_hours")
MOVED = ("sent", "received")


@dataclass(frozen=True, eq=False)
class People:
    """What of an issue's plan is told as numbers of people to the reader of a desk."""

    desk: Desk

    @property
    def small(self) -> SmallCounts:
        """What is too small to tell."""
        return self.desk.reader.small

    def number(self, value: float) -> Number | None:
        """A number of people, None below the threshold."""
        told = self.small.number(value)
        return None if told is None else units.plain(told)

    def quantiles(self, part: Part, measure: str, day: int) -> list[Number | None]:
        """A measure's quantiles of a day, from 0, in the unit that readers get: [level]."""
        told = units.all_told(measure, part.content["quantiles"][measure][day])
        hidden = self.hidden(part, measure, day)
        return [None if untold else value for value, untold in zip(told, hidden, strict=True)]

    def arrivals(self, place: Place, row: Sequence[float]) -> list[Number | None]:
        """Quantiles of the arrivals forecast of a place on a day: [level]."""
        hidden = self._untold(row, repeats=bool(self.small.threshold) and self.repeats(place))
        return [None if untold else units.plain(value) for value, untold in zip(row, hidden, strict=True)]

    def hidden(self, part: Part, measure: str, day: int) -> list[bool]:
        """Which quantiles of a day are not told: [level]."""
        row = part.content["quantiles"][measure][day]
        if not self.small.threshold:
            return [False] * len(row)
        if self._tells_stock(part.place, measure, row, day=day):
            return [True] * len(row)
        if measure == "person_hours":  # over the mean wait it is the number of people
            return self.hidden(part, "demand", day)
        if measure not in PEOPLE:
            return [False] * len(row)
        return self._untold(row, repeats=measure in THROUGH and self.repeats(part.place))

    def repeats(self, place: Place) -> bool:
        """Whether the middle of what is forecast of a place is a count that is not told."""
        return place.id in self._repeating

    def goes_on_untold(self, place: Place, measure: str) -> bool:
        """Whether a measure goes on from a stock counted at the cutoff that is not told."""
        return measure in STOCKS and self._stock_hidden(place, measure)

    def standing(self, part: Part) -> Number | None:
        """The people who stand at a crossing at the end of the cutoff."""
        if self._stock_hidden(part.place, "queue"):
            return None
        return self.number(part.content["standing"])

    def stood(self, part: Part, hours: float, day: int) -> Number | None:
        """Expected hours stood by all people; None where those who want to cross are too few to tell."""
        crossing = self._crossings.get(part.place.id) if self.small.threshold else None
        middle = units.position(self.desk.issue.levels, 0.5)
        hidden = crossing is not None and self.hidden(crossing, "person_hours", day)[middle]
        return None if hidden else units.plain(hours)

    def few_demand(self, place_id: str, days: int) -> npt.NDArray[np.bool_]:
        """Which quantiles of who wants to cross somewhere are not told, none without a plan: [day, level]."""
        levels = len(self.desk.issue.levels)
        part = self._crossings.get(place_id)
        if part is None:
            return np.zeros((days, levels), dtype=bool)
        return np.array([self.hidden(part, "demand", day) for day in range(days)])

    def free(self, part: Part, day: int) -> list[Number | None]:
        """Beds left: what is occupied at a level is free at the level that is left to 1: [level]."""
        beds, occupied = part.content["beds"][day], self.quantiles(part, "beds_occupied", day)
        return [None if one is None else units.plain(beds - one) for one in reversed(occupied)]

    def expected(self, part: Part, day: int) -> dict[str, Number | None]:
        """Expected people beyond the own beds, without one, sent, received and going on."""
        told = {name: self.number(value) for name, value in _expected(part, day).items()}
        if part.place.level != "region":
            # regions add up to it: told less than all of them, it would tell the rest
            inside = [
                one for one in self._regions if part.place.id in self.desk.places.ancestors(one.place.id)
            ]
            untold = {
                name for one in inside for name, value in _expected(one, day).items() if self._few(value)
            }
            told |= dict.fromkeys(untold)
        if not self._moves_told(part, day):
            told |= dict.fromkeys(MOVED)
        if not self.desk.reader.guests_told:
            told["received"] = None
        return told

    def full_chance(self, capacity: float, chance: float) -> float | None:
        """The chance of more people than a capacity; None where that is of too few people to tell."""
        return None if self._few(capacity) else chance

    def beds_level(self, row: dict[str, Any]) -> dict[str, Any]:
        """A row of levels of beds to plan to, without numbers of people that are too few.

        A level less what is unused, with what is lacking, is how many are expected.
        """
        told = {
            name: None if row[name] is None else self.number(row[name])
            for name in ("level", "empty", "unmet")
        }
        if row["empty"] is not None and self._few(row["level"] - row["empty"] + row["unmet"]):
            told["empty"] = None
        return row | told

    def waits_words(self, part: Part, day: int) -> tuple[str, ...]:
        """What may happen at a crossing on a day, from 0, in words."""
        content = part.content
        full = self.full_chance(content["capacity"][day], content["full"][day])
        return words.of_waits(content, day, full=full)

    def beds_words(self, part: Part, day: int) -> tuple[str, ...]:
        """Whether houses may be full on a day, from 0, in words."""
        full = self.full_chance(part.content["beds"][day], part.content["full"][day])
        return words.of_beds(full, self.expected(part, day)["without_bed_expected"])

    def crossing_words(self, part: Part) -> tuple[str, ...]:
        """What holds for all days of a crossing, in words.

        Days whose counts are not told are left out: at capacity, a count is the capacity.
        """
        return words.of_crossing(*(self._past(part, name) for name in ("full_days", "censored")))

    def _past(self, part: Part, name: str) -> list[str]:
        days: list[str] = part.content[name]
        return [day for day in days if not self.small.hides(FLOW, part.place.id, date.fromisoformat(day))]

    def _untold(self, row: Sequence[float], *, repeats: bool) -> list[bool]:
        """Which quantiles are too few people to tell, or at most the middle that repeats a count: [level]."""
        return [
            self._few(value) or (repeats and level <= 0.5)
            for level, value in zip(self.desk.issue.levels, row, strict=True)
        ]

    def _few(self, value: float) -> bool:
        return self.small.number(value) is None

    def _moves_told(self, part: Part, day: int) -> bool:
        """Whether who sleeps elsewhere is told: who is sent is received, and who is not has no bed."""
        if not self.small.threshold:
            return True
        seen = self._regions
        if len(seen) < 2:
            return not self._few(part.content["without_bed"][day])
        names = (*MOVED, "without_bed_expected")
        return not any(self._few(_expected(one, day)[name]) for one in seen for name in names)

    def _tells_stock(self, place: Place, measure: str, row: Sequence[float], *, day: int) -> bool:
        """Whether a day's quantiles tell a stock that is not told.

        The queue of the first day is what stands, with who comes and without who gets through. And what is
        certain is nothing but the stock.
        """
        if not self.goes_on_untold(place, measure):
            return False
        return (day == 0 and measure in QUEUED) or row[0] == row[-1]

    def _stock_hidden(self, place: Place, measure: str) -> bool:
        stock, back = STOCKS[measure]
        last = self.desk.issue.cutoff
        return self.small.hides_any(stock, place.id, last - timedelta(days=back), last)

    @cached_property
    def _repeating(self) -> frozenset[str]:
        reader = published.Reader(self.desk.reader.scope, self.desk.reader.disclosure)
        held = self.desk.store.issues.forecasts(self.desk.issue.id, reader.scope, measure=FLOW)
        return frozenset(one.place_id for one in held if rests_on_hidden(self.desk.issue, one, reader))

    @cached_property
    def _crossings(self) -> dict[str, Part]:
        parts = self.desk.parts("waits", self.desk.places.crossings)
        return {part.place.id: part for part in parts}

    @cached_property
    def _regions(self) -> list[Part]:
        if not self.small.threshold:
            return []
        return self.desk.parts("beds", [one for one in self.desk.places if one.level == "region"])


def _expected(part: Part, day: int) -> dict[str, float]:
    """Expected numbers of people of a region's or country's houses on a day, from 0."""
    content = part.content
    return {
        "beyond": content["beyond"][day],
        "without_bed_expected": content["without_bed"][day],
        **{name: moved[day] for name, moved in content["moved"].items()},
    }
