"""What is ordered of all that is planned: for the place that lacks most, enough in 95 of 100 cases."""

from dataclasses import replace
from typing import Any, Literal

from service.reports.contents import Named, PlanRow, Quantity
from service.reports.planned import MOST_ROWS, Planned, shown
from tests.service.reports.reports import EAST, WEST, day, levels

NOTHING: Any = None
FRIDAY = day(5, 1).date


def row(
    place: Named, what: Literal["booths", "beds", "buses"], needed: Quantity, there: int | None = None
) -> PlanRow:
    """A row whose other levels are far from the one that is ordered."""
    table = levels((0.99, 9_999, 1, 0), (0.95, needed, 1, 0), (0.8, 2, 1, 1), (0.5, 1, 0, 2))
    return PlanRow(place, what, FRIDAY, table, there)


def action(*rows: PlanRow) -> Any:
    return Planned(NOTHING, (), (), ()).action(rows)


def test_beds_are_ordered_for_the_region_that_lacks_most() -> None:
    order = action(row(WEST, "beds", 500, there=450), row(EAST, "beds", 400, there=300)).beds
    assert (order.place, order.beds, order.there, order.more) == (EAST, 400, 300, 1)


def test_without_a_shortage_the_most_beds_are_ordered_and_nobody_lacks() -> None:
    order = action(row(WEST, "beds", 500, there=600), row(EAST, "beds", 400, there=500)).beds
    assert (order.place, order.beds, order.more) == (WEST, 500, 0)


def test_beds_too_few_to_tell_lack_nothing() -> None:
    order = action(row(WEST, "beds", "small", there=0), row(EAST, "beds", 40, there=50)).beds
    assert (order.place, order.more) == (EAST, 0)


def test_buses_are_ordered_where_any_are_needed() -> None:
    assert action(row(WEST, "buses", 0)).buses is None
    order = action(row(WEST, "buses", 4), row(EAST, "buses", 7)).buses
    assert (order.place, order.buses, order.day) == (EAST, 7, FRIDAY)


def test_without_a_row_nothing_is_planned() -> None:
    assert not action().planned
    assert action(row(WEST, "buses", 0)).planned


def test_the_first_rows_of_each_kind_are_shown() -> None:
    beds = [row(replace(WEST, id=f"r{at}"), "beds", at, there=0) for at in range(MOST_ROWS + 3)]
    booths = [row(WEST, "booths", 3, there=4)]
    told = shown([*beds, *booths])
    assert [one.what for one in told] == ["booths"] + ["beds"] * MOST_ROWS
    assert told[1:] == beds[:MOST_ROWS]
