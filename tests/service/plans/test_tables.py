"""The plan of a day as tables: every place once, units in every heading, nothing of what is withheld."""

from dataclasses import replace

import numpy as np
import pytest

from service.plans.reading import Desk, NoPlanError, Reader, as_tree, covering
from service.plans.tables import Table, plan_to_rows, tables_of_day
from tests.service.web.world import COUNTRY, CROSSINGS, CUTOFF, EAST, WEST


def tables(desk: Desk, horizon: int = 1) -> dict[str, Table]:
    return {table.name: table for table in tables_of_day(desk, as_tree(desk.places), horizon)}


def row(table: Table, place: str, **of):
    (found,) = [
        one
        for one in table.rows
        if one["place"] == place and all(one[name] == value for name, value in of.items())
    ]
    return found


def test_a_day_has_five_tables_with_every_place_that_is_planned_for(desk: Desk):
    found = tables(desk)
    assert list(found) == ["Waits", "Staff", "Beds", "Plan to", "Changes"]
    crossings = [place.id for place in as_tree(desk.places) if place.level == "crossing"]
    assert [one["place"] for one in found["Waits"].rows] == crossings
    assert [one["place"] for one in found["Staff"].rows] == [one for one in crossings for _ in range(2)]
    assert {one["place"] for one in found["Beds"].rows} == {COUNTRY.id, WEST.id, EAST.id}


def test_every_number_has_a_unit_in_its_heading_or_in_its_row(desk: Desk):
    for table in tables(desk).values():
        for column in table.columns:
            values = [one.get(column.name) for one in table.rows]
            if any(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
                assert column.unit or all(one["unit"] for one in table.rows), (table.name, column.name)
                assert not column.unit or f"({column.unit})" in column.heading


def test_a_crossings_waits_are_read_off_the_published_quantiles_of_the_day(desk: Desk):
    found = row(tables(desk, 3)["Waits"], "birchgate")
    (part,) = desk.parts("waits", [desk.places["birchgate"]])
    quantiles = dict(zip(desk.issue.levels, part.content["quantiles"]["longest_wait"][2], strict=True))
    assert found["longest_wait_0.95"] == round(quantiles[0.95] / 60, 2)
    assert found["longest_wait_0.5"] == round(quantiles[0.5] / 60, 2)
    assert found["late_chance_4"] == part.content["late_chance"]["4"][2]
    assert found["spill_chance"] == part.content["spilled"][2]


def test_the_roster_stands_above_what_is_registered(desk: Desk):
    (part,) = desk.parts("staff", [desk.places["birchgate"]])
    table = tables(desk)["Staff"]
    roster, registered = (row(table, "birchgate", booths=name) for name in ("roster", "registered"))
    assert [roster[f"hour_{hour:02d}"] for hour in range(24)] == part.content["booths"][0]
    assert [registered[f"hour_{hour:02d}"] for hour in range(24)] == part.content["registered"][0]
    assert roster["staff_hours"] == sum(part.content["booths"][0])
    assert roster["mean_wait"] <= registered["mean_wait"]


def test_what_to_plan_to_is_told_the_safest_first_and_last_by_cost():
    table = {
        "safeties": [0.5, 0.95],
        "level": [[3.0, 4.0], [7.0, 8.0]],
        "empty": [[0.5, 0.6], [3.5, 3.6]],
        "unmet": [[1.5, 1.6], [0.1, 0.2]],
        "cost_level": 0.75,
        "by_cost": [5.0, 6.0],
    }
    told = [tuple(one.values()) for one in plan_to_rows(table, 1)]
    assert told == [
        (0.95, 8, 3.6, 0.2, False),
        (0.5, 4, 0.6, 1.6, False),
        (0.75, 6, None, None, True),
    ]


class FewBooths(Desk):
    """A desk where every crossing has one booth."""

    def parts(self, kind, among):
        found = Desk.parts(self, kind, among)
        days = self.issue.horizon
        return [replace(part, content=part.content | {"booths_limit": [1] * days}) for part in found]


def test_booths_beyond_those_there_are_are_marked(desk: Desk):
    few = FewBooths(desk.store, desk.issue, desk.places)
    short = [one for one in tables(few)["Plan to"].rows if one["what"] == "booths"]
    assert all("more than the 1 booths there are" in one["remarks"] for one in short)
    enough = [one for one in tables(desk)["Plan to"].rows if one["what"] == "booths" and one["level"] <= 8]
    assert enough
    assert not any("booths there are" in one["remarks"] for one in enough)


def test_the_reasons_of_a_change_stand_beside_a_places_first_row_alone(desk: Desk):
    rows = [one for one in tables(desk)["Changes"].rows if one["place"] == "amberford"]
    assert "3,000 arrived" in rows[0]["remarks"]
    assert {one["remarks"] for one in rows[1:]} == {""}


def test_what_is_withheld_has_no_number_and_says_why(desk: Desk):
    def withheld(place_id: str, horizon: int) -> str | None:
        return "lost" if place_id in {"amberford", WEST.id} and horizon > 1 else None

    silent = replace(desk, reader=Reader(withheld=withheld))
    for table in tables(silent, 2).values():
        for one in table.rows:
            hidden = one["place"] in {"amberford", WEST.id}
            assert one["suppressed"] == hidden
            if hidden:
                numbers = [value for name, value in one.items() if name not in {"suppressed", "safety"}]
                assert not [value for value in numbers if isinstance(value, int | float)]
                assert one["remarks"] == "lost"
    assert tables(silent, 1)["Waits"] == tables(desk, 1)["Waits"]


def test_guests_of_other_regions_are_not_told_while_one_of_these_is_withheld(desk: Desk):
    silent = replace(desk, reader=Reader(guests_told=False))
    assert {one["received"] for one in tables(silent)["Beds"].rows} == {None}
    assert None not in {one["received"] for one in tables(desk)["Beds"].rows}


def test_places_are_covered_by_level(desk: Desk):
    crossings = [place.id for place in CROSSINGS]
    names = {
        (kind, of): [one.id for one in covering(kind, desk.places[of], desk.places)]
        for kind in ("waits", "beds")
        for of in (COUNTRY.id, WEST.id, "amberford")
    }
    assert names == {
        ("waits", COUNTRY.id): crossings,
        ("waits", WEST.id): ["amberford", "birchgate"],
        ("waits", "amberford"): ["amberford"],
        ("beds", COUNTRY.id): [COUNTRY.id, WEST.id, EAST.id],
        ("beds", WEST.id): [WEST.id],
        ("beds", "amberford"): [],
    }


@pytest.mark.parametrize("ahead", [0, 11])
def test_a_day_beyond_the_issue_is_refused_with_the_days_there_are(desk: Desk, ahead: int):
    with pytest.raises(NoPlanError, match="this issue plans 2022-09-28 to 2022-10-07"):
        desk.horizon(desk.day(ahead))
    assert desk.horizon(desk.day(10)) == 10
    assert np.datetime64(desk.day(1)) == np.datetime64(CUTOFF) + 2
