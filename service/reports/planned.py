"""What a report plans: what to have ready on the fullest days, the longest waits, full houses, the action."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from service.plans import units
from service.plans.people import People
from service.plans.reading import Part, covering
from service.plans.tables import plan_to_rows
from service.reports.contents import (
    Action,
    BedOrder,
    BoothOrder,
    BusOrder,
    HouseRow,
    PlanLevel,
    PlanRow,
    Quantity,
    WaitRow,
)
from service.reports.sources import FORTNIGHT, WEEK, Sources, named

SAFE = 0.95
MOST_ROWS = 8
LATE_HOURS = ("1", "4", "12")


@dataclass(frozen=True, slots=True)
class Planned:
    """The parts of an issue's plan for the crossings and regions of a report's place."""

    sources: Sources
    waits: tuple[Part, ...]
    staff: tuple[Part, ...]
    beds: tuple[Part, ...]

    @classmethod
    def read(cls, sources: Sources) -> "Planned":
        """Every part in three queries."""
        desk, place = sources.desk, sources.place
        waits, staff, beds = (
            tuple(desk.parts(kind, covering(kind, place, sources.places)))
            for kind in ("waits", "staff", "beds")
        )
        return cls(sources, waits, staff, beds)

    @property
    def people(self) -> People:
        """What is told as numbers of people."""
        return People(self.sources.desk)

    def __bool__(self) -> bool:
        return bool(self.waits or self.staff or self.beds)

    def over_capacity(self) -> dict[str, float]:
        """By crossing, the highest chance of a day of the next week that more come than its booths pass."""
        chances = {
            part.place.id: [part.content["full"][ahead - 1] for ahead in self._weighed(part, WEEK)]
            for part in self.waits
        }
        return {place_id: max(found, default=0.0) for place_id, found in chances.items()}

    def rows(self) -> list[PlanRow]:
        """Booths of crossings, beds and buses of regions: what lacks most first."""
        booths = sorted(self._booths(), key=lambda row: -_lacking(row))
        priced = [part for part in self.beds if "plan_to" in part.content]
        beds = sorted(self._rows(priced, "beds", FORTNIGHT), key=lambda row: -_lacking(row))
        return [*booths, *beds, *self._rows(priced, "buses", WEEK)]

    def wait_rows(self) -> list[WaitRow]:
        """The longest wait at each crossing in the next week, the worst first."""
        rows = [self._wait(part, day) for part in self.waits if (day := self._worst_wait(part)) is not None]
        return sorted(rows, key=lambda row: (-_number(row.upper_95), -row.full_chance))

    def house_rows(self) -> list[HouseRow]:
        """How full each region's houses get in the next fortnight, the fullest first."""
        found = ((part, self._fullest_night(part)) for part in self.beds)
        rows = [self._house(part, day) for part, day in found if day is not None]
        return sorted(
            rows, key=lambda row: (-row.full_chance, -_number(row.needed_upper_95) / max(row.beds, 1))
        )

    def action(self, rows: Sequence[PlanRow]) -> Action:
        """What to open, have ready and order."""
        beds = [row for row in rows if row.what == "beds"]
        buses = [row for row in rows if row.what == "buses" and _number(_at(row, SAFE)) > 0]
        return Action(
            planned=bool(rows),
            booths=self._booth_order([row for row in rows if row.what == "booths"]),
            beds=_bed_order(beds),
            buses=_bus_order(buses),
        )

    def _told(self, part: Part, days: int) -> list[int]:
        """The days ahead of which something is told."""
        withheld = self.sources.desk.reader.withheld
        return [ahead for ahead in self.sources.ahead(days) if withheld(part.place.id, ahead) is None]

    def _booths(self) -> Iterator[PlanRow]:
        for part in self.staff:
            table = part.content["plan_to"]
            at = table["safeties"].index(SAFE)
            ahead = _most(self._told(part, WEEK), table["level"][at])
            if ahead is not None:
                yield self._row(part, "booths", table, ahead)

    def _rows(self, parts: Iterable[Part], what: Literal["beds", "buses"], days: int) -> Iterator[PlanRow]:
        for part in parts:
            table = part.content["plan_to"][what]
            at = table["safeties"].index(SAFE)
            ahead = _most(self._told(part, days), table["level"][at])
            if ahead is not None:
                yield self._row(part, what, table, ahead)

    def _row(
        self, part: Part, what: Literal["booths", "beds", "buses"], table: Mapping[str, Any], ahead: int
    ) -> PlanRow:
        *levels, by_cost = plan_to_rows(table, ahead - 1)
        cost = table["cost_level"]
        content, day = part.content, ahead - 1
        there = {"booths": "booths_limit", "beds": "beds"}.get(what)
        return PlanRow(
            place=named(part.place),
            what=what,
            day=self.sources.day(ahead),
            levels=tuple(self._level(row, what) for row in levels),
            there=content[there][day] if there else None,
            registered=max(content["registered"][day]) if what == "booths" else None,
            by_cost=self._told_of(what, by_cost["level"]),
            short_costs=round(cost / (1 - cost), 1) if cost < 1 else None,
        )

    def _level(self, row: Mapping[str, Any], what: str) -> PlanLevel:
        told = self.people.beds_level(dict(row)) if what == "beds" else row
        names = ("level", "empty", "unmet")
        return PlanLevel(row["safety"], *(self._quantity(told[name], row[name]) for name in names))

    def _told_of(self, what: str, value: float) -> Quantity:
        """Beds are people; booths and buses are not."""
        return self.sources.people(value) if what == "beds" else value

    def _weighed(self, part: Part, days: int) -> list[int]:
        """The days ahead of which the chance of being full is told: not that of passing a few people."""
        name = "beds" if "beds" in part.content else "capacity"
        capacity = part.content[name]
        return [day for day in self._told(part, days) if self.people.number(capacity[day - 1]) is not None]

    def _worst_wait(self, part: Part) -> int | None:
        uppers = [self._read(part, "longest_wait", ahead, SAFE) for ahead in self.sources.ahead(WEEK)]
        return _most(self._weighed(part, WEEK), uppers)

    def _wait(self, part: Part, ahead: int) -> WaitRow:
        content, day = part.content, ahead - 1
        return WaitRow(
            place=named(part.place),
            day=self.sources.day(ahead),
            median=self._read(part, "longest_wait", ahead, 0.5),
            upper_80=self._read(part, "longest_wait", ahead, 0.8),
            upper_95=self._read(part, "longest_wait", ahead, SAFE),
            late={hours: content["late_chance"][hours][day] for hours in LATE_HOURS},
            capacity=units.plain(content["capacity"][day]),
            full_chance=content["full"][day],
            spill_chance=content["spilled"][day],
        )

    def _fullest_night(self, part: Part) -> int | None:
        told = self._weighed(part, FORTNIGHT)
        rank = {
            ahead: (part.content["full"][ahead - 1], self._read(part, "beds_needed", ahead, SAFE))
            for ahead in told
        }
        return max(told, key=lambda ahead: rank[ahead], default=None)

    def _house(self, part: Part, ahead: int) -> HouseRow:
        content, day = part.content, ahead - 1
        return HouseRow(
            place=named(part.place),
            day=self.sources.day(ahead),
            beds=content["beds"][day],
            needed_median=self._people(part, "beds_needed", ahead, 0.5),
            needed_upper_80=self._people(part, "beds_needed", ahead, 0.8),
            needed_upper_95=self._people(part, "beds_needed", ahead, SAFE),
            full_chance=content["full"][day],
            full_by=self._full_by(part),
            without_bed=self._quantity(
                self.people.expected(part, day)["without_bed_expected"], content["without_bed"][day]
            ),
            without_bed_upper_95=self._people(part, "without_bed", ahead, SAFE),
        )

    def _full_by(self, part: Part) -> dict[str, float]:
        """The chances of full houses up to the ends of one and two weeks, before the first withheld day."""
        told, chances = self._weighed(part, FORTNIGHT), part.content["full_by_then"]
        return {
            str(days): chances[days - 1] for days in (WEEK, FORTNIGHT) if {*range(1, days + 1)} <= {*told}
        }

    def _people(self, part: Part, measure: str, ahead: int, level: float) -> Quantity:
        at = units.position(self.sources.issue.levels, level)
        told = self.people.quantiles(part, measure, ahead - 1)[at]
        return self._quantity(told, self._read(part, measure, ahead, level))

    def _quantity(self, told: int | float | None, planned: float) -> Quantity:
        """A number of people as the plan tells it: what is not told is small, or gives a small one away."""
        return "small" if told is None and self.sources.people(planned) == "small" else told

    def _read(self, part: Part, measure: str, ahead: int, level: float) -> int | float:
        at = units.position(self.sources.issue.levels, level)
        return units.told(measure, part.content["quantiles"][measure][ahead - 1][at])

    def _booth_order(self, rows: Sequence[PlanRow]) -> BoothOrder | None:
        """The crossing that lacks most booths, from the first day on which it does."""
        short = [row for row in rows if _lacking(row) > 0]
        if not short:
            return None
        row, part = short[0], next(one for one in self.staff if one.place.id == short[0].place.id)
        table = part.content["plan_to"]
        safe = table["level"][table["safeties"].index(SAFE)]
        registered = part.content["registered"]
        first = next(
            ahead for ahead in self._told(part, WEEK) if safe[ahead - 1] > max(registered[ahead - 1])
        )
        return BoothOrder(
            place=row.place,
            first=self.sources.day(first),
            fullest=row.day,
            booths=_at(row, SAFE),
            registered=row.registered or 0,
            limit=row.there or 0,
            wait=units.hours(part.content["rosters"][f"{SAFE:g}"]["wait"]["roster"][self._ahead(row) - 1]),
            more=len(short) - 1,
        )

    def _ahead(self, row: PlanRow) -> int:
        return (row.day - self.sources.issue.cutoff).days


