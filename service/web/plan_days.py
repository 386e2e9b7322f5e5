"""The parts of a published plan as answers, day by day, or nothing where they are withheld."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from service.plans import units, words
from service.plans.people import People
from service.plans.reading import Desk, Part
from service.plans.tables import plan_to_rows
from service.published.numbers import level_name
from service.web import context
from service.web import plan_answers as told
from service.web.answers import Number, PlaceRef

WAITS_UNITS = {
    "capacity": "people/day",
    **{name: units.TOLD[name] for name in ("demand", "throughput", "queue", "mean_wait", "longest_wait")},
    "person_hours": "hours",
    "standing": "people",
    "late_chance": "chance",
    "late_share": "share of people",
    "full_chance": "chance",
    "spill_chance": "chance",
}
STAFF_UNITS = {
    "roster": "booths",
    "registered": "booths",
    "staff_hours": "booth-hours",
    "booths_limit": "booths",
    "staff_hours_limit": "booth-hours",
    "wait_target": "minutes",
    "service_level": "share of people",
    "mean_wait": "hours",
    "person_hours": "hours",
    "booths_needed": "booths",
    "plan_to": "booths",
    "safety": "chance",
    "safeties": "as the fields of the same names",
    "shift": "hours",
}
BEDS_UNITS = {
    **dict.fromkeys(("beds", "beds_needed", "beds_occupied", "beds_free", "plan_to_beds"), "beds"),
    **dict.fromkeys(("buses_needed", "plan_to_buses"), "buses"),
    **dict.fromkeys(("beyond", "without_bed", "without_bed_expected", "sent", "received"), "people"),
    **dict.fromkeys(("onward_land", "onward_air"), "people/day"),
    **dict.fromkeys(("full_chance", "full_chance_by_then", "safety"), "chance"),
    **dict.fromkeys(("bed_share", "transit"), "share of people"),
    "bus_seats": "people/bus",
}
MAY_BE_FEW = ("full_chance", "beyond", "without_bed_expected", "sent", "onward_land", "onward_air")
"""Single numbers of a day that are null where people are too few."""
Facts = dict[str, Any]
Day = TypeVar("Day", bound=told.PlanDay)


@dataclass(frozen=True, slots=True)
class Sheet:
    """An issue's plan with the bands asked for, over the first so many days."""

    people: People
    days: int
    intervals: tuple[float, ...]
    quantiles: tuple[float, ...] | None

    @property
    def desk(self) -> Desk:
        """Where the plan is read."""
        return self.people.desk

    def waits(self, part: Part) -> told.PlaceWaits:
        """A crossing's waits."""
        hidden = self._stopped(part)
        return told.PlaceWaits(
            **self._head(part, () if hidden else self.people.crossing_words(part)),
            standing=None if hidden else self.people.standing(part),
            days=self._days(part, told.WaitsDay, self._waits, self.people.waits_words),
        )

    def staff(self, part: Part) -> told.PlaceStaff:
        """A crossing's booths."""
        hidden = self._stopped(part)
        return told.PlaceStaff(
            **self._head(part, ()),
            safety=None if hidden else part.content["safety"],
            shift=None if hidden else part.content["shift"],
            days=self._days(part, told.StaffDay, self._staff, _staff_said),
        )

    def beds(self, part: Part) -> told.PlaceBeds:
        """A region's or a country's beds."""
        known = {} if self._stopped(part) else part.content
        return told.PlaceBeds(
            **self._head(part, ()),
            **{name: known.get(name) for name in ("bed_share", "bus_seats", "transit")},
            days=self._days(part, told.BedsDay, self._beds, self.people.beds_words),
        )

    def _stopped(self, part: Part) -> bool:
        return self.desk.reader.stopped(part.place.id)

    def _head(self, part: Part, flags: Sequence[str]) -> Facts:
        place = PlaceRef.of(part.place, context.register())
        return {"place": place, "suppressed": self._stopped(part), "flags": tuple(flags)}

    def _days(
        self,
        part: Part,
        kind: type[Day],
        facts: Callable[[Part, int], Facts],
        said: Callable[[Part, int], tuple[str, ...]],
    ) -> list[Day]:
        found, withheld = [], []
        for ahead in range(1, min(self.days, self.desk.issue.horizon) + 1):
            head = {"target_date": self.desk.day(ahead), "horizon": ahead}
            why = self.desk.reader.withheld(part.place.id, ahead)
            if why is None:
                numbers = facts(part, ahead - 1) | {"flags": said(part, ahead - 1)}
            else:
                numbers = dict.fromkeys(kind.model_fields) | {"flags": (why,) if why else ()}
            few = any(_few(value) for value in numbers.values()) or None in (
                numbers.get(name, 0) for name in MAY_BE_FEW
            )
            found.append(kind.model_validate(numbers | head | {"suppressed": why is not None or few}))
            withheld.append(why is not None or numbers.get("full_chance", 0) is None)
        # "up to then" looks at all days before: from the first withheld one on it would give that away
        first = next((at for at, hidden in enumerate(withheld) if hidden), len(found))
        for day in found[first:]:
            if isinstance(day, told.BedsDay):
                day.full_chance_by_then = None
        return found

    def _waits(self, part: Part, day: int) -> Facts:
        content = part.content
        names = ("demand", "throughput", "queue", "mean_wait", "longest_wait", "person_hours")
        return {
            "capacity": units.plain(content["capacity"][day]),
            **{name: self._spread(part, name, day) for name in names},
            **{
                name: {limit: chances[day] for limit, chances in _by_hours(content[name])}
                for name in ("late_chance", "late_share")
            },
            "full_chance": self.people.full_chance(content["capacity"][day], content["full"][day]),
            "spill_chance": content["spilled"][day],
        }

    def _staff(self, part: Part, day: int) -> Facts:
        content = part.content
        same = ("booths_limit", "wait_target", "service_level", "held", "staff_hours_limit", "registered")
        wait, stood = content["wait"], content["person_hours"]
        return {
            **{name: content[name][day] for name in same},
            "roster": content["booths"][day],
            "staff_hours": _both(content["registered_hours"][day], content["staff_hours"][day]),
            "mean_wait": _both(*(units.hours(wait[way][day]) for way in ("registered", "roster"))),
            "person_hours": _both(
                *(self.people.stood(part, stood[way][day], day) for way in ("registered", "roster"))
            ),
            "booths_needed": self._spread(part, "booths_needed", day),
            "plan_to": plan_to(content["plan_to"], day),
            "safeties": self._safeties(part, day),
        }

    def _beds(self, part: Part, day: int) -> Facts:
        content, beds = part.content, part.content["beds"][day]
        tables = content.get("plan_to", {})
        full, by_then = (
            self.people.full_chance(beds, content[name][day]) for name in ("full", "full_by_then")
        )
        found = {
            "beds": beds,
            **{name: self._spread(part, name, day) for name in content["quantiles"]},
            "beds_free": self._of(self.people.free(part, day)),
            "full_chance": full,
            "full_chance_by_then": by_then,
            **self.people.expected(part, day),
            "plan_to_beds": _or_none(tables.get("beds"), day, people=self.people),
            "plan_to_buses": _or_none(tables.get("buses"), day),
        }
        if not self.desk.reader.guests_told:
            found |= dict.fromkeys(("beds_occupied", "beds_free"))
        return found

    def _safeties(self, part: Part, day: int) -> list[told.SafetyRoster]:
        """A day's rosters, from 0, the safest first."""
        rosters = sorted(part.content["rosters"].items(), key=lambda named: -float(named[0]))
        return [
            told.SafetyRoster(
                safety=float(safety),
                roster=one["booths"][day],
                staff_hours=one["staff_hours"][day],
                held=one["held"][day],
                mean_wait=units.hours(one["wait"]["roster"][day]),
                person_hours=self.people.stood(part, one["person_hours"]["roster"][day], day),
            )
            for safety, one in rosters
        ]

    def _spread(self, part: Part, measure: str, day: int) -> told.Spread:
        return self._of(self.people.quantiles(part, measure, day))

    def _of(self, row: Sequence[Number | None]) -> told.Spread:
        ends = {level: ((1 - level) / 2, (1 + level) / 2) for level in self.intervals}
        return told.Spread(
            median=self._at(row, 0.5),
            intervals={
                level_name(level): (self._at(row, low), self._at(row, high))
                for level, (low, high) in ends.items()
            },
            quantiles=None
            if self.quantiles is None
            else {level_name(level): self._at(row, level) for level in self.quantiles},
        )

    def _at(self, row: Sequence[Number | None], level: float) -> Number | None:
        return row[units.position(self.desk.issue.levels, level)]


