"""The plan of a day as tables that a planner prints: waits, staff, beds, what to plan to, what changed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forecast.places import Place
from service.plans import units, words
from service.plans.changes import MIDDLE, UPPER, Change, changes
from service.plans.people import People
from service.plans.reading import Desk, Part
from service.store.records import PlanKind

DAY_HOURS = 24
TEXT = ""
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name for programs, its title for people, the unit of its numbers (empty for words)."""

    name: str
    title: str
    unit: str = TEXT

    @property
    def heading(self) -> str:
        """The title with the unit."""
        return f"{self.title} ({self.unit})" if self.unit else self.title


@dataclass(frozen=True, slots=True)
class Table:
    """A named table; a row has a value for every column, None where it is not known or withheld."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


_PLACE = (Column("place", "Place"), Column("name", "Name"))
_LAST = (Column("suppressed", "Withheld"), Column("remarks", "Remarks"))


def _measured(name: str, title: str) -> tuple[Column, Column]:
    """A measure's upper and middle value; one plans by the upper."""
    unit = units.TOLD[name]
    return (
        Column(f"{name}_0.95", f"{title}, 95 % safe", unit),
        Column(f"{name}_0.5", f"{title}, median", unit),
    )


THRESHOLDS = ("0.5", "1", "2", "4", "8", "12", "24")
WAITS = (
    *_PLACE,
    *_measured("demand", "Want to cross"),
    Column("capacity", "Registered booths pass", "people/day"),
    Column("standing", "Stand at the cutoff", "people"),
    *_measured("queue", "Stand at the day's end"),
    *_measured("longest_wait", "Longest wait"),
    *_measured("mean_wait", "Mean wait"),
    *_measured("person_hours", "Waiting of all people"),
    *(Column(f"late_chance_{one}", f"Anyone waits over {one} h", "chance") for one in THRESHOLDS),
    *(Column(f"late_share_{one}", f"People who wait over {one} h", "share") for one in THRESHOLDS),
    Column("spill_chance", "Queue spills over", "chance"),
    *_LAST,
)
STAFF = (
    *_PLACE,
    Column("booths", "Booths of the"),
    Column("staff_hours", "Staff hours", "booth-hours"),
    *(Column(f"hour_{hour:02d}", f"{hour:02d} h", "booths") for hour in range(DAY_HOURS)),
    Column("mean_wait", "Expected mean wait", "hours"),
    Column("person_hours", "Expected waiting of all people", "hours"),
    Column("booths_limit", "Booths there are", "booths"),
    *_LAST,
)
BEDS = (
    *_PLACE,
    Column("beds", "Beds there are", "beds"),
    *_measured("beds_needed", "Beds needed"),
    Column("full_chance", "Houses full", "chance"),
    Column("beyond", "Expected beyond the own beds", "people"),
    *_measured("without_bed", "Without a bed"),
    Column("sent", "Expected to be sent to other regions", "people"),
    Column("received", "Expected from other regions", "people"),
    Column("onward_land", "Expected to go on by land", "people"),
    Column("onward_air", "Expected to go on by air", "people"),
    *_measured("buses_needed", "Buses"),
    *_LAST,
)
PLAN_TO = (
    *_PLACE,
    Column("what", "Of"),
    Column("safety", "Safety", "chance"),
    Column("level", "Have ready"),
    Column("empty", "Expected unused"),
    Column("unmet", "Expected lacking"),
    Column("unit", "Unit"),
    *_LAST,
)
CHANGES = (
    *_PLACE,
    Column("what", "Of"),
    Column("upper_before", "95 % safe, issue before"),
    Column("upper_now", "95 % safe, now"),
    Column("middle_before", "Median, issue before"),
    Column("middle_now", "Median, now"),
    Column("unit", "Unit"),
    *_LAST,
)


def tables_of_day(desk: Desk, among: Sequence[Place], horizon: int) -> tuple[Table, ...]:
    """The plan of some places so many days ahead: Waits, Staff, Beds, Plan to, Changes."""
    parts: dict[PlanKind, list[Part]] = {kind: desk.parts(kind, among) for kind in ("waits", "staff", "beds")}
    page = _Page(People(desk), horizon)
    return (
        Table("Waits", WAITS, tuple(page.rows(parts["waits"], page.waits))),
        Table("Staff", STAFF, tuple(page.rows(parts["staff"], page.staff))),
        Table("Beds", BEDS, tuple(page.rows(parts["beds"], page.beds))),
        Table("Plan to", PLAN_TO, tuple(page.rows([*parts["staff"], *parts["beds"]], page.plan_to))),
        Table("Changes", CHANGES, tuple(page.changed(among))),
    )


