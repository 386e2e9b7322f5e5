"""What to do now: one sentence, what suffices in 95 of 100 cases, and what that is not enough for."""

from dataclasses import replace

import pytest

from service.languages import language
from service.reports.contents import Action, BedOrder, BoothOrder, BusOrder
from service.reports.orders import action_of
from service.reports.words import Words
from tests.service.reports.reports import SYRYM, WEST, day, example_report

WORDS = Words(language("en"), 10)
CROSSING, REGION = replace(SYRYM, name="Syrym"), replace(WEST, name="West")
MONDAY, FRIDAY = day(1, 1).date, day(5, 1).date
BOOTHS = BoothOrder(CROSSING, MONDAY, FRIDAY, booths=7, registered=4, limit=8, wait=0.4)
BEDS = BedOrder(REGION, FRIDAY, beds=640, there=700)
NOT_PLANNED = "Booths, beds and buses are not planned here: no capacities are registered."


def told(action: Action) -> str:
    return action_of(replace(example_report(), action=action), WORDS)


def test_booths_and_beds_are_one_sentence() -> None:
    assert told(Action(True, BOOTHS, BEDS)) == (
        "Have 7 booths open at Syrym from Mon, 26 Sep on, and 640 beds ready in West by Fri, 30 Sep."
    )


def test_each_alone_is_a_sentence_too() -> None:
    assert told(Action(True, BOOTHS)) == "Have 7 booths open at Syrym from Mon, 26 Sep on."
    assert told(Action(True, beds=BEDS)) == (
        "Have 640 beds ready in West by Fri, 30 Sep; the registered booths suffice."
    )
    assert told(Action(True)) == "Nothing needs to be added: the registered booths suffice."


@pytest.mark.parametrize("beds", [None, BEDS])
def test_where_all_booths_are_too_few_all_are_to_be_open_and_the_wait_is_told(beds: BedOrder | None) -> None:
    said = told(Action(True, replace(BOOTHS, booths=11, wait=7.25), beds))
    assert said.startswith("Have all 8 booths open at Syrym from Mon, 26 Sep on")
    assert (
        "11 booths would be needed on Fri, 30 Sep; with the 8 there are, "
        "the wait is 7.3 hours on average over all cases." in said
    )


def test_all_booths_that_suffice_are_no_shortage() -> None:
    assert "would be needed" not in told(Action(True, replace(BOOTHS, booths=8)))


def test_beds_that_are_not_there_are_to_be_found() -> None:
    assert "Only 600 beds are there: find 40 more." in told(Action(True, beds=replace(BEDS, there=600)))
    assert "find" not in told(Action(True, beds=replace(BEDS, there=640)))


def test_what_else_lacks_is_counted() -> None:
    said = told(Action(True, replace(BOOTHS, more=1), replace(BEDS, more=2)))
    assert "1 more crossing needs more booths than are registered; the table below names it." in said
    assert "2 more regions lack beds; the table below names them." in said


@pytest.mark.parametrize(("buses", "said"), [(1, "Order 1 bus for"), (19, "Order 19 buses for")])
def test_buses_are_ordered_for_a_day(buses: int, said: str) -> None:
    assert f"{said} West, to be there on Fri, 30 Sep." in told(
        Action(True, buses=BusOrder(REGION, FRIDAY, buses))
    )


def test_beds_too_few_to_tell_are_no_number() -> None:
    said = told(Action(True, beds=replace(BEDS, beds="small", there=0)))
    assert said.startswith("Have fewer than 10 beds ready in West")
    assert "find" not in said


def test_without_capacities_the_upper_figure_of_people_is_told() -> None:
    assert told(Action(planned=False)) == f"Be ready for up to 6,336 people on Sat, 1 Oct. {NOT_PLANNED}"


def test_without_a_figure_of_people_nothing_is_made_up() -> None:
    report = example_report()
    untold = replace(report, action=Action(planned=False), headline=replace(report.headline, fullest=None))
    assert action_of(untold, WORDS) == NOT_PLANNED
    small = replace(day(1, 5), ends={"0.95": ("small", "small")})
    few = replace(untold, headline=replace(report.headline, fullest=small))
    assert action_of(few, WORDS) == NOT_PLANNED
