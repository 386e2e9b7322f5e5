"""The parts of a published plan as answers, day by day, or nothing where they are withheld."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from service.plans import units, words
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
Facts = dict[str, Any]
Day = TypeVar("Day", bound=told.PlanDay)


@dataclass(frozen=True, slots=True)
class Sheet:
    """An issue's plan with the bands asked for, over the first so many days."""

    desk: Desk
    days: int
    intervals: tuple[float, ...]
    quantiles: tuple[float, ...] | None

    def waits(self, part: Part) -> told.PlaceWaits:
        """A crossing's waits."""
        hidden = self._stopped(part)
        return told.PlaceWaits(
            **self._head(part, () if hidden else words.of_crossing(part.content)),
            standing=None if hidden else units.plain(part.content["standing"]),
            days=self._days(part, told.WaitsDay, self._waits, words.of_waits),
        )

    def staff(self, part: Part) -> told.PlaceStaff:
        """A crossing's booths."""
        hidden = self._stopped(part)
        return told.PlaceStaff(
            **self._head(part, ()),
            safety=None if hidden else part.content["safety"],
            shift=None if hidden else part.content["shift"],
            days=self._days(part, told.StaffDay, self._staff, words.of_staff),
        )

    def beds(self, part: Part) -> told.PlaceBeds:
        """A region's or a country's beds."""
        known = {} if self._stopped(part) else part.content
        return told.PlaceBeds(
            **self._head(part, ()),
            **{name: known.get(name) for name in ("bed_share", "bus_seats", "transit")},
            days=self._days(part, told.BedsDay, self._beds, words.of_beds),
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
        facts: Callable[[Facts, int], Facts],
        said: Callable[[Facts, int], tuple[str, ...]],
    ) -> list[Day]:
        found = []
        for ahead in range(1, min(self.days, self.desk.issue.horizon) + 1):
            head = {"target_date": self.desk.day(ahead), "horizon": ahead}
            why = self.desk.reader.withheld(part.place.id, ahead)
            if why is None:
                numbers = facts(part.content, ahead - 1) | {"flags": said(part.content, ahead - 1)}
            else:
                numbers = dict.fromkeys(kind.model_fields) | {"flags": (why,) if why else ()}
            found.append(kind.model_validate(numbers | head | {"suppressed": why is not None}))
        # "up to then" looks at all days before: from the first withheld one on it would give that away
        first = next((at for at, day in enumerate(found) if day.suppressed), len(found))
        for day in found[first:]:
            if isinstance(day, told.BedsDay):
                day.full_chance_by_then = None
        return found

    def _waits(self, content: Facts, day: int) -> Facts:
        names = ("demand", "throughput", "queue", "mean_wait", "longest_wait", "person_hours")
        return {
            "capacity": units.plain(content["capacity"][day]),
            **{name: self._spread(content, name, day) for name in names},
            **{
                name: {limit: chances[day] for limit, chances in _by_hours(content[name])}
                for name in ("late_chance", "late_share")
            },
            "full_chance": content["full"][day],
            "spill_chance": content["spilled"][day],
        }

    def _staff(self, content: Facts, day: int) -> Facts:
        same = ("booths_limit", "wait_target", "service_level", "held", "staff_hours_limit", "registered")
        wait, stood = content["wait"], content["person_hours"]
        return {
            **{name: content[name][day] for name in same},
            "roster": content["booths"][day],
            "staff_hours": _both(content["registered_hours"][day], content["staff_hours"][day]),
            "mean_wait": _both(*(units.hours(wait[way][day]) for way in ("registered", "roster"))),
            "person_hours": _both(*(units.plain(stood[way][day]) for way in ("registered", "roster"))),
            "booths_needed": self._spread(content, "booths_needed", day),
            "plan_to": plan_to(content["plan_to"], day),
            "safeties": _safeties(content["rosters"], day),
        }

    def _beds(self, content: Facts, day: int) -> Facts:
        expected = {
            "beyond": content["beyond"],
            "without_bed_expected": content["without_bed"],
            **content["moved"],
        }
        tables = content.get("plan_to", {})
        found = {
            "beds": content["beds"][day],
            **{name: self._spread(content, name, day) for name in content["quantiles"]},
            "beds_free": self._free(content, day),
            "full_chance": content["full"][day],
            "full_chance_by_then": content["full_by_then"][day],
            **{name: units.plain(values[day]) for name, values in expected.items()},
            **{f"plan_to_{of}": _or_none(tables.get(of), day) for of in ("beds", "buses")},
        }
        if not self.desk.reader.guests_told:
            found |= dict.fromkeys(("received", "beds_occupied", "beds_free"))
        return found

    def _spread(self, content: Facts, measure: str, day: int) -> told.Spread:
        return self._of(units.all_told(measure, content["quantiles"][measure][day]))

    def _free(self, content: Facts, day: int) -> told.Spread:
        """Beds left: what is occupied at a level is free at the level that is left to 1."""
        beds = content["beds"][day]
        return self._of(
            [units.plain(beds - one) for one in reversed(content["quantiles"]["beds_occupied"][day])]
        )

    def _of(self, row: Sequence[Number]) -> told.Spread:
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

    def _at(self, row: Sequence[Number], level: float) -> Number:
        return row[units.position(self.desk.issue.levels, level)]


def _safeties(rosters: Mapping[str, Facts], day: int) -> list[told.SafetyRoster]:
    """A day's rosters, from 0, the safest first."""
    return [
        told.SafetyRoster(
            safety=float(safety),
            roster=one["booths"][day],
            staff_hours=one["staff_hours"][day],
            held=one["held"][day],
            mean_wait=units.hours(one["wait"]["roster"][day]),
            person_hours=units.plain(one["person_hours"]["roster"][day]),
        )
        for safety, one in sorted(rosters.items(), key=lambda named: -float(named[0]))
    ]


def _by_hours(chances: Mapping[str, list[float]]) -> list[tuple[str, list[float]]]:
    """The shortest wait first; JSON keeps no order of numbers."""
    return sorted(chances.items(), key=lambda one: float(one[0]))


def plan_to(table: Facts, day: int) -> told.PlanTo:
    """A day's levels, from 0."""
    *levels, by_cost = (told.PlanLevel.model_validate(row) for row in plan_to_rows(table, day))
    return told.PlanTo(levels=levels, by_cost=by_cost)


def _or_none(table: Facts | None, day: int) -> told.PlanTo | None:
    return None if table is None else plan_to(table, day)


def _both(registered: Number, roster: Number) -> told.BothWays:
    return told.BothWays(registered=registered, roster=roster)