def _staff_said(part: Part, day: int) -> tuple[str, ...]:
    return words.of_staff(part.content, day)


def _few(value: Any) -> bool:
    """Whether a number that was asked for is not told: few people, or what would give few people away."""
    if isinstance(value, told.Spread):
        ends = itertools.chain.from_iterable(value.intervals.values())
        return None in (value.median, *ends, *(value.quantiles or {}).values())
    if isinstance(value, told.BothWays):
        return value.registered is None
    if isinstance(value, told.PlanTo):
        return any(None in (one.level, one.empty, one.unmet) for one in value.levels)
    return False


def _by_hours(chances: Mapping[str, list[float]]) -> list[tuple[str, list[float]]]:
    """The shortest wait first; JSON keeps no order of numbers."""
    return sorted(chances.items(), key=lambda one: float(one[0]))


def plan_to(table: Facts, day: int, *, people: People | None = None) -> told.PlanTo:
    """A day's levels, from 0; those of `people` as they are told."""
    rows = plan_to_rows(table, day)
    shown = rows if people is None else map(people.beds_level, rows)
    *levels, by_cost = (told.PlanLevel.model_validate(row) for row in shown)
    return told.PlanTo(levels=levels, by_cost=by_cost)


def _or_none(table: Facts | None, day: int, *, people: People | None = None) -> told.PlanTo | None:
    return None if table is None else plan_to(table, day, people=people)


def _both(registered: Number | None, roster: Number | None) -> told.BothWays:
    return told.BothWays(registered=registered, roster=roster)