@dataclass(frozen=True, slots=True)
class _Page:
    """One day of an issue, laid into rows."""

    people: People
    horizon: int

    @property
    def desk(self) -> Desk:
        """Where the plan is read."""
        return self.people.desk

    def rows(self, parts: Sequence[Part], laid: Callable[[Part], Iterator[Row]]) -> Iterator[Row]:
        """The rows of places' parts, without numbers where they are withheld."""
        for part in parts:
            for row in laid(part):
                yield self._told(part.place, row)

    def _told(self, place: Place, row: Row) -> Row:
        head = {"place": place.id, "name": place.name}
        why = self.desk.reader.withheld(place.id, self.horizon)
        if why is None:
            return {**head, "suppressed": False, **row}
        kept = {name: row[name] for name in ("what", "booths", "unit", "safety") if name in row}
        return head | dict.fromkeys(row) | kept | {"suppressed": True, "remarks": why}

    def waits(self, part: Part) -> Iterator[Row]:
        """A crossing's waits."""
        day, content = self.horizon - 1, part.content
        row: Row = {
            "capacity": units.plain(content["capacity"][day]),
            "standing": self.people.standing(part),
        }
        for name in ("demand", "queue", "longest_wait", "mean_wait", "person_hours"):
            row |= self._quantiles(part, name)
        row["suppressed"] = None in row.values()
        for kind in ("late_chance", "late_share"):
            row |= {f"{kind}_{one}": content[kind][one][day] for one in THRESHOLDS}
        remarks = (*self.people.crossing_words(part), *self.people.waits_words(part, day))
        yield row | {"spill_chance": content["spilled"][day], "remarks": "; ".join(remarks)}

    def staff(self, part: Part) -> Iterator[Row]:
        """The roster of a crossing above what is registered."""
        day, content = self.horizon - 1, part.content
        for name, booths, hours in (
            ("roster", "booths", "staff_hours"),
            ("registered", "registered", "registered_hours"),
        ):
            remarks = words.of_staff(content, day) if name == "roster" else ()
            stood = self.people.stood(part, content["person_hours"][name][day], day)
            yield {
                "booths": name,
                "staff_hours": content[hours][day],
                **{f"hour_{hour:02d}": open_ for hour, open_ in enumerate(content[booths][day])},
                "mean_wait": units.hours(content["wait"][name][day]),
                "person_hours": stood,
                "booths_limit": content["booths_limit"][day],
                "suppressed": stood is None,
                "remarks": "; ".join(remarks),
            }

    def beds(self, part: Part) -> Iterator[Row]:
        """A region's or country's beds."""
        day, content = self.horizon - 1, part.content
        beds, expected = content["beds"][day], self.people.expected(part, day)
        row: Row = {"beds": beds, "full_chance": self.people.full_chance(beds, content["full"][day])}
        row["beyond"] = expected["beyond"]
        for name in ("beds_needed", "without_bed", "buses_needed"):
            row |= self._quantiles(part, name)
        row |= {name: expected[name] for name in content["moved"]}
        known = [value for name, value in row.items() if name != "received" or self.desk.reader.guests_told]
        row["suppressed"] = None in known
        yield row | {"remarks": "; ".join(self.people.beds_words(part, day))}

    def plan_to(self, part: Part) -> Iterator[Row]:
        """What to have ready, the safest level first, last the one of least expected cost."""
        content = part.content
        tables = content.get("plan_to", {})
        named = tables if "safeties" not in tables else {"booths": tables}
        for what, table in named.items():
            most = content["booths_limit"][self.horizon - 1] if what == "booths" else None
            for planned in plan_to_rows(table, self.horizon - 1):
                row = self.people.beds_level(planned) if what == "beds" else planned
                few = {"suppressed": any(row[name] != planned[name] for name in planned)}
                yield {"what": what, "unit": what, **row, **few, "remarks": _remark(planned, most)}
        yield from self._rosters(content.get("rosters", {}))

    def _rosters(self, rosters: Mapping[str, Any]) -> Iterator[Row]:
        """The staff hours of the rosters for other safeties, with the mean wait that they leave."""
        day = self.horizon - 1
        for safety, one in sorted(rosters.items(), key=lambda named: -float(named[0])):
            wait = f"mean wait {units.hours(one['wait']['roster'][day]):g} hours"
            yield {
                "what": "staff",
                "unit": "booth-hours",
                "safety": float(safety),
                "level": one["staff_hours"][day],
                "empty": None,
                "unmet": None,
                "remarks": "; ".join((wait, *words.of_staff(one, day))),
            }

    def changed(self, among: Sequence[Place]) -> Iterator[Row]:
        """What changed against the issue before, the reasons beside each place's first row."""
        for one in changes(self.desk, among, [self.horizon]):
            reasons = "; ".join(one.reasons)
            for number, change in enumerate(one.changes):
                row = _changed(change) | {"suppressed": change.few, "remarks": "" if number else reasons}
                yield self._told(one.place, row)

    def _quantiles(self, part: Part, measure: str) -> Row:
        told = self.people.quantiles(part, measure, self.horizon - 1)
        return {
            f"{measure}_{level:g}": told[units.position(self.desk.issue.levels, level)]
            for level in (UPPER, MIDDLE)
        }


def plan_to_rows(table: Mapping[str, Any], day: int) -> Iterator[Row]:
    """Levels for a day, from 0, the safest first, with what they leave empty and unmet; last that by cost."""
    for at in reversed(range(len(table["safeties"]))):
        numbers = {name: units.plain(table[name][at][day]) for name in ("level", "empty", "unmet")}
        yield {"safety": table["safeties"][at], **numbers, "by_cost": False}
    level = units.plain(table["by_cost"][day])
    yield {"safety": table["cost_level"], "level": level, "empty": None, "unmet": None, "by_cost": True}


def _remark(row: Row, most: int | None) -> str:
    found = ["least expected cost"] if row["by_cost"] else []
    if most is not None and row["level"] > most:
        found.append(f"more than the {most} booths there are")
    return "; ".join(found)


def _changed(change: Change) -> Row:
    return {
        "what": change.measure.replace("_", " "),
        "upper_before": change.before.get(UPPER),
        "upper_now": change.now.get(UPPER),
        "middle_before": change.before.get(MIDDLE),
        "middle_now": change.now.get(MIDDLE),
        "unit": change.unit,
    }