def shown(rows: Sequence[PlanRow]) -> list[PlanRow]:
    """The first rows of each kind."""
    kinds = ([row for row in rows if row.what == what] for what in ("booths", "beds", "buses"))
    return [row for kind in kinds for row in kind[:MOST_ROWS]]


def _bed_order(rows: Sequence[PlanRow]) -> BedOrder | None:
    """The region that lacks most beds; without one, that with the most to have ready."""
    short = [row for row in rows if _lacking(row) > 0]
    lacking = max(short, key=_lacking, default=None)
    row = lacking or max(rows, key=lambda one: _number(_at(one, SAFE)), default=None)
    if row is None:
        return None
    return BedOrder(row.place, row.day, _at(row, SAFE), row.there or 0, more=max(len(short) - 1, 0))


def _bus_order(rows: Sequence[PlanRow]) -> BusOrder | None:
    row = max(rows, key=lambda one: _number(_at(one, SAFE)), default=None)
    return None if row is None else BusOrder(row.place, row.day, _at(row, SAFE))


def _most(days: Sequence[int], values: Sequence[float]) -> int | None:
    """The first of some days ahead with the highest of values [day], or None of no days."""
    return max(days, key=lambda ahead: values[ahead - 1], default=None)


def _lacking(row: PlanRow) -> float:
    """What is needed above what is registered to be open, or, of beds, above what is there."""
    held = row.registered if row.what == "booths" else row.there
    return _number(_at(row, SAFE)) - (held or 0)


def _at(row: PlanRow, safety: float) -> Quantity:
    return next(one.level for one in row.levels if one.safety == safety)


def _number(value: Quantity) -> float:
    """A number for putting rows in order; what is not told comes last."""
    return float(value) if isinstance(value, int | float) else 0.0
