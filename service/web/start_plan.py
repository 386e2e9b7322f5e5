"""The start page's first planned day: the longest waits, the booths they ask for, and how full houses are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from forecast.places import Place
from service.plans import units, words
from service.plans.people import People
from service.plans.reading import Desk, Part
from service.web.answers import Number

DAY = 0
MIDDLE, UPPER = 0.5, 0.95
LONG = "4"  # hours of waiting whose chance is shown


@dataclass(frozen=True, slots=True)
class CrossingRow:
    """A crossing tomorrow: its longest wait in hours, and booths of the fullest hour; None if withheld."""

    place: Place
    upper: Number | None = None
    middle: Number | None = None
    long: float | None = None
    booths: Number | None = None
    limit: int | None = None
    rostered: int | None = None
    registered: int | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A region or country tomorrow night; None if withheld, and what is of few people."""

    place: Place
    withheld: bool = False
    beds: int | None = None
    upper: Number | None = None
    middle: Number | None = None
    full: float | None = None
    without: Number | None = None


@dataclass(frozen=True, slots=True)
class FirstDay:
    """What is planned for the first day: crossings with the longest waits first, regions as a tree."""

    safety: float
    long: str
    crossings: tuple[CrossingRow, ...]
    regions: tuple[RegionRow, ...]


def first_day(desk: Desk, places: Sequence[Place]) -> FirstDay | None:
    """The first day's plan of some places, or None where nothing is planned."""
    waits = desk.parts("waits", places)
    staff = {part.place.id: part.content for part in desk.parts("staff", places)}
    beds = desk.parts("beds", places)
    if not waits and not beds:
        return None
    crossings = [_crossing(desk, part, staff[part.place.id]) for part in waits if part.place.id in staff]
    people = People(desk)
    return FirstDay(
        safety=next((content["safety"] for content in staff.values()), 0.0),
        long=LONG,
        crossings=tuple(sorted(crossings, key=lambda row: -(row.upper or -1.0))),
        regions=tuple(_region(people, part) for part in beds),
    )


def _crossing(desk: Desk, waits: Part, staff: dict[str, Any]) -> CrossingRow:
    if desk.reader.withheld(waits.place.id, DAY + 1) is not None:
        return CrossingRow(waits.place)
    return CrossingRow(
        place=waits.place,
        upper=_read(desk, waits.content, "longest_wait", UPPER),
        middle=_read(desk, waits.content, "longest_wait", MIDDLE),
        long=waits.content["late_chance"][LONG][DAY],
        booths=_sufficient(staff["plan_to"]),
        limit=staff["booths_limit"][DAY],
        rostered=staff["staff_hours"][DAY],
        registered=staff["registered_hours"][DAY],
        remark="; ".join(words.of_staff(staff, DAY)),
    )


def _region(people: People, part: Part) -> RegionRow:
    if people.desk.reader.withheld(part.place.id, DAY + 1) is not None:
        return RegionRow(part.place, withheld=True)
    beds = part.content["beds"][DAY]
    return RegionRow(
        place=part.place,
        beds=beds,
        upper=_beds(people, part),
        middle=_told(people, part, MIDDLE),
        full=people.full_chance(beds, part.content["full"][DAY]),
        without=people.expected(part, DAY)["without_bed_expected"],
    )


def _beds(people: People, part: Part) -> Number | None:
    """The beds to plan to, or the quantile of a country, which has no costs and so no levels."""
    priced = part.content.get("plan_to")
    return people.number(_sufficient(priced["beds"])) if priced else _told(people, part, UPPER)


def _told(people: People, part: Part, level: float) -> Number | None:
    return people.quantiles(part, "beds_needed", DAY)[units.position(people.desk.issue.levels, level)]


def _sufficient(table: dict[str, Any]) -> Number:
    """The smallest whole level that suffices, as the plan-to table says."""
    return units.plain(table["level"][table["safeties"].index(UPPER)][DAY])


def _read(desk: Desk, content: dict[str, Any], measure: str, level: float) -> Number:
    at = units.position(desk.issue.levels, level)
    return units.told(measure, content["quantiles"][measure][DAY][at])
