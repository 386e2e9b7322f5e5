"""Expected people of houses: no small number follows from those beside it."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from service.disclosure import Disclosure, SmallCounts
from service.plans.people import People
from service.plans.reading import Desk, Part, Reader
from tests.service.web.world import COUNTRY, EAST, WEST

TEN = Reader(disclosure=Disclosure(frozenset(), "", SmallCounts(10)))


@dataclass(frozen=True)
class Houses(Desk):
    """A desk with a plan of beds made by hand."""

    contents: tuple[tuple[str, dict[str, Any]], ...] = ()

    def parts(self, kind, among):
        """The parts at hand."""
        return [
            Part(place, content) for place in among for name, content in self.contents if name == place.id
        ]


def houses(sent: float, without: float, received: float = 0.0) -> dict[str, Any]:
    moved = {"sent": [sent], "received": [received], "onward_land": [40.0], "onward_air": [3.0]}
    return {"beyond": [sent + without], "without_bed": [without], "moved": moved}


def told(desk: Desk, place: str, *inside: tuple[str, dict[str, Any]], reader: Reader = TEN) -> dict[str, Any]:
    desk = Houses(desk.store, desk.issue, desk.places, reader, contents=inside)
    content = next(one for name, one in inside if name == place)
    return People(desk).expected(Part(desk.places[place], content), 0)


def test_who_is_sent_away_is_not_told_beside_few_without_a_bed(desk: Desk):
    west = told(desk, WEST.id, (WEST.id, houses(300.0, 4.0)))
    assert (west["beyond"], west["sent"], west["without_bed_expected"]) == (304, None, None)


def test_who_is_sent_and_received_is_told_where_all_of_them_are_many(desk: Desk):
    inside = ((WEST.id, houses(300.0, 40.0, received=25.0)), (EAST.id, houses(25.0, 12.0, received=300.0)))
    assert told(desk, WEST.id, *inside)["sent"] == 300
    assert told(desk, EAST.id, *inside)["received"] == 300


@pytest.mark.parametrize("few", [{"sent": 5.0, "without": 40.0}, {"sent": 40.0, "without": 5.0}])
def test_what_one_region_sends_is_not_told_by_what_another_receives(desk: Desk, few: dict[str, float]):
    inside = ((WEST.id, houses(**few, received=20.0)), (EAST.id, houses(20.0, 30.0, received=few["sent"])))
    east = told(desk, EAST.id, *inside)
    assert (east["sent"], east["received"], east["beyond"]) == (None, None, 50)


def test_a_country_is_not_told_what_its_regions_add_up_to_where_one_is_few(desk: Desk):
    inside = (
        (WEST.id, houses(300.0, 4.0)),
        (EAST.id, houses(20.0, 30.0)),
        (COUNTRY.id, houses(320.0, 34.0)),
    )
    country = told(desk, COUNTRY.id, *inside)
    assert (country["without_bed_expected"], country["beyond"], country["onward_land"]) == (None, 354, 40)
    assert country["onward_air"] is None


def test_whoever_is_cleared_is_told_all(desk: Desk):
    cleared = replace(TEN, disclosure=Disclosure(frozenset(), ""))
    found = told(desk, WEST.id, (WEST.id, houses(3.0, 4.0)), reader=cleared)
    assert (found["sent"], found["received"], found["beyond"], found["onward_air"]) == (3, 0, 7, 3)


def test_a_level_of_beds_tells_no_few_guests_by_what_is_unused_and_lacking(desk: Desk):
    people = People(replace(desk, reader=TEN))
    row = {"safety": 0.95, "level": 25.0, "empty": 17.0, "unmet": 0.1, "by_cost": False}
    shown = people.beds_level(row)  # 25 - 17 + 0.1: eight are expected
    assert (shown["level"], shown["empty"], shown["unmet"]) == (25, None, None)
    many = people.beds_level(row | {"level": 125.0})
    assert (many["level"], many["empty"], many["unmet"]) == (125, 17, None)
